"""Comparing JSON values along the rules in play, from the root down."""

from __future__ import annotations

import difflib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from accord.contract.matching.values import check_all, check_json, check_length, check_text, strictly_equal
from accord.contract.mismatches import ABSENT, Mismatch, MismatchKind, kind_of, shown
from accord.contract.paths import PathExpression, Wildcard, join
from accord.contract.rule_format import rule_from_json, rules_from_json
from accord.contract.rules import NO_ACTIVE_RULES, OPTIONAL, ActiveRules, Rule, RuleCategory, RuleList
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accord.contract.bodies import Body

MAX_MISMATCHES = 1000
"""Differences of one body beyond which the comparison stops: whoever has so many needs no more."""

MAX_ALTERNATIVES = 10_000
"""Rules of one body, combined with ``OR`` on arrays and objects in one another, that are tried before giving up."""

_NAMES_COMPARED = 30
NO_KEYS: Mapping[str, Any] = MappingProxyType({})
_ARRAY_ONLY_PASSES = (
    "number", "integer", "decimal", "date", "time", "datetime", "include", "boolean", "semver", "regex",
)  # fmt: skip
_OF_SINGLE_VALUES = (*_ARRAY_ONLY_PASSES, "null")


def match_json_body(expected: Body, actual: Body, rules: RuleCategory, *, allow_unexpected: bool) -> list[Mismatch]:
    """Compare two JSON bodies."""
    try:
        example = expected.json()
    except DocumentError as error:
        return [Mismatch("body", "$", expected.text(), actual.text(), f"the expected body {error}")]
    try:
        value = actual.json()
    except DocumentError as error:
        message = f"expected JSON, but the body {error}; seen {shown(actual.text())}"
        return [Mismatch("body", "$", example, actual.text(), message)]
    return match_json(example, value, rules, allow_unexpected=allow_unexpected)


def match_json(
    expected: Any, actual: Any, rules: RuleCategory, *, allow_unexpected: bool, kind: MismatchKind = "body"
) -> list[Mismatch]:
    """Compare two JSON values.

    Args:
        expected: the example.
        actual: the value seen.
        rules: the rules of the category ``body``.
        allow_unexpected: objects may have more keys than expected, as in responses and messages.
        kind: what the mismatches are to say they are about.
    """
    optional = any(OPTIONAL in rule.attributes for _, rule_list in rules for rule in rule_list.rules)
    matcher = JsonMatcher(allow_unexpected=allow_unexpected, kind=kind, optional=optional)
    matcher.compare("$", expected, actual, ActiveRules.at_root(rules))
    return matcher.mismatches


class JsonMatcher:
    """Walks expected and actual together and collects what differs."""

    def __init__(self, *, allow_unexpected: bool, kind: MismatchKind = "body", optional: bool = False) -> None:
        self.allow_unexpected = allow_unexpected
        self.optional = optional
        self.kind: MismatchKind = kind
        self.mismatches: list[Mismatch] = []
        self._tried = 0

    def compare(self, path: str, expected: Any, actual: Any, active: ActiveRules) -> None:
        """Compare what stands at one path."""
        if len(self.mismatches) >= MAX_MISMATCHES:
            return
        if isinstance(expected, (dict, list)):
            best = active.best()
            if best is not None and best[0].combine == "OR" and len(best[0].rules) > 1:
                self._compare_alternatives(path, expected, actual, active, best[0].rules)
                return
        self._compare_by_kind(path, expected, actual, active)

    def _compare_alternatives(
        self, path: str, expected: Any, actual: Any, active: ActiveRules, rules: Iterable[Rule]
    ) -> None:
        """One of several rules has to hold for an array or an object: alone, and with all that is below it.

        Where none does, what the nearest one found is reported: the one that gets furthest, with the fewest mismatches.
        """
        before, tries = self.mismatches, []
        for rule in rules:
            self._tried += 1
            if self._tried > MAX_ALTERNATIVES:
                self.mismatches = before
                self._report(path, expected, actual, f"more than {MAX_ALTERNATIVES} rules combined with OR were tried")
                return
            self.mismatches = []
            if rule.match in _OF_SINGLE_VALUES and not isinstance(actual, type(expected)):
                message = check_json(rule, expected, actual, cascaded=False)
                if message:
                    self._report(path, expected, actual, message)
            else:
                self._compare_by_kind(path, expected, actual, active.only(rule))
            if not self.mismatches:
                self.mismatches = before
                return
            tries.append(self.mismatches)
        nearest = min(tries, key=lambda found: (any(each.path == path for each in found), len(found)))
        self.mismatches = before + nearest

    def _compare_by_kind(self, path: str, expected: Any, actual: Any, active: ActiveRules) -> None:
        if isinstance(expected, dict):
            if isinstance(actual, dict):
                self._compare_objects(path, expected, actual, active)
            else:
                self._wrong_kind(path, expected, actual)
        elif isinstance(expected, list):
            if isinstance(actual, list):
                self._compare_arrays(path, expected, actual, active)
            else:
                self._wrong_kind(path, expected, actual)
        else:
            self._compare_scalars(path, expected, actual, active)

    def _compare_scalars(self, path: str, expected: Any, actual: Any, active: ActiveRules) -> None:
        best = active.best()
        if best is None:
            if not strictly_equal(expected, actual):
                self._report(path, expected, actual, f"expected {shown(expected)}, seen {shown(actual)}")
            return
        rules, cascaded = best
        for message in check_all(rules, lambda rule: check_json(rule, expected, actual, cascaded=cascaded)):
            self._report(path, expected, actual, message)

    # Objects

    def _compare_objects(
        self, path: str, expected: dict[str, Any], actual: dict[str, Any], active: ActiveRules
    ) -> None:
        optional = self._optional_keys(expected, actual, active)
        if not expected and len(actual) > len(optional) and not self.allow_unexpected:
            self._report(path, expected, actual, f"expected an empty object, seen {shown(actual)}")
            return
        best = active.best()
        rules, cascaded = best or (RuleList(()), False)
        if self._settled_by_equality(path, expected, actual, rules):
            return
        for message in check_all(rules, lambda rule: _check_collection(rule, actual, cascaded=cascaded)):
            self._report(path, expected, actual, message)
        own = () if cascaded else tuple(rule.match for rule in rules.rules)
        if "eachValue" in own:
            self._compare_values(path, expected, actual, _rules_for_each(rules, active))
        if "values" in own:
            self._compare_values(path, expected, actual, active)
        if not {"eachKey", "eachValue", "values"} & set(own):
            self._compare_keys(path, expected, actual, optional)
        if not own or set(own) - {"eachValue", "values"}:
            for key in filter(actual.__contains__, expected):
                self.compare(join(path, key), expected[key], actual[key], active.step(key))
        self._compare_optional(path, optional, actual, active)
        if "eachKey" in own:
            self._compare_each_key(path, actual, rules)

    def _optional_keys(
        self, expected: dict[str, Any], actual: dict[str, Any], active: ActiveRules
    ) -> Mapping[str, Any]:
        """The keys that nobody must send, but that are there, with their examples (see match.optional)."""
        if not self.optional:
            return NO_KEYS
        found: dict[str, Any] = {}
        for key in actual:
            best = None if key in expected else active.step(key).best()
            marked = [rule for rule in best[0].rules if OPTIONAL in rule.attributes] if best and not best[1] else ()
            for rule in marked:
                found[key] = rule.get(OPTIONAL)
        return found

    def _compare_optional(
        self, path: str, optional: Mapping[str, Any], actual: dict[str, Any], active: ActiveRules
    ) -> None:
        for key, example in optional.items():
            if actual[key] is not None:
                self.compare(join(path, key), example, actual[key], active.step(key))

    def _compare_keys(
        self, path: str, expected: dict[str, Any], actual: dict[str, Any], optional: Mapping[str, Any] = NO_KEYS
    ) -> None:
        unexpected = [key for key in actual if key not in expected and key not in optional]
        missing = [key for key in expected if key not in actual]
        for key in missing[:MAX_MISMATCHES]:
            message = _missing_key(key, expected[key], unexpected[:_NAMES_COMPARED], actual)
            self._report(join(path, key), expected[key], ABSENT, message)
        if not self.allow_unexpected:
            for key in unexpected[:MAX_MISMATCHES]:
                self._report(join(path, key), ABSENT, actual[key], f"unexpected key, seen {shown(actual[key])}")

    def _compare_values(self, path: str, expected: dict[str, Any], actual: dict[str, Any], active: ActiveRules) -> None:
        """With the rules ``values`` and ``eachValue`` the keys do not count: each value is compared with an example."""
        if not expected:
            return
        example = next(iter(expected.values()))
        for key, value in actual.items():
            self.compare(join(path, key), expected.get(key, example), value, active.step(key))

    def _compare_each_key(self, path: str, actual: dict[str, Any], rules: RuleList) -> None:
        each_key = (rule for rule in rules.rules if rule.match == "eachKey")
        for example, nested in ((rule.get("value"), nested) for rule in each_key for nested in rule.get("rules") or []):
            key_rule = rule_from_json(nested, path)
            for key in actual:
                message = check_text(key_rule, str(example or ""), key)
                if message:
                    self._report(join(path, key), ABSENT, key, f"key {key!r}: {message}")

    # Arrays

    def _compare_arrays(self, path: str, expected: list[Any], actual: list[Any], active: ActiveRules) -> None:
        best = active.best()
        if best is None:
            self._compare_items(path, expected, actual, active)
            return
        rules, cascaded = best
        if self._settled_by_equality(path, expected, actual, rules):
            return
        for message in check_all(rules, lambda rule: _check_collection(rule, actual, cascaded=cascaded)):
            self._report(path, expected, actual, message)
        own = () if cascaded else tuple(rule.match for rule in rules.rules)
        if "eachValue" in own:
            self._compare_each(path, expected, actual, _rules_for_each(rules, active))
        for rule in rules.rules:
            if rule.match == "arrayContains" and not cascaded:
                self._compare_variants(path, expected, actual, rule)
        if not own or set(own) - {"eachValue", "arrayContains"}:
            self._compare_each(path, expected, actual, active)

    def _compare_each(self, path: str, expected: list[Any], actual: list[Any], active: ActiveRules) -> None:
        """With a rule on the array, its first example stands for every further item."""
        for index, item in enumerate(actual if expected else ()):
            example = expected[index] if index < len(expected) else expected[0]
            self.compare(join(path, index), example, item, active.step(index))

    def _compare_items(self, path: str, expected: list[Any], actual: list[Any], active: ActiveRules) -> None:
        for index, (example, item) in enumerate(zip(expected, actual, strict=False)):
            self.compare(join(path, index), example, item, active.step(index))
        if len(expected) != len(actual):
            message = f"expected {_items(len(expected))}, seen {len(actual)}"
            self._report(path, expected, actual, message)

    def _compare_variants(self, path: str, expected: list[Any], actual: list[Any], rule: Rule) -> None:
        variants = rule.get("variants") or [{"index": index} for index in range(len(expected))]
        for variant in variants:
            index = int(variant.get("index", 0))
            if index >= len(expected):
                self._report(path, expected, actual, f"the rule 'arrayContains' has no example for variant {index}")
                continue
            rules = rules_from_json({"body": variant.get("rules") or {}}, path, v2=False).category("body")
            if not any(self._fits(expected[index], item, rules) for item in actual):
                self._report(
                    path, expected[index], actual, f"no item matches variant {index}, such as {shown(expected[index])}"
                )

    def _fits(self, expected: Any, actual: Any, rules: RuleCategory) -> bool:
        return not match_json(expected, actual, rules, allow_unexpected=self.allow_unexpected)

    # What all of them share

    def _settled_by_equality(self, path: str, expected: Any, actual: Any, rules: RuleList) -> bool:
        """Compare exactly where ``equality`` asks for it; whether that settles the matter.

        What is equal still goes on to the other rules and to those further down.
        """
        if not _has(rules, "equality"):
            return False
        strict = JsonMatcher(allow_unexpected=False, kind=self.kind)
        strict.compare(path, expected, actual, NO_ACTIVE_RULES)
        self.mismatches += strict.mismatches
        return bool(strict.mismatches)

    def _wrong_kind(self, path: str, expected: Any, actual: Any) -> None:
        seen = "null" if actual is None else f"{kind_of(actual)}: {shown(actual)}"
        self._report(path, expected, actual, f"expected {kind_of(expected)}, seen {seen}")

    def _report(self, path: str, expected: Any, actual: Any, message: str) -> None:
        self.mismatches.append(Mismatch(self.kind, path, expected, actual, message))


def _check_collection(rule: Rule, actual: dict[str, Any] | list[Any], *, cascaded: bool) -> str | None:
    """What a rule says about an array or object as such; most only hand themselves down to its children."""
    if rule.match == "type":
        return None if cascaded else check_length(rule, len(actual))
    if rule.match == "notEmpty":
        return None if actual else f"expected {kind_of(actual)} that is not empty"
    if rule.match in ("equality", "values", "eachKey", "eachValue", "arrayContains"):
        return None
    if rule.match in _ARRAY_ONLY_PASSES and (isinstance(actual, list) or rule.match == "regex"):
        return None
    return f"the rule {rule.match!r} does not apply to {kind_of(actual)}"


def _rules_for_each(rules: RuleList, active: ActiveRules) -> ActiveRules:
    """The rules that ``eachValue`` gives to every child; without any, those further down the document still count."""
    each_value = (rule for rule in rules.rules if rule.match == "eachValue")
    nested = tuple(rule_from_json(item, "$") for rule in each_value for item in rule.get("rules") or [])
    if not nested:
        return active
    return ActiveRules.at_root(RuleCategory({PathExpression((Wildcard.FIELD,), "$.*"): RuleList(nested)}))


def _missing_key(key: str, value: Any, unexpected: Iterable[str], actual: dict[str, Any]) -> str:
    message = f"expected {kind_of(value)} such as {shown(value)}, seen nothing"
    # A renamed field is the commonest break: say what the value seems to be called now.
    near = difflib.get_close_matches(key, unexpected, 1) or [
        name for name in unexpected if actual[name] == value and value not in (None, "", [], {}, True, False)
    ]
    return f"{message}; is it now called {near[0]!r}?" if near else message


def _items(count: int) -> str:
    return "an empty array" if count == 0 else f"{count} item{'s' if count != 1 else ''}"


def _find(rules: RuleList, match: str) -> Rule | None:
    return next((rule for rule in rules.rules if rule.match == match), None)


def _has(rules: RuleList, match: str) -> bool:
    return _find(rules, match) is not None
