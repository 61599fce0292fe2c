"""Taking a template apart: the example without matchers, and the rules with their paths."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from accord.contract.matchers.matcher import Matcher, plain_example
from accord.contract.paths import PathExpression, Token, Wildcard, format_path
from accord.contract.rule_format import rules_to_json
from accord.contract.rules import OPTIONAL, MatchingRules, Rule, RuleCategory, RuleList
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class TemplateParts:
    """What a template comes apart into.

    Attributes:
        example: the plain value.
        rules: the rules, each with its path.
        generators: path to generator, as they stand in a pact file.
    """

    def __init__(self, template: Any) -> None:
        self.generators: dict[str, Mapping[str, Any]] = {}
        self._entries: dict[PathExpression, RuleList] = {}
        self.example = self._take(template, ())

    @property
    def rules(self) -> RuleCategory:
        """All rules found, ready to match with."""
        return RuleCategory(self._entries)

    def _take(self, template: Any, tokens: tuple[Token, ...]) -> Any:
        if isinstance(template, Matcher):
            return self._take_matcher(template, tokens)
        if isinstance(template, dict):
            return self._take_object(template, tokens)
        if isinstance(template, (list, tuple)):
            return [self._take(item, (*tokens, index)) for index, item in enumerate(template)]
        if template is None or isinstance(template, (str, bool, int, float)):
            return template
        raise UsageError(
            f"at {format_path(tokens)}: expected what JSON can hold or a matcher, seen {type(template).__name__} "
            f"{template!r}"
        )

    def _take_object(self, template: dict[Any, Any], tokens: tuple[Token, ...]) -> dict[str, Any]:
        taken = {}
        for key, value in template.items():
            name, below = self._key(key, tokens), (*tokens, key)
            if isinstance(value, Matcher) and value.optional:
                # The example goes into the rule: in the body it would be asked for by every other tool.
                self._take_optional(value, below)
            else:
                taken[name] = self._take(value, below)
        return taken

    def _take_optional(self, matcher: Matcher, tokens: tuple[Token, ...]) -> None:
        example = self._take_matcher(replace(matcher, optional=False), tokens)
        expression = PathExpression(tokens, format_path(tokens))
        rules = self._entries[expression]
        first, *others = rules.rules
        marked = Rule(first.match, {**first.attributes, OPTIONAL: example})
        self._entries[expression] = RuleList((marked, *others), rules.combine)
        self.generators = {path: each for path, each in self.generators.items() if not path.startswith(expression.text)}

    def _take_matcher(self, matcher: Matcher, tokens: tuple[Token, ...]) -> Any:
        if matcher.optional:
            raise UsageError(
                f"at {format_path(tokens)}: match.optional(…) is for the value of a key, which may be absent; "
                "for a value that may be null, match.any_of(…, match.null())"
            )
        rules = matcher.rules
        if matcher.variants is not None:
            rules = (_with_variants(matcher.rule, matcher.variants), *matcher.also)
        self._add(RuleList(rules, matcher.combine), tokens)
        if matcher.generator is not None:
            self.generators[format_path(tokens)] = matcher.generator
        if matcher.variants is not None:
            return [TemplateParts(variant).example for variant in matcher.variants]
        if matcher.repeated is not None:
            item = self._take(matcher.example[0], (*tokens, Wildcard.INDEX))
            return [item] * matcher.repeated
        if matcher.keyed:
            return {self._key(key, tokens): self._take(value, (*tokens, Wildcard.FIELD))
                    for key, value in matcher.example.items()}  # fmt: skip
        return self._take(matcher.example, tokens)

    def _add(self, rules: RuleList, tokens: tuple[Token, ...]) -> None:
        expression = PathExpression(tokens, format_path(tokens))
        # like(integer(1)): the inner matcher says more, and is found later.
        self._entries[expression] = rules

    @staticmethod
    def _key(key: Any, tokens: tuple[Token, ...]) -> str:
        if not isinstance(key, str):
            raise UsageError(f"at {format_path(tokens)}: expected texts as keys, seen {key!r}")
        return key


def _with_variants(rule: Rule, variants: tuple[Any, ...]) -> Rule:
    """The rule ``arrayContains`` with the rules and generators of each variant."""
    listed = []
    for index, variant in enumerate(variants):
        parts = TemplateParts(variant)
        rules = rules_to_json(MatchingRules({"body": parts.rules}), v2=False).get("body", {})
        listed.append({"index": index, "rules": rules} | ({"generators": parts.generators} if parts.generators else {}))
    return Rule(rule.match, {**rule.attributes, "variants": listed})


class TakenValues(NamedTuple):
    """What headers or a query come apart into: name to values, the rules by name, the generators by name."""

    values: dict[str, tuple[str, ...]]
    rules: RuleCategory
    generators: dict[str, Mapping[str, Any]]


def take_values(template: Mapping[str, Any], *, indexed: bool = False) -> TakenValues:
    """Take headers, a query or a form apart: a value is a text, a number, a matcher or a list of these.

    Args:
        template: name to value.
        indexed: whether each value of a name may have rules of its own, as in the body of a form.

    Raises:
        UsageError: a value of another type, or values with different rules where they may not have them.
    """
    entries: dict[PathExpression, RuleList] = {}
    taken = TakenValues({}, RuleCategory(entries), {})
    for name, value in template.items():
        items = value if isinstance(value, (list, tuple)) else [value]
        texts = []
        rules_of_each = [_rules_of_values(name, item) for item in items]
        alike = all(rules == rules_of_each[0] for rules in rules_of_each)
        if not alike and not indexed:
            raise UsageError(
                f"{name!r}: its values have different matchers, but a header's or a parameter's rules are for all of "
                "its values, and other tools pass over others; give each value the same matcher"
            )
        for index, item in enumerate(items):
            rules = rules_of_each[index]
            if rules.rules:
                tokens: tuple[Token, ...] = (name,) if alike else (name, index)
                entries[PathExpression(tokens, format_path(tokens))] = rules
            generator = _generator_of(item)
            if generator is not None:
                taken.generators[name if len(items) == 1 else f"{name}[{index}]"] = generator
            example = plain_example(item)
            examples = example if isinstance(example, list) else [example]
            texts += [_text(name, plain_example(each)) for each in examples] * _count(item)
        taken.values[name] = tuple(texts)
    return taken


class TakenValue(NamedTuple):
    """What a path or a status comes apart into."""

    example: Any
    rules: RuleCategory
    generator: Mapping[str, Any] | None = None


def take_path(template: Any) -> TakenValue:
    """Take a path apart: a text or a matcher."""
    rules = _rules_of_text("path", template)
    combine = template.combine if isinstance(template, Matcher) else "AND"
    entries = {PathExpression((), "$"): RuleList(rules, combine)} if rules else {}
    return TakenValue(plain_example(template), RuleCategory(entries), _generator_of(template))


def take_status(template: Any) -> TakenValue:
    """Take a status apart: a status code, or a matcher of some.

    Raises:
        UsageError: neither.
    """
    entries = {}
    if isinstance(template, Matcher):
        if template.rule.match != "statusCode":
            raise UsageError(f"will_respond_with({template!r}): expected a status code or match.status_code(…)")
        entries[PathExpression((), "$")] = RuleList(template.rules)
    status = plain_example(template)
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:  # noqa: PLR2004 - HTTP's range
        raise UsageError(f"will_respond_with({status!r}): expected a status code from 100 to 599")
    return TakenValue(status, RuleCategory(entries))


def _rules_of_text(name: str, item: Any) -> tuple[Rule, ...]:
    """The rules for one text, with those of the items of an each_like."""
    if not isinstance(item, Matcher):
        return ()
    if item.optional or item.keyed or item.variants is not None:
        raise UsageError(f"{name!r}: a matcher for JSON bodies ({item.rule.match!r}) in a header or query")
    if item.repeated is not None:
        return (*item.rules, *_rules_of_text(name, item.example[0]))
    if isinstance(item.example, Matcher):  # like(integer(1)): the inner matcher says more
        return _rules_of_text(name, item.example)
    # Texts are all of one type: a value of the provider's state stands for itself here.
    return () if item.rule.match == "type" and item.generator is not None and not item.also else item.rules


def _rules_of_values(name: str, item: Any) -> RuleList:
    return RuleList(_rules_of_text(name, item), item.combine if isinstance(item, Matcher) else "AND")


def _count(item: Any) -> int:
    return item.repeated or 1 if isinstance(item, Matcher) else 1


def _generator_of(item: Any) -> Mapping[str, Any] | None:
    while isinstance(item, Matcher):
        if item.generator is not None:
            return item.generator
        item = item.example
    return None


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise UsageError(f"{name!r}: expected a text, a number, a matcher or a list of these, seen {value!r}")
