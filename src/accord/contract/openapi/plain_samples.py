"""Values for schemas that hold no others: what the document gives itself, numbers, texts."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from accord.contract.generators.patterns import text_matching

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Any = object()

_FORMATS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "duration": "P1D",
    "uuid": "7f1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "/",
    "byte": "dGV4dA==",
}


def given_value(schema: Mapping[str, Any], *, examples: bool) -> Any:
    """The value that the document gives itself: an example, a default, the only one, the first one; else NOTHING."""
    if examples:
        if "example" in schema:
            return schema["example"]
        if isinstance(schema.get("examples"), list) and schema["examples"]:
            return schema["examples"][0]
        if schema.get("default") is not None:
            return schema["default"]
    if "const" in schema:
        return schema["const"]
    return schema["enum"][0] if schema.get("enum") else NOTHING


def kind_of_schema(schema: Mapping[str, Any]) -> str:
    """The JSON type to make: the first that is not null."""
    given = schema.get("type")
    if isinstance(given, list):
        return next((str(each) for each in given if each != "null"), "null")
    if given is None and ("properties" in schema or "additionalProperties" in schema):
        return "object"
    if given is None and ("items" in schema or "prefixItems" in schema):
        return "array"
    return str(given or "string")


def number_for(schema: Mapping[str, Any], *, whole: bool) -> float:
    """A number within the bounds: the smallest that they allow, else one step."""
    step: float = schema.get("multipleOf") or (1 if whole else 0.5)
    low, above = _bounds(schema, "minimum", "exclusiveMinimum")
    high, below = _bounds(schema, "maximum", "exclusiveMaximum")
    least = max((each for each in (low, above) if each is not None), default=None)
    most = min((each for each in (high, below) if each is not None), default=None)
    if least is not None:
        value = -(-least // step) * step
        value = value + step if value == above else value
        if not whole and most is not None and value >= most and "multipleOf" not in schema:
            value = (least + most) / 2
    elif most is not None:
        value = min(step, most // step * step)
        value = value - step if value == below else value
    else:
        value = step
    return int(value) if whole else value


def _bounds(schema: Mapping[str, Any], inclusive: str, exclusive: str) -> tuple[float | None, float | None]:
    bound, strict = schema.get(inclusive), schema.get(exclusive)
    if isinstance(strict, bool):  # 3.0 says true or false here, about the bound beside it
        return (None, bound) if strict else (bound, None)
    return bound, strict


def text_for(schema: Mapping[str, Any]) -> str:
    """A text within the bounds, by pattern or format.

    Raises:
        PatternError: no text can be made for the pattern.
    """
    least, most = schema.get("minLength") or 0, schema.get("maxLength")
    if isinstance(schema.get("pattern"), str):
        return text_matching(schema["pattern"], Random(0))  # noqa: S311 - no secret, and the same every time
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    text = "text".ljust(least, "x")
    return text if most is None else text[:most]


def all_different(values: list[Any]) -> list[Any]:
    """Items made from one schema are alike: numbers and texts are counted up."""
    return [
        value + index if isinstance(value, (int, float)) and not isinstance(value, bool)
        else f"{value}{index}" if isinstance(value, str) and index else value
        for index, value in enumerate(values)
    ]  # fmt: skip
