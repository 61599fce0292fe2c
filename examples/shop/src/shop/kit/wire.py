"""How money, moments and names look on the wire."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel


def utc_now() -> datetime:
    """The present moment to the millisecond: the precision that survives the wire and every store."""
    return to_milliseconds(datetime.now(UTC))


def to_milliseconds(moment: datetime) -> datetime:
    """The moment in UTC, cut to whole milliseconds."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wire_time(moment: datetime) -> str:
    """Format a moment as `2025-01-15T10:30:00.000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def wire_money(amount: Decimal) -> float:
    """The JSON number for an amount: 100.00 becomes `100.0`.

    A float holds every amount of NUMERIC(12,2) exactly as written: 12 digits, where it keeps 15.
    """
    return float(amount)


def _only_numbers(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("must be a JSON number")  # noqa: TRY004 - pydantic turns only a ValueError into a finding
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""A short text; NUL, which PostgreSQL keeps in no text, is none."""

Money = Annotated[
    Decimal,
    Field(max_digits=12, decimal_places=2),
    BeforeValidator(_only_numbers),
    PlainSerializer(wire_money, return_type=float),
    WithJsonSchema({"type": "number"}),
]
"""An exact amount; on the wire a JSON number with a fraction."""

Timestamp = Annotated[
    datetime,
    PlainSerializer(wire_time, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment; on the wire in UTC with milliseconds."""


class WireModel(BaseModel):
    """Base of every body: camelCase outside, snake_case inside, never changed after it is built."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, frozen=True)
