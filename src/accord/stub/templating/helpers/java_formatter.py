"""Texts formatted as Java's ``String.format`` does."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError
from accord.stub.templating.values import double_text, is_number, to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELD = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_WHOLE = "dxXo"
_DECIMAL = "feE"
_DEFAULT_PRECISION = 6
_MAX_PRECISION = 300


def format_text(pattern: str, values: Sequence[Any], limit: int) -> str:
    """Format.

    Raises:
        HelperError: a letter that is not known, a value of the wrong kind, a value missing, or too wide a field.
    """
    written: list[str] = []
    position = following = 0
    while True:
        at = pattern.find("%", position)
        if at < 0:
            return "".join([*written, pattern[position:]])
        written.append(pattern[position:at])
        match = _FIELD.match(pattern, at)
        if not match:
            raise HelperError(f"{pattern[at : at + 5]!r} is no format; known are %s %b %d %x %X %o %f %e %E %c %n %%")
        position = match.end()
        index, flags, width, precision, letter = match.groups()
        if width and (len(width) > len(str(limit)) or int(width) > limit):
            raise HelperError(f"the width {width} is more than {limit}")
        if letter in "%n":
            written.append("%" if letter == "%" else "\n")
            continue
        number = int(index) if index else following + 1
        following += 0 if index else 1
        if not 1 <= number <= len(values):
            raise HelperError(f"no value for {match.group()!r}: there are {len(values)}")
        text = _formatted(letter, flags, precision, values[number - 1], match.group())
        written.append(_justified(text, flags, int(width or 0)))


def _formatted(letter: str, flags: str, precision: str | None, value: Any, field: str) -> str:
    if letter in "sS":
        text = "null" if value is None else to_text(value)
        text = text[: int(precision)] if precision else text
        return text.upper() if letter == "S" else text
    if letter in "bB":
        text = to_text(value if isinstance(value, bool) else value is not None)
        return text.upper() if letter == "B" else text
    if value is None:
        return "null"
    if letter == "c" and isinstance(value, int) and not isinstance(value, bool):
        return chr(value)
    if letter in _WHOLE and isinstance(value, int) and not isinstance(value, bool):
        return _whole(letter, flags, value)
    if letter in _DECIMAL and is_number(value) and not isinstance(value, int):
        return _decimal(letter, flags, precision, value)
    raise HelperError(f"{field} cannot write {to_text(value)!r}")


def _whole(letter: str, flags: str, value: int) -> str:
    if letter != "d":
        bits = 32 if -(2**31) <= value < 2**31 else 64
        text = format(value % 2**bits if value < 0 else value, letter)
        return ("0x" if letter in "xX" else "0") + text if "#" in flags else text
    return _signed(format(abs(value), ",d" if "," in flags else "d"), flags, is_negative=value < 0)


def _decimal(letter: str, flags: str, precision: str | None, value: float | Decimal) -> str:
    digits = min(int(precision), _MAX_PRECISION) if precision else _DEFAULT_PRECISION
    number = value if isinstance(value, Decimal) else Decimal(double_text(value))
    if not number.is_finite():
        return str(value)
    if letter == "f":
        size = max(number.adjusted(), 0) + digits + 10
        if size > 1000:  # noqa: PLR2004 - more digits than any number of an answer
            raise HelperError("the number has too many digits")
        from decimal import Context  # noqa: PLC0415 - next to its only use

        rounded = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, Context(prec=size))
        text = format(abs(rounded), ",f" if "," in flags else "f")
    else:
        text = format(abs(number), f".{digits}{letter}")
        text = re.sub(r"([eE][+-])(\d)$", r"\g<1>0\2", text)
    return _signed(text, flags, is_negative=number < 0)


def _signed(text: str, flags: str, *, is_negative: bool) -> str:
    if is_negative:
        return f"({text})" if "(" in flags else f"-{text}"
    if "+" in flags:
        return f"+{text}"
    return f" {text}" if " " in flags else text


def _justified(text: str, flags: str, width: int) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags:
        sign = text[:1] if text[:1] in "+- " else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)
