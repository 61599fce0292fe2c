"""``equalToXml`` and ``matchesXPath``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from accord.stub.matchers.matcher import Matcher
from accord.stub.patterns import matches_pattern
from accord.stub.xml_documents import XmlError, elements_of, name_of, parse, parse_or_none, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Difference = tuple[str, str, str]

_NOTHING = "nothing"


class EqualToXml(Matcher):
    """``equalToXml``: elements in any order among those of other names, white space around texts left out.

    Raises:
        ValueError: the expected text is not XML.
    """

    operator: ClassVar[str] = "equalToXml"
    __slots__ = ("_any_order", "_exempted", "_namespaces", "_placeholder", "_root")

    def __init__(self, expected: str, document: dict[str, Any]) -> None:
        super().__init__(expected, document)
        self._root = parse(expected)
        self._exempted = frozenset(document.get("exemptedComparisons") or ())
        self._any_order = bool(document.get("ignoreOrderOfSameNode", False))
        self._namespaces = document.get("namespaceAwareness") != "NONE"
        self._placeholder: re.Pattern[str] | None = None
        if document.get("enablePlaceholders"):
            opening = document.get("placeholderOpeningDelimiterRegex") or r"\$\{"
            closing = document.get("placeholderClosingDelimiterRegex") or r"\}"
            self._placeholder = re.compile(rf"{opening}xmlunit\.(\w+)(?:\((.*)\))?{closing}", re.DOTALL)

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        actual = parse_or_none(value)
        return actual is not None and next(self._compare(self._root, actual, "/"), None) is None

    def distance(self, value: str | None) -> float:
        """See Matcher."""
        actual = parse_or_none(value)
        if actual is None:
            return 1.0
        size = max(sum(1 for _ in self._root.iter()), sum(1 for _ in actual.iter()))
        return min(1.0, len(list(self._compare(self._root, actual, "/"))) / size)

    def differences(self, value: str | None) -> Iterator[Difference]:
        """See Matcher."""
        actual = parse_or_none(value)
        if actual is None:
            yield "", self.describe(), "nothing" if value is None else f"no XML: {value}"
        else:
            yield from self._compare(self._root, actual, "/")

    def _compare(self, expected: Any, actual: Any, path: str) -> Iterator[Difference]:
        if self._name(expected) != self._name(actual):
            yield path, f"element {self._name(expected)[1]}", f"element {self._name(actual)[1]}"
            return
        here = f"{path.rstrip('/')}/{name_of(expected)[1]}"
        yield from self._attributes(expected, actual, here)
        wanted, seen = texts_of(expected), texts_of(actual)
        if "TEXT_VALUE" not in self._exempted and not self._same_text(wanted, seen):
            yield f"{here}/text()", wanted or _NOTHING, seen or _NOTHING
        yield from self._children(list(elements_of(expected)), list(elements_of(actual)), here)

    def _attributes(self, expected: Any, actual: Any, here: str) -> Iterator[Difference]:
        wanted = {self._attribute(key): value for key, value in expected.attrib.items()}
        seen = {self._attribute(key): value for key, value in actual.attrib.items()}
        for key, value in wanted.items():
            if key not in seen:
                if "ATTR_NAME_LOOKUP" not in self._exempted and "ELEMENT_NUM_ATTRIBUTES" not in self._exempted:
                    yield f"{here}/@{key[1]}", value, _NOTHING
            elif "ATTR_VALUE" not in self._exempted and not self._same_text(value, seen[key]):
                yield f"{here}/@{key[1]}", value, seen[key]
        if "ELEMENT_NUM_ATTRIBUTES" not in self._exempted:
            for key in seen.keys() - wanted.keys():
                yield f"{here}/@{key[1]}", _NOTHING, seen[key]

    def _children(self, expected: list[Any], actual: list[Any], here: str) -> Iterator[Difference]:
        left = list(actual)
        for each in expected:
            found = self._partner(each, left)
            if found is None:
                if "CHILD_LOOKUP" not in self._exempted:
                    yield f"{here}/{name_of(each)[1]}", f"element {name_of(each)[1]}", _NOTHING
                continue
            left.remove(found)
            yield from self._compare(each, found, here)
        if "CHILD_LOOKUP" not in self._exempted and "CHILD_NODELIST_LENGTH" not in self._exempted:
            for each in left:
                yield f"{here}/{name_of(each)[1]}", _NOTHING, f"element {name_of(each)[1]}"

    def _partner(self, wanted: Any, left: Sequence[Any]) -> Any:
        same_name = [each for each in left if self._name(each) == self._name(wanted)]
        if self._any_order:
            same_name.sort(key=lambda each: any(self._compare(wanted, each, "")))  # the equal one first
        return next(iter(same_name), None)

    def _same_text(self, expected: str, actual: str) -> bool:
        if self._placeholder is not None:
            found = self._placeholder.fullmatch(expected.strip())
            if found:
                return _fits_placeholder(found.group(1), found.group(2), actual.strip())
        return expected.strip() == actual.strip()

    def _name(self, element: Any) -> tuple[str, str]:
        namespace, local = name_of(element)
        return ("" if "NAMESPACE_URI" in self._exempted or not self._namespaces else namespace), local

    def _attribute(self, key: str) -> tuple[str, str]:
        namespace, local = name_of(key)
        return ("" if not self._namespaces else namespace), local


class MatchesXPath(Matcher):
    """``matchesXPath``, alone or with a matcher for what it finds.

    Raises:
        ValueError: the expression is none.
    """

    operator: ClassVar[str] = "matchesXPath"
    __slots__ = ("_inner", "_namespaces", "_path")

    def __init__(
        self, expression: str, document: dict[str, Any], inner: Matcher | None, namespaces: dict[str, str] | None
    ) -> None:
        super().__init__(expression, document)
        from lxml import etree  # noqa: PLC0415 - an extra; the caller has seen that it is there

        self._inner = inner
        self._namespaces = namespaces
        try:
            self._path = etree.XPath(expression, namespaces=namespaces or None)
        except etree.XPathError as error:
            raise ValueError(f"{expression!r} is not an XPath expression: {error}") from None

    def matches(self, value: str | None) -> bool:
        """See Matcher."""
        found = self._find(value)
        if found is None:
            return False
        return bool(found) and (self._inner is None or any(map(self._inner.matches, found)))

    def _find(self, value: str | None) -> list[str] | None:
        """What the expression finds, as texts; None where the value is no XML or the expression fails on it."""
        from lxml import etree  # noqa: PLC0415 - as above

        root = parse_or_none(value)
        if root is None:
            return None
        if not self._namespaces:  # as WireMock: without namespaces given, names are compared without them
            _drop_namespaces(root)
        try:
            found = self._path(root.getroottree())
        except (etree.XPathError, etree.XPathEvalError):
            return None
        if isinstance(found, bool):
            return ["true" if found else "false"]
        if isinstance(found, (float, str)):
            return [f"{found:g}" if isinstance(found, float) else str(found)]
        return [_text(each) for each in found]

    def differences(self, value: str | None) -> Iterator[Difference]:
        """See Matcher."""
        found = self._find(value)
        seen = "no XML" if found is None else ", ".join(found) or _NOTHING
        yield self.expected, self._inner.describe() if self._inner else "a value", seen


def check_xml_is_there() -> None:
    """Raise ResourceMissingError where lxml is not installed."""
    try:
        parse("<a/>")
    except XmlError:  # pragma: no cover - it is XML
        return


def _text(found: Any) -> str:
    if isinstance(found, str):
        return str(found)
    from lxml import etree  # noqa: PLC0415 - as above

    return str(etree.tostring(found, encoding="unicode", with_tail=False))


def _drop_namespaces(root: Any) -> None:
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("{"):
            element.tag = element.tag.partition("}")[2]


def _fits_placeholder(kind: str, argument: str | None, actual: str) -> bool:
    if kind == "ignore":
        return True
    if kind == "isNumber":
        return re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", actual) is not None
    if kind == "matchesRegex":
        return matches_pattern((argument or "").strip("'\""), actual)
    if kind == "isDateTime":
        from accord.stub.matchers.dates import read_date  # noqa: PLC0415 - rare

        return read_date(actual, argument) is not None
    return False
