"""Taking a template apart: the example without matchers, and the rules with their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accord.contract.matchers import Matcher
from accord.contract.paths import PathExpression, Token, Wildcard, format_path
from accord.contract.rules import RuleCategory, RuleList
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.rules import Rule


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
            return {self._key(key, tokens): self._take(value, (*tokens, key)) for key, value in template.items()}
        if isinstance(template, (list, tuple)):
            return [self._take(item, (*tokens, index)) for index, item in enumerate(template)]
        if template is None or isinstance(template, (str, bool, int, float)):
            return template
        raise UsageError(
            f"at {format_path(tokens)}: expected what JSON can hold or a matcher, seen {type(template).__name__} "
            f"{template!r}"
        )

    def _take_matcher(self, matcher: Matcher, tokens: tuple[Token, ...]) -> Any:
        self._add(matcher.rule, tokens)
        if matcher.generator is not None:
            self.generators[format_path(tokens)] = matcher.generator
        if matcher.repeated is not None:
            item = self._take(matcher.example[0], (*tokens, Wildcard.INDEX))
            return [item] * matcher.repeated
        return self._take(matcher.example, tokens)

    def _add(self, rule: Rule, tokens: tuple[Token, ...]) -> None:
        expression = PathExpression(tokens, format_path(tokens))
        # like(integer(1)): the inner matcher says more, and is found later.
        self._entries[expression] = RuleList((rule,))

    @staticmethod
    def _key(key: Any, tokens: tuple[Token, ...]) -> str:
        if not isinstance(key, str):
            raise UsageError(f"at {format_path(tokens)}: expected texts as keys, seen {key!r}")
        return key


def take_values(template: Mapping[str, Any]) -> tuple[dict[str, tuple[str, ...]], RuleCategory]:
    """Take headers or a query apart: a value is a text, a number, a matcher or a list of these.

    Returns:
        Name to values, and the rules by name.
    """
    values: dict[str, tuple[str, ...]] = {}
    entries: dict[PathExpression, RuleList] = {}
    for name, value in template.items():
        items = value if isinstance(value, (list, tuple)) else [value]
        texts = []
        # Other tools know rules for a name, not for one of its values: the same for each is written as the name's own.
        alike = all(isinstance(item, Matcher) and item.rule == items[0].rule for item in items)
        for index, item in enumerate(items):
            matcher = item if isinstance(item, Matcher) else None
            while isinstance(item, Matcher):
                item = item.example  # noqa: PLW2901 - unwrapped until the example is reached
            if matcher is not None:
                tokens: tuple[Token, ...] = (name,) if alike or len(items) == 1 else (name, index)
                entries[PathExpression(tokens, format_path(tokens))] = RuleList((matcher.rule,))
            texts += [_text(name, each) for each in (item if isinstance(item, list) else [item])]
        values[name] = tuple(texts)
    return values, RuleCategory(entries)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise UsageError(f"{name!r}: expected a text, a number, a matcher or a list of these, seen {value!r}")
