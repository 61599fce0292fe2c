"""What a contract asks for, place by place: the flat form that differences and schema checks are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import is_json
from accord.contract.mismatches import kind_of, shown
from accord.contract.paths import join
from accord.contract.rules import ActiveRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from accord.contract.bodies import Body
    from accord.contract.rules import RuleCategory, RuleList


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one place must hold.

    Attributes:
        path: the place; ``[*]`` stands for every item where one example stands for all.
        example: the example there.
        rules: the rules that count there, or None where the example itself is asked for.
    """

    path: str
    example: Any
    rules: RuleList | None

    @property
    def is_leaf(self) -> bool:
        """Whether nothing lies below."""
        return not isinstance(self.example, (dict, list))

    def describe(self) -> str:
        """The requirement in words: ``a decimal``, ``a text like 'pending|confirmed'``, ``exactly "COMPLETED"``."""
        if self.rules is None:
            return f"exactly {shown(self.example)}" if self.is_leaf else kind_of(self.example)
        joined = " and " if self.rules.combine == "AND" else " or "
        return joined.join(_in_words(rule.match, rule.attributes, self.example) for rule in self.rules.rules)


def requirements_of(body: Body, rules: RuleCategory) -> dict[str, Requirement]:
    """All requirements of a JSON body by path; none where the body is missing or not JSON.

    Raises:
        DocumentError: the body says it is JSON and is not.
    """
    if not body.is_present or not is_json(body.media_type()):
        return {}
    return {each.path: each for each in _walk("$", body.json(), ActiveRules.at_root(rules))}


def _walk(path: str, example: Any, active: ActiveRules) -> Iterator[Requirement]:
    best = active.best()
    yield Requirement(path, example, best[0] if best else None)
    if isinstance(example, dict):
        for key, value in example.items():
            yield from _walk(join(path, key), value, active.step(key))
    elif isinstance(example, list):
        # With a rule on the array, its first example stands for every item.
        for index, item in enumerate(example[:1] if best else example):
            yield from _walk(f"{path}[*]" if best else join(path, index), item, active.step(index))


def _in_words(match: str, attributes: Mapping[str, Any], example: Any) -> str:
    if match == "type":
        words = "a number" if kind_of(example) in ("an integer", "a decimal") else kind_of(example)
        bounds = [f"{name} {attributes[name]}" for name in ("min", "max") if name in attributes]
        return f"{words} ({', '.join(bounds)} items)" if bounds else words
    if match == "equality":
        return f"exactly {shown(example)}"
    words = _WORDS.get(match, f"what the rule {match!r} allows")
    detail = attributes.get("regex", attributes.get("format", attributes.get("value", attributes.get("status"))))
    return f"{words} {detail!r}" if detail else words


_WORDS = {
    "regex": "a text that matches",
    "include": "a text that includes",
    "integer": "an integer",
    "decimal": "a decimal",
    "number": "a number",
    "boolean": "a boolean",
    "null": "null",
    "date": "a date in the format",
    "time": "a time in the format",
    "datetime": "a date and time in the format",
    "notEmpty": "something that is not empty",
    "semver": "a semantic version",
    "arrayContains": "an array that contains these",
    "eachKey": "an object with such keys",
    "eachValue": "such values",
    "values": "such values, whatever the keys",
    "contentType": "content of the type",
    "statusCode": "a status of",
}
