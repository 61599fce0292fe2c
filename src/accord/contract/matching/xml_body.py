"""Comparing XML elements along the rules in play: names, attributes (``@name``), children by name, text (``#text``)."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from accord.contract.matching.values import check_all, check_length, check_text
from accord.contract.matching.xml_document import parse_xml
from accord.contract.mismatches import ABSENT, Mismatch, shown
from accord.contract.paths import join
from accord.contract.rules import ActiveRules
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from accord.contract.bodies import Body
    from accord.contract.matching.xml_document import XmlElement
    from accord.contract.rules import Rule, RuleCategory


def match_xml_body(expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    """Compare two XML bodies."""
    try:
        example = parse_xml(expected.data)
    except DocumentError as error:
        return [Mismatch("body", "$", expected.text(), actual.text(), f"the expected body {error}")]
    try:
        document = parse_xml(actual.data)
    except DocumentError as error:
        message = f"expected XML, but the body {error}; seen {shown(actual.text())}"
        return [Mismatch("body", "$", expected.text(), actual.text(), message)]
    return match_xml(example, document, rules, allow_unexpected=allow_unexpected)


def match_xml(
    expected: XmlElement, actual: XmlElement, rules: RuleCategory, *, allow_unexpected: bool
) -> list[Mismatch]:
    """Compare two documents by their root elements.

    Args:
        expected: the example.
        actual: the document seen.
        rules: the rules of the category ``body``.
        allow_unexpected: elements may have more attributes and children than expected, as in responses and messages.
    """
    matcher = _XmlMatcher(allow_unexpected=allow_unexpected)
    matcher.compare(join("$", expected.name), expected, actual, ActiveRules.at_root(rules).step(expected.name))
    return matcher.mismatches


class _XmlMatcher:
    def __init__(self, *, allow_unexpected: bool) -> None:
        self.mismatches: list[Mismatch] = []
        self._allow_unexpected = allow_unexpected

    def compare(self, path: str, expected: XmlElement, actual: XmlElement, active: ActiveRules) -> None:
        best = active.best()
        if best is None:
            messages = [] if expected.name == actual.name else [_names(expected, actual)]
        else:
            rules, cascaded = best
            messages = check_all(rules, lambda rule: _check_element(rule, expected, actual, cascaded=cascaded))
        for message in messages:
            self._report(path, expected.name, actual.name, message)
        if not messages:
            self._compare_attributes(path, expected, actual, active)
            self._compare_children(path, expected, actual, active)
            self._compare_value(join(path, "#text"), expected.text, actual.text, active.step("#text"))

    def _compare_attributes(self, path: str, expected: XmlElement, actual: XmlElement, active: ActiveRules) -> None:
        for name, value in expected.attributes.items():
            here = join(path, f"@{name}")
            if name in actual.attributes:
                self._compare_value(here, value, actual.attributes[name], active.step(f"@{name}"))
            else:
                self._report(here, value, ABSENT, f"expected the attribute with {shown(value)}, seen nothing")
        if not self._allow_unexpected:
            for name, value in actual.attributes.items():
                if name not in expected.attributes:
                    self._report(join(path, f"@{name}"), ABSENT, value, f"unexpected attribute, seen {shown(value)}")

    def _compare_children(self, path: str, expected: XmlElement, actual: XmlElement, active: ActiveRules) -> None:
        wanted, seen = _by_name(expected), _by_name(actual)
        for name, group in seen.items():
            here, below = join(path, name), active.step(name)
            if name in wanted:
                self._compare_group(here, wanted[name], group, below)
            elif not self._allow_unexpected or _has_type_rule(below):
                self._report(here, ABSENT, name, f"unexpected element <{name}>")
        for name in wanted:
            if name not in seen:
                self._report(join(path, name), name, ABSENT, f"expected the element <{name}>, seen nothing")

    def _compare_group(
        self, path: str, expected: list[XmlElement], actual: list[XmlElement], active: ActiveRules
    ) -> None:
        """Elements of one name. With a type rule the first example stands for each of them."""
        if _has_type_rule(active):
            for element in actual:
                self.compare(path, expected[0], element, active)
            return
        for index, (wanted, seen) in enumerate(zip_longest(expected, actual)):
            if seen is None:
                self._report(
                    join(path, index), wanted.name, ABSENT, f"expected a further <{wanted.name}>, seen nothing"
                )
            elif wanted is not None:
                self.compare(path, wanted, seen, active)
            elif not self._allow_unexpected:
                self._report(join(path, index), ABSENT, seen.name, f"unexpected further element <{seen.name}>")

    def _compare_value(self, path: str, expected: str, actual: str, active: ActiveRules) -> None:
        best = active.best()
        if best is None:
            messages = [] if expected == actual else [f"expected {shown(expected)}, seen {shown(actual)}"]
        else:
            messages = check_all(best[0], lambda rule: check_text(rule, expected, actual))
        for message in messages:
            self._report(path, expected, actual, message)

    def _report(self, path: str, expected: Any, actual: Any, message: str) -> None:
        self.mismatches.append(Mismatch("body", path, expected, actual, message))


def _check_element(rule: Rule, expected: XmlElement, actual: XmlElement, *, cascaded: bool) -> str | None:
    """What a rule says about an element as such: its name, and the number of its children.

    Rules about values, such as a pattern, are handed down to the element's text and attributes.
    """
    if rule.match == "type":
        if expected.name != actual.name and not ("min" in rule.attributes or "max" in rule.attributes):
            return _names(expected, actual)
        return None if cascaded else check_length(rule, len(actual.children))
    if rule.match == "notEmpty" and not cascaded and not actual.children and not actual.text:
        return f"expected <{actual.name}> not to be empty"
    return None if expected.name == actual.name else _names(expected, actual)


def _names(expected: XmlElement, actual: XmlElement) -> str:
    return f"expected the element <{expected.name}>, seen <{actual.name}>"


def _by_name(element: XmlElement) -> dict[str, list[XmlElement]]:
    groups: dict[str, list[XmlElement]] = {}
    for child in element.children:
        groups.setdefault(child.name, []).append(child)
    return groups


def _has_type_rule(active: ActiveRules) -> bool:
    best = active.best()
    return best is not None and any(rule.match == "type" for rule in best[0].rules)
