"""One generator and the value it gives (specification V3 and V4, "Generators")."""

from __future__ import annotations

import json
import re
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from accord.contract.date_formats import DateFormatError
from accord.contract.generators.dates import DEFAULT_FORMATS, render
from accord.contract.generators.expressions import ExpressionError, moment_of
from accord.contract.generators.patterns import text_matching
from accord.contract.patterns import PatternError, compile_pattern
from accord.core.errors import ContractFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from random import Random

Mode = Literal["consumer", "provider"]
"""On whose side a value is made: for the mock and the consumer's handler, or for what a provider is sent."""

UNCHANGED: Any = object()
"""What a generator gives that does not count on this side, or has no value to give: the example stays."""

MAX_SIZE = 100_000
"""The longest text a generator makes."""

_MODES: dict[str, Mode] = {"ProviderState": "provider", "MockServerURL": "consumer"}
_EXPRESSION = re.compile(r"\$\{\s*([^{}]*?)\s*\}")


@dataclass(frozen=True, slots=True)
class GeneratorContext:
    """What generators draw on.

    Attributes:
        now: the moment that dates and times are relative to, with its zone.
        random: a source of random numbers; seeded, it gives the same values again.
        state_values: what the provider's state handlers returned.
        mock_url: address of the mock, for MockServerURL.
    """

    now: datetime
    random: Random
    state_values: Mapping[str, Any] = field(default_factory=dict)
    mock_url: str | None = None


def generate(generator: Any, example: Any, mode: Mode, context: GeneratorContext) -> Any:
    """The value a generator gives in place of an example, or UNCHANGED.

    Raises:
        ContractFormatError: an unknown type, or an attribute that makes no sense.
    """
    kind = generator.get("type") if isinstance(generator, dict) else None
    make = _MAKERS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise ContractFormatError(
            f"unknown generator type {kind!r}; known: {', '.join(_MAKERS)}. A plug-in may have brought it: "
            "remove it from the contract, or let the tool apply it that wrote it"
        )
    if _MODES.get(str(kind), mode) != mode:
        return UNCHANGED
    try:
        return make(generator, example, context)
    except (ExpressionError, DateFormatError, PatternError) as error:
        raise ContractFormatError(f"generator {kind!r}: {error}") from None


def state_names(generator: Any) -> list[str]:
    """The state values a generator asks for; none unless it is a ProviderState."""
    if not isinstance(generator, dict) or generator.get("type") != "ProviderState":
        return []
    expression = str(generator.get("expression", ""))
    return _EXPRESSION.findall(expression) or [expression]


def _number(generator: Mapping[str, Any], name: str, default: int, *, low: int, high: int) -> int:
    value = generator.get(name, default)
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)  # old clients wrote numbers as text
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        kind = generator["type"]
        raise ContractFormatError(
            f"generator {kind!r}: expected {name!r} to be a whole number from {low} to {high}, seen {value!r}"
        )
    return value


def _text(generator: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = generator.get(name)
    value = default if value is None else value
    if not isinstance(value, str):
        raise ContractFormatError(f"generator {generator['type']!r}: expected a text {name!r}, seen {value!r}")
    return value


def _random_int(generator: Mapping[str, Any], example: Any, context: GeneratorContext) -> Any:
    largest = 2**63 - 1
    low = _number(generator, "min", 0, low=-largest, high=largest)
    high = _number(generator, "max", max(10, low), low=low, high=largest)
    value = context.random.randint(low, high)
    return str(value) if isinstance(example, str) else value


def _random_decimal(generator: Mapping[str, Any], example: Any, context: GeneratorContext) -> Any:
    digits = _number(generator, "digits", 10, low=1, high=MAX_SIZE)
    drawn = context.random.choices(string.digits, k=digits)
    # Neither a leading nor a trailing nought: the number keeps the digits it was asked for.
    drawn[0], drawn[-1] = context.random.choice("123456789"), context.random.choice("123456789")
    point = context.random.randint(1, max(1, digits - 1))
    text = f"{''.join(drawn[:point])}.{''.join(drawn[point:]) or '0'}"
    return float(text) if isinstance(example, (int, float)) and not isinstance(example, bool) else text


def _random_hexadecimal(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> str:
    return "".join(context.random.choices("0123456789ABCDEF", k=_number(generator, "digits", 10, low=0, high=MAX_SIZE)))


def _random_string(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> str:
    size = _number(generator, "size", 10, low=0, high=MAX_SIZE)
    return "".join(context.random.choices(string.ascii_letters + string.digits, k=size))


def _regex(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> str:
    return text_matching(_text(generator, "regex"), context.random)


def _uuid(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> str:
    made = UUID(int=context.random.getrandbits(128), version=4)
    name = _text(generator, "format", "lower-case-hyphenated")
    formats = {
        "simple": made.hex,
        "lower-case-hyphenated": str(made),
        "upper-case-hyphenated": str(made).upper(),
        "URN": made.urn,
    }
    if name not in formats:
        raise ContractFormatError(f"generator 'Uuid': unknown format {name!r}; known: {', '.join(formats)}")
    return formats[name]


def _date(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> str:
    kind = generator["type"]
    moment = moment_of(_text(generator, "expression", ""), context.now, kind)
    return render(moment, _text(generator, "format", DEFAULT_FORMATS[kind]))


def _random_boolean(_: Mapping[str, Any], __: Any, context: GeneratorContext) -> bool:
    return context.random.random() < 0.5  # noqa: PLR2004 - heads or tails


def _provider_state(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> Any:
    expression = _text(generator, "expression")
    names = state_names(generator)
    if any(name not in context.state_values for name in names):
        return UNCHANGED
    whole = _EXPRESSION.fullmatch(expression)
    if whole or not _EXPRESSION.search(expression):
        value = context.state_values[names[0]]
    else:
        value = _EXPRESSION.sub(lambda found: as_text(context.state_values[found[1]]), expression)
    return _converted(value, str(generator.get("dataType") or "RAW").upper(), expression)


def _converted(value: Any, data_type: str, expression: str) -> Any:
    try:
        if data_type == "STRING":
            return as_text(value)
        if data_type == "INTEGER":
            return int(value)
        if data_type in ("DECIMAL", "FLOAT"):
            return float(value)
        if data_type == "BOOLEAN":
            return value if isinstance(value, bool) else {"true": True, "false": False}[as_text(value).lower()]
    except (TypeError, ValueError, KeyError):
        raise ContractFormatError(
            f"generator 'ProviderState': expected {expression!r} to give a value of the type {data_type}, "
            f"but the state handler returned {value!r}"
        ) from None
    return value


def _mock_server_url(generator: Mapping[str, Any], _: Any, context: GeneratorContext) -> Any:
    if context.mock_url is None:
        return UNCHANGED
    found = compile_pattern(_text(generator, "regex")).search(_text(generator, "example"))
    if found is None or found.lastindex is None:
        raise ContractFormatError(
            "generator 'MockServerURL': expected 'regex' to match 'example' and to hold the path in its first group"
        )
    return context.mock_url.rstrip("/") + ("" if found[1].startswith("/") else "/") + found[1]


def as_text(value: Any) -> str:
    """A value as it stands in a path, a header or a query."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_MAKERS: dict[str, Callable[[Mapping[str, Any], Any, GeneratorContext], Any]] = {
    "RandomInt": _random_int,
    "RandomDecimal": _random_decimal,
    "RandomHexadecimal": _random_hexadecimal,
    "RandomString": _random_string,
    "Regex": _regex,
    "Uuid": _uuid,
    "Date": _date,
    "Time": _date,
    "DateTime": _date,
    "RandomBoolean": _random_boolean,
    "ProviderState": _provider_state,
    "MockServerURL": _mock_server_url,
}
