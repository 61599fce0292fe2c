"""Comparing bodies: is there one, is it of the expected type, and then as its kind says (see body_kinds)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.contract.bodies import Body, is_json
from accord.contract.body_kinds import TEXT, body_kind, load
from accord.contract.mismatches import ABSENT, Mismatch, shown

if TYPE_CHECKING:
    from accord.contract.rules import RuleCategory


def match_body(
    expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool, any_type: bool = False
) -> list[Mismatch]:
    """Compare two bodies.

    Args:
        expected: the example.
        actual: the body seen.
        rules: the rules of the category ``body``.
        allow_unexpected: more may be there than expected, as in responses and messages.
        any_type: the content type is compared elsewhere, by a rule for its header.
    """
    if expected.state == "missing":
        return []
    if not expected.is_present:
        if not actual.is_present or _is_json_null(actual):
            return []
        return [Mismatch("body", "$", ABSENT, actual.text(), f"expected no body, seen {shown(actual.text())}")]
    if not actual.is_present:
        return [Mismatch("body", "$", expected.text(), ABSENT, f"expected {shown(expected.text())}, seen no body")]
    wanted, seen = expected.media_type(), actual.media_type()
    if not any_type and not same_media_type(wanted, seen):
        message = f"expected a body of {wanted}, seen {seen}: {shown(actual.text())}"
        return [Mismatch("content-type", "$", wanted, seen, message)]
    kind = TEXT if _is_about_bytes(rules) else body_kind(wanted)
    found: list[Mismatch] = load(kind.matcher)(expected, actual, rules, allow_unexpected=allow_unexpected)
    return found


def same_media_type(wanted: str | None, seen: str | None) -> bool:
    """Whether a body of one type is taken where another was expected."""
    if wanted is None or seen is None or wanted == seen:
        return True
    # application/json stands for its relatives too: application/hal+json is JSON. So does application/xml.
    if wanted == "application/xml":
        return seen.endswith("+xml")
    return wanted == "application/json" and is_json(seen)


def _is_about_bytes(rules: RuleCategory) -> bool:
    """Whether the body as a whole is judged by its content type alone."""
    return any(
        not expression.tokens and any(rule.match == "contentType" for rule in rule_list.rules)
        for expression, rule_list in rules
    )


def _is_json_null(body: Body) -> bool:
    return is_json(body.media_type()) and body.data.strip() == b"null"
