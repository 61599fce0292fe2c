"""Matchers: what a consumer really needs of a value, instead of the value itself (``from accord import match``).

Each matcher carries an example, which the mock answers with, and the rule by which the other side is compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from accord.contract.mismatches import shown
from accord.contract.patterns import TIME_LIMIT, PatternError, PatternTimeoutError, matches_pattern
from accord.contract.rules import Rule
from accord.core.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    import uuid as _uuid
    from collections.abc import Mapping

__all__ = [
    "Matcher",
    "boolean",
    "date",
    "datetime",
    "decimal",
    "each_like",
    "equal_to",
    "includes",
    "integer",
    "iso8601",
    "like",
    "null",
    "number",
    "regex",
    "string",
    "term",
    "time",
    "uuid",
]

UUID_PATTERN: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
ISO8601_PATTERN: Final = (
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?([+-][0-2]\d(:?[0-5]\d)?|Z)"  # what iso8601() stands for
)


@dataclass(frozen=True, slots=True)
class Matcher:
    """An example with the rule that stands for it.

    Attributes:
        example: a value, which may hold further matchers.
        rule: the matching rule.
        repeated: for arrays: how many times the only item is repeated in the example; None where it is no array.
        generator: a generator as it stands in a pact file, or None.
    """

    example: Any
    rule: Rule
    repeated: int | None = None
    generator: Mapping[str, Any] | None = field(default=None)


def like(example: Any) -> Matcher:
    """A value of the same type as the example; of what it holds too.

    >>> like({"id": 1}).rule.match
    'type'
    """
    return Matcher(example, Rule("type"))


def each_like(item: Any, *, min: int = 1, max: int | None = None, examples: int | None = None) -> Matcher:  # noqa: A002 - the specification's words
    """An array of which every item is like the given one.

    Args:
        item: the template of every item; may hold matchers.
        min: the least number of items.
        max: the largest number of items.
        examples: how many items the example has; ``min``, but at least one, by default.

    Raises:
        UsageError: bounds that exclude each other.

    >>> each_like({"id": integer(1)}, min=2).rule.attributes["min"]
    2
    """
    count = (min or 1) if examples is None else examples
    if min < 0 or (max is not None and max < min) or count < min or (max is not None and count > max):
        raise UsageError(f"each_like(min={min}, max={max}, examples={count}): expected 0 <= min <= examples <= max")
    attributes = {"min": min} | ({} if max is None else {"max": max})
    return Matcher([item], Rule("type", attributes), repeated=count)


def regex(pattern: str, example: str) -> Matcher:
    """A text that the regular expression matches as a whole.

    Raises:
        UsageError: the pattern is wrong, or the example does not match it.

    >>> regex("[a-z]+", "abc").example
    'abc'
    """
    try:
        fits = matches_pattern(pattern, example)
    except PatternError as error:
        raise UsageError(str(error)) from None
    except PatternTimeoutError:
        raise UsageError(
            f"{pattern!r} was still running after {TIME_LIMIT:g} s on its example; write it without nested repetition"
        ) from None
    if not fits:
        raise UsageError(f"the example {shown(example)} does not match {pattern!r}: the whole text must match")
    return Matcher(example, Rule("regex", {"regex": pattern}))


def term(pattern: str, example: str) -> Matcher:
    """Another name for regex, as older Pact tools call it."""
    return regex(pattern, example)


def string(example: str = "some string") -> Matcher:
    """Any text."""
    return Matcher(_checked(example, str, "string"), Rule("type"))


def integer(example: int = 1) -> Matcher:
    """A number without a fraction."""
    if isinstance(example, bool):
        raise UsageError(f"match.integer({example!r}): expected an int")
    return Matcher(_checked(example, int, "integer"), Rule("integer"))


def decimal(example: float = 1.5) -> Matcher:
    """A number written with a fraction, such as 100.0; 100 is none (specification V3, "decimal")."""
    if isinstance(example, bool):
        raise UsageError(f"match.decimal({example!r}): expected a float")
    return Matcher(float(_checked(example, (int, float), "decimal")), Rule("decimal"))


def number(example: float = 1) -> Matcher:
    """Any number."""
    if isinstance(example, bool):
        raise UsageError(f"match.number({example!r}): expected a number")
    return Matcher(_checked(example, (int, float), "number"), Rule("number"))


def boolean(example: bool = True) -> Matcher:  # noqa: FBT001, FBT002 - the example is a boolean
    """True or false."""
    return Matcher(_checked(example, bool, "boolean"), Rule("boolean"))


def null() -> Matcher:
    """JSON's null."""
    return Matcher(None, Rule("null"))


def uuid(example: str | _uuid.UUID = "936da01f-9abd-4d9d-80c7-02af85c822a8") -> Matcher:
    """A UUID, in any case."""
    return regex(UUID_PATTERN, str(example))


def date(example: str | dt.date = "2025-01-15", format: str = "yyyy-MM-dd") -> Matcher:  # noqa: A002 - the specification's word
    """A date in a format written in the letters of Java's DateTimeFormatter."""
    return _dated("date", example, format)


def time(example: str | dt.time = "10:30:00", format: str = "HH:mm:ss") -> Matcher:  # noqa: A002 - the specification's word
    """A time of day in a format written in the letters of Java's DateTimeFormatter."""
    return _dated("time", example, format)


def datetime(example: str = "2025-01-15T10:30:00Z", format: str = "yyyy-MM-dd'T'HH:mm:ssXXX") -> Matcher:  # noqa: A002 - the specification's word
    """A date with a time in a format written in the letters of Java's DateTimeFormatter."""
    return _dated("datetime", example, format)


def iso8601(example: str = "2025-01-15T10:30:00.000Z") -> Matcher:
    """A date with a time and an offset as in ISO 8601, with any number of digits below the second."""
    return regex(ISO8601_PATTERN, example)


def includes(part: str, example: str | None = None) -> Matcher:
    """A text that contains a part.

    Raises:
        UsageError: the example does not contain it.
    """
    text = part if example is None else example
    if part not in text:
        raise UsageError(f"the example {text!r} does not include {part!r}")
    return Matcher(text, Rule("include", {"value": part}))


def equal_to(value: Any) -> Matcher:
    """Exactly this value; ends what a like() further up says of its types."""
    return Matcher(value, Rule("equality"))


def _dated(kind: str, example: str | dt.date | dt.time, date_format: str) -> Matcher:
    from accord.contract.matching.dates import DateFormatError, matches_format  # noqa: PLC0415 - patterns few tests need

    text = example if isinstance(example, str) else example.isoformat()
    try:
        fits = matches_format(text, date_format)
    except DateFormatError as error:
        raise UsageError(str(error)) from None
    except PatternTimeoutError:
        raise UsageError(f"the format {date_format!r} can be read in too many ways to compare it") from None
    if not fits:
        raise UsageError(f"the example {text!r} is not in the format {date_format!r}")
    return Matcher(text, Rule(kind, {"format": date_format}))


def _checked(example: Any, kinds: type | tuple[type, ...], name: str) -> Any:
    if not isinstance(example, kinds):
        wanted = kinds if isinstance(kinds, type) else kinds[-1]
        raise UsageError(f"match.{name}({example!r}): expected a {wanted.__name__} as the example")
    return example
