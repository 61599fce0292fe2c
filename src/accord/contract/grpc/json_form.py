"""Protobuf messages as JSON values and back: names as in the .proto, integers as integers, enums by name, bytes base64.

A field without presence is never absent (proto3: its default and its absence are the same), so a message that is
compared has all of them. What a contract *expects* has only what was said: values that are no defaults, and defaults
that were named or have a rule.
"""

from __future__ import annotations

import base64
import difflib
import math
import struct
from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

from accord.contract.paths import join
from accord.contract.rules import ActiveRules, RuleCategory
from accord.core.errors import UsageError

if TYPE_CHECKING:
    from google.protobuf.message import Message

    # Two implementations of protobuf, each with classes of its own, which their stubs do not bring together.
    Descriptor = Any
    Field = Any

M = TypeVar("M", bound="Message")

# Their JSON form is what people write: a time is a text, a wrapper its value, a Struct an object.
_WELL_KNOWN = frozenset(
    f"google.protobuf.{name}"
    for name in (
        "Timestamp", "Duration", "FieldMask", "Struct", "Value", "ListValue", "DoubleValue", "FloatValue",
        "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue", "BytesValue",
    )
)  # fmt: skip
_INTEGER_WRAPPERS = ("google.protobuf.Int64Value", "google.protobuf.UInt64Value")
_EVERYTHING: Any = object()


def to_json(message: Message) -> Any:
    """A message with all its fields; only those with presence can be absent."""
    return _message(message, _EVERYTHING, ActiveRules([], 0))


def said_in(message: Message, said: Any, rules: RuleCategory) -> Any:
    """What a contract says of a message.

    Args:
        message: the example.
        said: the example as it was written, where that is known: it names the defaults that are meant.
        rules: of the category ``body``; what they are about is said too.
    """
    return _message(message, said, ActiveRules.at_root(rules))


def from_json(value: Any, kind: type[M]) -> M:
    """The message of a JSON value.

    Raises:
        UsageError: a field it does not have, or a value that does not fit; names the path.
    """
    descriptor = kind.DESCRIPTOR
    _check_names(descriptor, value, "$")
    message = kind()
    try:
        json_format.ParseDict(value, message)
    except json_format.ParseError as error:
        raise UsageError(f"not a {descriptor.full_name}: {error}") from error
    return message


def _check_names(descriptor: Descriptor, value: Any, path: str) -> None:
    """Refuse names that are not the .proto's: protobuf takes camelCase too, of which no rule would know."""
    if descriptor.full_name in _WELL_KNOWN:
        return
    if not isinstance(value, dict):
        raise UsageError(f"at {path}: expected an object of the fields of {descriptor.full_name}, seen {value!r}")
    for name, child in value.items():
        field = descriptor.fields_by_name.get(name)
        if field is None:
            # unitPrice is near to unit_price once both are without ornaments
            near = difflib.get_close_matches(name.lower(), descriptor.fields_by_name, 1, 0.5)
            hint = f"; is it {near[0]!r}?" if near else f"; it has {', '.join(descriptor.fields_by_name)}"
            raise UsageError(f"at {path}: {descriptor.full_name} has no field {name!r}{hint}")
        for below, item in _messages_in(field, child, join(path, name)):
            _check_names(_value_field(field).message_type, item, below)


def _messages_in(field: Field, value: Any, path: str) -> list[tuple[str, Any]]:
    if _value_field(field).message_type is None or value is None:
        return []
    if _is_map(field):
        return [(join(path, str(key)), item) for key, item in value.items()] if isinstance(value, dict) else []
    if _is_repeated(field):
        return [(join(path, index), item) for index, item in enumerate(value)] if isinstance(value, list) else []
    return [(path, value)]


def _is_map(field: Field) -> bool:
    kind = field.message_type
    return bool(kind is not None and kind.GetOptions().map_entry)


def _is_repeated(field: Field) -> bool:
    # ``label`` warns where ``is_repeated`` is there, which protobuf 5 does not have.
    found = getattr(field, "is_repeated", None)
    return bool(field.label == FieldDescriptor.LABEL_REPEATED) if found is None else bool(found)


def _value_field(field: Field) -> Field:
    """The field that says what a value is: of a map, that of its entries."""
    return field.message_type.fields_by_name["value"] if _is_map(field) else field


def _message(message: Message, said: Any, active: ActiveRules) -> Any:
    name = message.DESCRIPTOR.full_name
    if name in _WELL_KNOWN:
        value: Any = json_format.MessageToDict(message)  # not always a dict, whatever its stub says
        return value if name not in _INTEGER_WRAPPERS else int(value)
    found = {}
    for field in message.DESCRIPTOR.fields:
        below = active.step(field.name)
        if _is_said(message, field, said, below):
            known = said if said is _EVERYTHING else _child(said, field.name)
            found[field.name] = _field(field, getattr(message, field.name), known, below)
    return found


def _is_said(message: Message, field: Field, said: Any, below: ActiveRules) -> bool:
    if field.has_presence:
        return message.HasField(field.name)
    if said is _EVERYTHING or (isinstance(said, dict) and field.name in said):
        return True
    if getattr(message, field.name) if _is_repeated(field) else not _is_default(field, getattr(message, field.name)):
        return True
    best = below.best()
    return best is not None and not best[1]


def _is_default(field: Field, value: Any) -> bool:
    # -0.0 equals the default and is none
    return bool(value == field.default_value) and not (isinstance(value, float) and math.copysign(1, value) < 0)


def _child(said: Any, key: str | int) -> Any:
    if isinstance(said, dict):
        return said.get(str(key))
    if isinstance(said, list) and isinstance(key, int) and said:
        return said[min(key, len(said) - 1)]
    return None


def _field(field: Field, value: Any, said: Any, active: ActiveRules) -> Any:
    single = _value_field(field)
    if _is_map(field):
        items = {_key(key): value[key] for key in value}
        return {
            key: _single(single, item, said if said is _EVERYTHING else _child(said, key), active.step(key))
            for key, item in sorted(items.items())
        }
    if _is_repeated(field):
        return [
            _single(field, item, said if said is _EVERYTHING else _child(said, index), active.step(index))
            for index, item in enumerate(value)
        ]
    return _single(field, value, said, active)


def _key(key: Any) -> str:
    return ("true" if key else "false") if isinstance(key, bool) else str(key)


def _single(field: Field, value: Any, said: Any, active: ActiveRules) -> Any:
    if field.message_type is not None:
        return _message(value, said, active)
    if field.enum_type is not None:
        # A number that this side has no name for is kept, as proto3's open enums ask.
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, float):
        return _decimal(value, single=field.type == FieldDescriptor.TYPE_FLOAT)
    return value


def _decimal(value: float, *, single: bool) -> float | str:
    """A number as it was written: 0.1 in a ``float`` comes back as 0.10000000149; what JSON cannot hold is a text."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    for digits in range(6, 9) if single else ():
        short = float(f"{value:.{digits}g}")
        if struct.pack("f", short) == struct.pack("f", value):
            return short
    return value
