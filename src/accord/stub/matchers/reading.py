"""From JSON to matchers: which operation an object has, and whether it is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.stub.matchers.json_equal import EqualToJson
from accord.stub.matchers.logic import And, AnyOf, ManyMatcher, Not, Or, Several
from accord.stub.matchers.texts import (
    Absent,
    Anything,
    BinaryEqualTo,
    Contains,
    DoesNotContain,
    DoesNotMatch,
    EqualTo,
    Matches,
)
from accord.stub.patterns import PatternError
from accord.stub.problems import invalid, pass_over_unknown, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.stub.matchers.matcher import Matcher

_XML_OPTIONS = (
    "enablePlaceholders", "placeholderOpeningDelimiterRegex", "placeholderClosingDelimiterRegex",
    "exemptedComparisons", "ignoreOrderOfSameNode", "namespaceAwareness",
)  # fmt: skip
_DATE_OPTIONS = (
    "actualFormat", "expectedOffset", "expectedOffsetUnit", "truncateExpected", "truncateActual", "applyTruncationLast",
)  # fmt: skip
_MOST_DEPTH = 50


def read_matcher(document: Any, pointer: str) -> Matcher:
    """A matcher of one value.

    Raises:
        MappingError: no operation, an unknown option beside it, or an operand that is wrong.
    """
    if not isinstance(document, dict):
        raise invalid(pointer, f"{as_json(document)} is not a valid match operation; expected such as {_EXAMPLE}")
    operator = next((name for name in _READERS if name in document), None)
    if operator is None:
        raise invalid(pointer, f"{as_json(document)} is not a valid match operation; there are {', '.join(_READERS)}")
    if pointer.count("/") > _MOST_DEPTH:
        raise invalid(pointer, f"matchers are nested deeper than {_MOST_DEPTH}")
    reader, options = _READERS[operator]
    pass_over_unknown(document, (operator, *options), pointer)
    try:
        matcher: Matcher = (reader or _rare(operator))(document[operator], document, pointer)
    except (ValueError, PatternError) as error:
        raise invalid(pointer, str(error)) from None
    return matcher


def read_many_matcher(document: Any, pointer: str) -> ManyMatcher:
    """A matcher of all values of a name.

    Raises:
        MappingError: as read_matcher.
    """
    for operator in ("hasExactly", "includes"):
        if isinstance(document, dict) and operator in document:
            pass_over_unknown(document, (operator,), pointer)
            items = document[operator]
            if not isinstance(items, list) or not items:
                raise invalid(pointer, f"{operator} field must be an array of matchers with at least one")
            inner = [read_matcher(each, f"{pointer}/{operator}/{index}") for index, each in enumerate(items)]
            return Several(inner, document, exact=operator == "hasExactly")
    return AnyOf(read_matcher(document, pointer))


def text_of(operator: str, operand: Any) -> str:
    """An operand that must be a text.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(operand, str):
        raise ValueError(f"{operator} operand must be a non-null string, seen {as_json(operand)}")  # noqa: TRY004 - bad input
    return operand


def _rare(operator: str) -> Any:
    from accord.stub.matchers.rare_reading import READERS  # noqa: PLC0415 - most stubs have none of them

    return READERS[operator]


def _of_text(kind: Callable[[str, dict[str, Any]], Matcher], operator: str) -> Any:
    def read(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
        del pointer
        return kind(text_of(operator, operand), {name: document[name] for name in document})

    return read


def _equal_to(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    del pointer
    return EqualTo(text_of("equalTo", operand), document, fold=_flag(document, "caseInsensitive"))


def _equal_to_json(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    del pointer
    any_order, extra = _flag(document, "ignoreArrayOrder"), _flag(document, "ignoreExtraElements")
    return EqualToJson(operand, document, any_order=any_order, extra=extra)


def _several(kind: Callable[[list[Matcher], dict[str, Any]], Matcher], operator: str) -> Any:
    def read(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
        if not isinstance(operand, list):
            raise ValueError(f"{operator} field must be an array of matchers")  # noqa: TRY004 - bad input
        if len(operand) < 2:  # noqa: PLR2004 - one alone needs no operator
            raise ValueError("Must be constructed with at least two matchers")
        inner = [read_matcher(each, f"{pointer}/{operator}/{index}") for index, each in enumerate(operand)]
        return kind(inner, document)

    return read


def _not(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    return Not(read_matcher(operand, f"{pointer}/not"), document)


def _absent(operand: Any, document: dict[str, Any], pointer: str) -> Matcher:
    del operand, document, pointer
    return Absent("", {"absent": True})


def _flag(document: dict[str, Any], name: str) -> bool:
    value = document.get(name, False)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false, seen {as_json(value)}")
    return bool(value)


def as_json(value: Any) -> str:
    """A value in a message."""
    import json  # noqa: PLC0415 - for messages only

    return shown(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str))


_EXAMPLE = '{"equalTo": "…"}'
_READERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "equalTo": (_equal_to, ("caseInsensitive",)),
    "equalToJson": (_equal_to_json, ("ignoreArrayOrder", "ignoreExtraElements")),
    "matchesJsonSchema": (None, ("schemaVersion",)),
    "matchesJsonPath": (None, ()),
    "equalToXml": (None, _XML_OPTIONS),
    "matchesXPath": (None, ("xPathNamespaces",)),
    "contains": (_of_text(Contains, "contains"), ()),
    "doesNotContain": (_of_text(DoesNotContain, "doesNotContain"), ()),
    "matches": (_of_text(Matches, "matches"), ()),
    "doesNotMatch": (_of_text(DoesNotMatch, "doesNotMatch"), ()),
    "before": (None, _DATE_OPTIONS),
    "after": (None, _DATE_OPTIONS),
    "equalToDateTime": (None, _DATE_OPTIONS),
    "binaryEqualTo": (_of_text(BinaryEqualTo, "binaryEqualTo"), ()),
    "anything": (_of_text(Anything, "anything"), ()),
    "absent": (_absent, ()),
    "and": (_several(And, "and"), ()),
    "or": (_several(Or, "or"), ()),
    "not": (_not, ()),
}
