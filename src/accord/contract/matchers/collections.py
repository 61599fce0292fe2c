"""Matchers for arrays and objects, for several rules at one place, and for what may be missing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from accord.contract.matchers.matcher import Matcher, plain_example
from accord.contract.rules import Rule
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal


def each_like(item: Any, *, min: int = 1, max: int | None = None, examples: int | None = None) -> Matcher:  # noqa: A002 - the specification's words
    """An array of which every item is like the given one.

    Args:
        item: the template of every item; may hold matchers.
        min: the least number of items.
        max: the largest number of items.
        examples: how many items the example has; ``min``, but at least one, by default.

    Raises:
        UsageError: bounds that exclude each other.

    >>> each_like({"id": 1}, min=2).rule.attributes["min"]
    2
    """
    count = (min or 1) if examples is None else examples
    if min < 0 or (max is not None and max < min) or count < min or (max is not None and count > max):
        raise UsageError(f"each_like(min={min}, max={max}, examples={count}): expected 0 <= min <= examples <= max")
    attributes = {"min": min} | ({} if max is None else {"max": max})
    return Matcher([item], Rule("type", attributes), repeated=count)


def each_key(keys: Matcher, example: Mapping[str, Any]) -> Matcher:
    """An object with any keys, each of which the matcher fits (specification V4, "eachKey").

    Args:
        keys: what every key must be like.
        example: an object with such keys; its values are compared where the other side has the same key.

    Raises:
        UsageError: no matcher of single values, or an empty example.

    >>> from accord.contract.matchers import regex
    >>> each_key(regex("[A-Z]{3}", "EUR"), {"EUR": 1.08}).rule.match
    'eachKey'
    """
    return Matcher(_object(example, "each_key"), _each("eachKey", keys, "each_key"))


def each_value(value: Any, *, keys: Sequence[str] = ("key",)) -> Matcher:
    """An object with any keys, each value of which is like the given one (specification V4, "eachValue").

    Args:
        value: the template of every value; may hold matchers. Where it is more than one matcher of a single value,
            the rule ``values`` and the rules below it say the same, which version 3.0 knows too.
        keys: the keys that the example has.

    Raises:
        UsageError: no keys.

    >>> from accord.contract.matchers import decimal
    >>> each_value(decimal(1.08), keys=["EUR", "GBP"]).rule.match
    'eachValue'
    """
    if isinstance(keys, str) or not keys:
        raise UsageError(f"match.each_value(…, keys={keys!r}): expected a list with at least one key for the example")
    example = dict.fromkeys(keys, value)
    if isinstance(value, Matcher) and value.is_plain and value.combine == "AND" and value.generator is None:
        return Matcher(dict.fromkeys(keys, value.example), _each("eachValue", value, "each_value"))
    return Matcher(example, Rule("values"), keyed=True)


def map_of(keys: Matcher, values: Any, *, examples: Sequence[str] | None = None) -> Matcher:
    """An object of which every key fits a matcher and every value is like a template: a dictionary.

    Args:
        keys: what every key must be like.
        values: the template of every value; may hold matchers.
        examples: the keys that the example has; the example of ``keys`` by default.

    Raises:
        UsageError: as in each_key and each_value.

    >>> from accord.contract.matchers import decimal, regex
    >>> [rule.match for rule in map_of(regex("[A-Z]{3}", "EUR"), decimal(1.08)).rules]
    ['eachKey', 'eachValue']
    """
    by_key = _each("eachKey", keys, "map_of")
    by_value = each_value(values, keys=[str(plain_example(keys))] if examples is None else examples)
    return replace(by_value, rule=by_key, also=(by_value.rule,))


def array_containing(*variants: Any) -> Matcher:
    """An array that holds, in any order, an item like each of these; others may be there (V4, "arrayContains").

    Raises:
        UsageError: no variant.

    >>> array_containing({"rel": "self"}, {"rel": "next"}).rule.match
    'arrayContains'
    """
    if not variants:
        raise UsageError("match.array_containing(): expected at least one item that the array must hold")
    return Matcher(list(variants), Rule("arrayContains"), variants=variants)


def all_of(*matchers: Matcher) -> Matcher:
    """A single value that every one of these matchers fits (specification V3, "combine": "AND").

    >>> from accord.contract.matchers import includes, regex
    >>> all_of(regex("[a-z ]+", "a big dog"), includes("dog")).combine
    'AND'
    """
    return _combined("all_of", "AND", matchers)


def any_of(*matchers: Matcher) -> Matcher:
    """A single value that at least one of these matchers fits (specification V3, "combine": "OR").

    The example is that of the first. For an object that may be null, take optional.

    >>> from accord.contract.matchers import null, string
    >>> any_of(string("Bob"), null()).combine
    'OR'
    """
    return _combined("any_of", "OR", matchers)


def optional(value: Any) -> Matcher:
    """A value of an object that may be null or absent altogether: an extension of Accord.

    The mock answers without the key, so that the consumer is seen to live without it; if the provider sends one, it
    must be like the template. In the file stand ordinary rules for the place, the first with a further attribute
    ``accord:optional`` that holds the example. Other tools do not look at it: they verify all the rest, and take
    the key as one that nobody asked for.

    Args:
        value: what it is like where it is there; may hold matchers. An example alone stands for all of its type.

    >>> optional("Bob").optional
    True
    """
    if isinstance(value, Matcher) and not value.optional:
        return replace(value, optional=True)
    if isinstance(value, Matcher):
        return value
    return Matcher(value, Rule("type"), optional=True)


def _each(name: str, matcher: Matcher, function: str) -> Rule:
    if not isinstance(matcher, Matcher) or not matcher.is_plain:
        raise UsageError(
            f"match.{function}(…): expected a matcher of single values such as match.regex, seen {matcher!r}"
        )
    rules = [{"match": rule.match, **rule.attributes} for rule in matcher.rules]
    return Rule(name, {"rules": rules, "value": matcher.example})


def _object(example: Mapping[str, Any], function: str) -> dict[str, Any]:
    if not isinstance(example, dict) or not example:
        raise UsageError(f"match.{function}(…, {example!r}): expected an object with at least one key as the example")
    return dict(example)


def _combined(name: str, combine: Literal["AND", "OR"], matchers: tuple[Matcher, ...]) -> Matcher:
    plain = all(isinstance(each, Matcher) and each.is_plain for each in matchers)
    nested = any(each.combine != combine for each in matchers if isinstance(each, Matcher) and each.also)
    if not matchers or not plain or nested:
        raise UsageError(
            f"match.{name}(…): expected matchers of single values, such as match.regex; one place has one list of "
            "rules, all of which or one of which must hold"
        )
    first, *_ = matchers
    rules = tuple(rule for each in matchers for rule in each.rules)
    return replace(first, rule=rules[0], also=rules[1:], combine=combine)
