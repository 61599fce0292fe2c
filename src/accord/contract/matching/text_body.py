"""Comparing bodies as a whole: text by the rules at the root, bytes byte by byte or by their content type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.contract.matching.values import check_all, check_content_type, check_text
from accord.contract.mismatches import Mismatch, shown

if TYPE_CHECKING:
    from accord.contract.bodies import Body
    from accord.contract.rules import Rule, RuleCategory

_SHOWN_BYTES = 16


def match_text_body(expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    """Compare two bodies that are not taken apart."""
    del allow_unexpected  # there is nothing in them that could be unexpected
    rule_list = next((each for expression, each in rules if not expression.tokens), None)
    if rule_list is None:
        rule_list = next((each for _, each in rules), None)  # old files name the body's only rule as they like
    if rule_list is None:
        if expected.data == actual.data:
            return []
        return [_mismatch(expected, actual, f"expected {_described(expected)}, seen {_described(actual)}")]

    def check(rule: Rule) -> str | None:
        if rule.match == "contentType":
            return check_content_type(rule, actual.data)
        if rule.match == "equality":
            same = expected.data == actual.data
            return None if same else f"expected {_described(expected)}, seen {_described(actual)}"
        return check_text(rule, expected.text(), actual.text())

    return [_mismatch(expected, actual, message) for message in check_all(rule_list, check)]


def _mismatch(expected: Body, actual: Body, message: str) -> Mismatch:
    return Mismatch("body", "$", expected.text(), actual.text(), message)


def _described(body: Body) -> str:
    try:
        return shown(body.data.decode())
    except UnicodeDecodeError:
        return f"{len(body.data)} bytes that begin with {body.data[:_SHOWN_BYTES].hex(' ')}"
