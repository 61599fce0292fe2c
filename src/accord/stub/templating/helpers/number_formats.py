"""Numbers written by patterns of Java's DecimalFormat."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import TYPE_CHECKING, Any

from accord.stub.templating.errors import HelperError
from accord.stub.templating.values import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATTERN = re.compile(r"^((?:[^#0.,;']|'[^']*')*)([#0,]*)(?:\.([#0]*))?(?:E(0+))?((?:[^#0.,;']|'[^']*')*)$")
_MAX_DIGITS = 300
_NAMED = {"integer": "#,##0", "percent": "#,##0%", "currency": "¤#,##0.00"}
_SEPARATORS = {"en": (",", "."), "de": (".", ","), "ja": (",", ".")}
_CURRENCIES = {"en_US": ("$", 2), "en_GB": ("£", 2), "ja_JP": ("￥", 0)}
_ROUNDINGS = {
    "up": ROUND_UP, "down": ROUND_DOWN, "ceiling": ROUND_CEILING, "floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP,
    "half_down": ROUND_HALF_DOWN, "half_even": ROUND_HALF_EVEN,
}  # fmt: skip
_LIMITS = ("minimumIntegerDigits", "maximumIntegerDigits", "minimumFractionDigits", "maximumFractionDigits")


@dataclass(frozen=True, slots=True)
class _Shape:
    prefix: str
    suffix: str
    grouping: int
    minimum_integer: int
    maximum_integer: int
    minimum_fraction: int
    maximum_fraction: int
    exponent: int
    rounding: str = ROUND_HALF_EVEN


def format_number(number: Decimal, pattern: Any, locale: str, options: Mapping[str, Any]) -> str:
    """Write a number.

    Args:
        number: the number.
        pattern: a pattern, "integer", "percent", "currency", or None for up to three decimals.
        locale: en, de or ja, with or without a country.
        options: groupingUsed, roundingMode, and the least and most digits before and behind the point.

    Raises:
        HelperError: a pattern or a locale that is not known.
    """
    language = locale.partition("_")[0]
    if language not in _SEPARATORS:
        raise HelperError(f"the locale {locale!r} is not known; known are {', '.join(_SEPARATORS)}")
    text = "#,##0.###" if pattern is None else _NAMED.get(to_text(pattern), to_text(pattern))
    positive, _, negative = text.partition(";")
    shape = _shape(positive, locale)
    is_negative = number < 0
    if is_negative and negative:
        chosen = _shape(negative, locale)
        shape = replace(shape, prefix=chosen.prefix, suffix=chosen.suffix)
    elif is_negative:
        shape = replace(shape, prefix=f"-{shape.prefix}")
    if pattern == "currency" and locale in _CURRENCIES:
        decimals = _CURRENCIES[locale][1]
        shape = replace(shape, minimum_fraction=decimals, maximum_fraction=decimals)
    shape = _with_options(shape, options)
    scale = 2 if "%" in shape.prefix + shape.suffix else 3 if "‰" in shape.prefix + shape.suffix else 0
    return _written(abs(number).scaleb(scale), shape, *_SEPARATORS[language])


def _shape(pattern: str, locale: str) -> _Shape:
    match = _PATTERN.match(pattern)
    if not match or len(pattern) > _MAX_DIGITS:
        raise HelperError(f"{pattern[:50]!r} is no pattern of a number, such as '#,##0.00'")
    prefix, whole, fraction, exponent, suffix = (group or "" for group in match.groups())
    digits = whole.replace(",", "")
    return _Shape(
        prefix=_affix(prefix, locale),
        suffix=_affix(suffix, locale),
        grouping=len(whole) - whole.rfind(",") - 1 if "," in whole else 0,
        minimum_integer=digits.count("0"),
        maximum_integer=_MAX_DIGITS,
        minimum_fraction=fraction.count("0"),
        maximum_fraction=len(fraction),
        exponent=len(exponent),
    )


def _affix(text: str, locale: str) -> str:
    plain = re.sub(r"'([^']*)'", lambda match: match.group(1) or "'", text)
    return plain.replace("¤", _CURRENCIES.get(locale, ("¤", 2))[0])


def _with_options(shape: _Shape, options: Mapping[str, Any]) -> _Shape:
    if options.get("groupingUsed") is False:
        shape = replace(shape, grouping=0)
    if "roundingMode" in options:
        mode = to_text(options["roundingMode"]).lower()
        if mode not in _ROUNDINGS:
            raise HelperError(f"the rounding {mode!r} is not known; known are {', '.join(_ROUNDINGS)}")
        shape = replace(shape, rounding=_ROUNDINGS[mode])
    given = {name: options[name] for name in _LIMITS if name in options}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_DIGITS:
            raise HelperError(f"{name} must be a whole number up to {_MAX_DIGITS}, not {to_text(value)!r}")
    least, most = given.get("minimumFractionDigits"), given.get("maximumFractionDigits")
    if most is not None:
        shape = replace(shape, maximum_fraction=most, minimum_fraction=min(shape.minimum_fraction, most))
    if least is not None:
        shape = replace(shape, minimum_fraction=least, maximum_fraction=max(shape.maximum_fraction, least))
    return replace(
        shape,
        minimum_integer=given.get("minimumIntegerDigits", shape.minimum_integer),
        maximum_integer=given.get("maximumIntegerDigits", shape.maximum_integer),
    )


def _written(number: Decimal, shape: _Shape, group: str, point: str) -> str:
    power = ""
    if shape.exponent:
        shift = (number.adjusted() if number else 0) - max(shape.minimum_integer, 1) + 1
        number = number.scaleb(-shift)
        power = f"E{'-' if shift < 0 else ''}{abs(shift):0{shape.exponent}d}"
    context = Context(prec=4 * _MAX_DIGITS)
    rounded = number.quantize(Decimal(1).scaleb(-shape.maximum_fraction), shape.rounding, context)
    whole, _, fraction = format(rounded, "f").partition(".")
    fraction = fraction.rstrip("0").ljust(shape.minimum_fraction, "0")
    whole = whole.lstrip("0").rjust(shape.minimum_integer, "0")[-shape.maximum_integer or None :]
    if not whole and not fraction:
        whole = "0"
    if shape.grouping:
        whole = _grouped(whole, shape.grouping, group)
    return f"{shape.prefix}{whole}{point + fraction if fraction else ''}{power}{shape.suffix}"


def _grouped(digits: str, size: int, separator: str) -> str:
    first = len(digits) % size
    groups = ([digits[:first]] if first else []) + [digits[at : at + size] for at in range(first, len(digits), size)]
    return separator.join(groups)
