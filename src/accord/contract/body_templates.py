"""Bodies as people write them: a template with matchers, a text, bytes or a form, taken apart by their content type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from accord.contract.bodies import MISSING, Body, is_json
from accord.contract.body_kinds import body_kind
from accord.contract.matchers.matcher import Matcher
from accord.contract.paths import PathExpression, format_path
from accord.contract.rules import NO_RULES, MatchingRules, RuleCategory, RuleList
from accord.contract.templates import TemplateParts, take_values
from accord.contract.version_limits import refuse_for_pact
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.spec import SpecVersion

NOTHING: Any = object()
"""Stands for a body that is not given; None is JSON's null."""


def is_binary(template: Any) -> bool:
    """Whether a template is a matcher of bytes."""
    return isinstance(template, Matcher) and isinstance(template.example, bytes)


def take_body(template: Any, headers: Mapping[str, tuple[str, ...]]) -> tuple[Body, RuleCategory, dict[str, Any]]:
    """The example, its rules and its generators, by what the headers say of its type."""
    declared = next((values[0] for name, values in headers.items() if name.lower() == "content-type"), None)
    if template is NOTHING:
        return MISSING, RuleCategory(), {}
    if is_binary(template):
        rules = RuleCategory({PathExpression((), "$"): RuleList(template.rules, template.combine)})
        return Body.of_bytes(template.example, declared or template.rule.get("value")), rules, {}
    if isinstance(template, bytes):
        return Body.of_bytes(template, declared), RuleCategory(), {}
    if declared and not is_json(Body("empty", content_type=declared).media_type()):
        return _take_text(template, declared)
    parts = TemplateParts(template)
    return Body.of_json(parts.example, declared or "application/json"), parts.rules, parts.generators


def _take_text(template: Any, declared: str) -> tuple[Body, RuleCategory, dict[str, Any]]:
    """A body that is no JSON: a text with a matcher for the whole of it, or the fields of a form."""
    if isinstance(template, dict) and body_kind(declared.partition(";")[0].strip().lower()).name == "form":
        fields = take_values(template, indexed=True)
        pairs = [(name, value) for name, values in fields.values.items() for value in values]
        generators = {format_path((name,)): generator for name, generator in fields.generators.items()}
        return Body.of_text(urlencode(pairs), declared), fields.rules, generators
    parts = TemplateParts(template)
    if not isinstance(parts.example, str):
        raise UsageError(f"a body of {declared}: expected a text, bytes or a matcher of these, seen {template!r}")
    return Body.of_text(parts.example, declared), parts.rules, parts.generators


def checked(rules: Mapping[str, RuleCategory], version: SpecVersion) -> MatchingRules:
    """The rules, if the version can express them."""
    kept = MatchingRules({name: category for name, category in rules.items() if category})
    refuse_for_pact(kept, {}, version)
    return kept


def checked_generators(generators: Mapping[str, Any], version: SpecVersion) -> dict[str, Any]:
    """The generators, if the version knows them."""
    kept = {name: each for name, each in generators.items() if each}
    refuse_for_pact(NO_RULES, kept, version)
    return kept
