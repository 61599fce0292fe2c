"""Generators in the variants of an ``arrayContains``: each item gets those of the variant that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.matching.json_body import match_json
from accord.contract.rule_format import rules_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accord.contract.rules import Rule


def generate_variants(items: Any, rule: Rule, apply: Callable[[Any, Mapping[str, Any]], Any]) -> Any:
    """The array with each item's generators applied.

    Args:
        items: the example array.
        rule: the ``arrayContains``.
        apply: gives an item with the generators of its variant applied.
    """
    if not isinstance(items, list):
        return items
    return [_generated(items, item, rule, apply) for item in items]


def _generated(items: list[Any], item: Any, rule: Rule, apply: Callable[[Any, Mapping[str, Any]], Any]) -> Any:
    for variant in rule.get("variants") or ():
        index = int(variant.get("index", 0))
        if index >= len(items):
            continue
        rules = rules_from_json({"body": variant.get("rules") or {}}, "variants", v2=False).category("body")
        if not match_json(items[index], item, rules, allow_unexpected=True):
            return apply(item, variant.get("generators") or {})
    return item
