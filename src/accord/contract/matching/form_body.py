"""Comparing forms (``application/x-www-form-urlencoded``): fields by name, each with its values in order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from accord.contract.matching.named_values import compare_values, one_or_all, rules_for_name
from accord.contract.mismatches import ABSENT, Mismatch, shown
from accord.contract.paths import join

if TYPE_CHECKING:
    from accord.contract.bodies import Body
    from accord.contract.rules import RuleCategory


def match_form_body(expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    """Compare two forms; rules stand at ``$.field`` and ``$.field[0]``."""
    wanted, seen = parse_form(expected.data), parse_form(actual.data)
    mismatches = []
    for name, values in wanted.items():
        path = join("$", name)
        if name not in seen:
            message = f"expected {shown(one_or_all(values))}, seen nothing"
            mismatches.append(Mismatch("body", path, one_or_all(values), ABSENT, message))
            continue
        mismatches += [
            Mismatch("body", path, one_or_all(values), one_or_all(seen[name]), message)
            for message in compare_values(values, seen[name], rules_for_name(name, rules))
        ]
    if not allow_unexpected:
        for name, values in seen.items():
            if name not in wanted:
                message = f"unexpected field, seen {shown(one_or_all(values))}"
                mismatches.append(Mismatch("body", join("$", name), ABSENT, one_or_all(values), message))
    return mismatches


def parse_form(data: bytes) -> dict[str, tuple[str, ...]]:
    """The fields of a form with their values, in order."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True):
        fields[name] = (*fields.get(name, ()), value)
    return fields
