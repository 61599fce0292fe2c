"""Matchers for single values: texts, numbers, dates, and what a text must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from accord.contract.matchers.matcher import Matcher, plain_example
from accord.contract.mismatches import shown
from accord.contract.patterns import TIME_LIMIT, PatternError, PatternTimeoutError, matches_pattern
from accord.contract.rules import STATUS_CLASSES, Rule
from accord.core.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    import uuid as _uuid
    from collections.abc import Sequence

IPV4_PATTERN: Final = r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}"
IPV6_PATTERN: Final = (
    r"(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}"
    r"|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}"
    r"|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}"
    r"|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))"
)
UUID_PATTERN: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
ISO8601_PATTERN: Final = (
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?([+-][0-2]\d(:?[0-5]\d)?|Z)"  # what iso8601() stands for
)


def like(example: Any) -> Matcher:
    """A value of the same type as the example; of what it holds too.

    >>> like({"id": 1}).rule.match
    'type'
    """
    return Matcher(example, Rule("type"))


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
    """A UUID, in any case.

    Raises:
        UsageError: the example is none.
    """
    return _written("uuid", UUID_PATTERN, str(example), "a UUID such as 936da01f-9abd-4d9d-80c7-02af85c822a8")


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
    return _written("iso8601", ISO8601_PATTERN, example, "a date with a time such as 2025-01-15T10:30:00.000Z")


def hexadecimal(example: str = "3F") -> Matcher:
    """A text of hexadecimal digits, in any case.

    >>> hexadecimal("c0ffee").rule.attributes["regex"]
    '[0-9a-fA-F]+'
    """
    return _written("hexadecimal", "[0-9a-fA-F]+", example, "a text of hexadecimal digits")


def ipv4(example: str = "127.0.0.1") -> Matcher:
    """An address of the Internet Protocol's version 4.

    >>> ipv4("10.0.0.1").example
    '10.0.0.1'
    """
    return _written("ipv4", IPV4_PATTERN, example, "an address such as 127.0.0.1")


def ipv6(example: str = "::1") -> Matcher:
    """An address of the Internet Protocol's version 6, written in full or with ``::``.

    >>> ipv6("2001:db8::1").example
    '2001:db8::1'
    """
    return _written("ipv6", IPV6_PATTERN, example, "an address such as ::1")


def semver(example: str = "1.0.0") -> Matcher:
    """A semantic version, such as ``1.4.0-rc.1`` (specification V4).

    Raises:
        UsageError: the example is none.

    >>> semver("2.1.0").rule.match
    'semver'
    """
    return _fitting(Matcher(_checked(example, str, "semver"), Rule("semver")), "semver")


def not_empty(example: Any = "something") -> Matcher:
    """A value that is there and not empty: no null, no empty text, array or object (specification V4).

    Raises:
        UsageError: the example is empty.

    >>> not_empty("Bob").rule.match
    'notEmpty'
    """
    if plain_example(example) in (None, "", [], {}):
        raise UsageError(f"match.not_empty({example!r}): expected an example that is not empty")
    return Matcher(example, Rule("notEmpty"))


def status_code(
    status: Literal["info", "success", "redirect", "clientError", "serverError", "nonError", "error"] | Sequence[int],
    example: int | None = None,
) -> Matcher:
    """A class of status codes, or one of several: for ``will_respond_with`` (specification V4, "statusCode").

    Args:
        status: the class, or the codes.
        example: what the mock answers with; the first of the class or list by default.

    Raises:
        UsageError: no such class, or an example outside of it.

    >>> status_code("success").example
    200
    >>> status_code([200, 204], example=204).rule.attributes["status"]
    [200, 204]
    """
    codes: Sequence[int] = STATUS_CLASSES.get(status, ()) if isinstance(status, str) else status
    if not codes or not all(isinstance(code, int) and 100 <= code <= 599 for code in codes):  # noqa: PLR2004 - HTTP's range
        raise UsageError(
            f"match.status_code({status!r}): expected a list of status codes or one of {', '.join(STATUS_CLASSES)}"
        )
    chosen = codes[0] if example is None else example
    if chosen not in codes:
        raise UsageError(f"match.status_code({status!r}, example={example!r}): the example is not among them")
    return Matcher(chosen, Rule("statusCode", {"status": status if isinstance(status, str) else list(status)}))


def binary(content_type: str, example: bytes) -> Matcher:
    """Bytes of a content type, told by how they begin: for a whole body (specification V3, "contentType").

    Args:
        content_type: such as ``image/png``; it is the body's own too.
        example: what is sent or answered.

    Raises:
        UsageError: the example is of another type.

    >>> binary("application/pdf", b"%PDF-1.7 ...").rule.attributes["value"]
    'application/pdf'
    """
    from accord.contract.matching.content_types import has_content_type  # noqa: PLC0415 - a table few tests need

    seen = has_content_type(_checked(example, bytes, "binary"), content_type)
    if seen is not None:
        raise UsageError(f"match.binary({content_type!r}, …): the example seems to be {seen}")
    return Matcher(example, Rule("contentType", {"value": content_type}))


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


def _fitting(matcher: Matcher, name: str) -> Matcher:
    """The matcher, if its own example fits it."""
    from accord.contract.matching.values import check_json  # noqa: PLC0415 - few matchers check by the matching itself

    problem = check_json(matcher.rule, matcher.example, matcher.example, cascaded=False)
    if problem is not None:
        raise UsageError(f"match.{name}({matcher.example!r}): {problem}")
    return matcher


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
        article = "an" if wanted is int else "a"
        raise UsageError(f"match.{name}({example!r}): expected {article} {wanted.__name__} as the example")
    return example


def _written(name: str, pattern: str, example: str, wanted: str) -> Matcher:
    """A regex with a name of its own: its error speaks of that, and not of a pattern that nobody wrote."""
    if not isinstance(example, str) or not matches_pattern(pattern, example):
        raise UsageError(f"match.{name}({example!r}): expected {wanted}")
    return Matcher(example, Rule("regex", {"regex": pattern}))
