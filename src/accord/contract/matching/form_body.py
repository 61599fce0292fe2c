"""Comparing forms (``application/x-www-form-urlencoded``): fields by name, each with its values in order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from accord.contract.matching.named_values import NameRules, compare_values, one_or_all
from accord.contract.mismatches import ABSENT, Mismatch, shown
from accord.contract.paths import join
from accord.contract.rules import ActiveRules, Rule, RuleList

if TYPE_CHECKING:
    from accord.contract.bodies import Body
    from accord.contract.rules import RuleCategory


def match_form_body(expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    """Compare two forms; rules stand at ``$.field`` and ``$.field[0]``, and cascade from further up as in JSON."""
    active = ActiveRules.at_root(rules)
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
            for message in compare_values(values, seen[name], _rules_of(active.step(name), len(seen[name])))
        ]
    if not allow_unexpected:
        for name, values in seen.items():
            if name not in wanted:
                message = f"unexpected field, seen {shown(one_or_all(values))}"
                mismatches.append(Mismatch("body", join("$", name), ABSENT, one_or_all(values), message))
    return mismatches


def _rules_of(active: ActiveRules, count: int) -> NameRules:
    """The rules for a field's values: a rule for the field, or from further up, frees their number too."""
    each = {index: best[0] for index in range(count) if (best := active.step(index).best()) is not None}
    found = active.best()
    if found is None:
        return NameRules(None, each)
    whole, cascaded = found
    if cascaded:  # bounds are for the collection that they were given for
        whole = RuleList(tuple(Rule("type") if rule.match == "type" else rule for rule in whole.rules), whole.combine)
    return NameRules(whole, each)


def parse_form(data: bytes) -> dict[str, tuple[str, ...]]:
    """The fields of a form with their values, in order."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True):
        fields[name] = (*fields.get(name, ()), value)
    return fields
