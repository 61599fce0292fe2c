"""Event schemas in two versions: who can still read what, and which field stands in the way.

JSON Schema as it is; AsyncAPI by its messages' payloads; Avro records, of which a field without a default is required.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from accord.contract.mismatches import shown
from accord.contract.model import AsyncMessage
from accord.contract.paths import join
from accord.contract.requirements import requirements_of
from accord.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from accord.contract.model import Contract
    from accord.contract.requirements import Requirement

Verdict = Literal["compatible", "backward", "forward", "breaking"]

_DEEPEST = 50
_AVRO_TYPES = {"int": "integer", "long": "integer", "float": "number", "double": "number", "bytes": "string",
               "string": "string", "boolean": "boolean", "null": "null"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a reader of one version from data of the other.

    Attributes:
        direction: ``backward``: new readers and old data; ``forward``: old readers and new data.
        event: the event's name, where the document holds several.
        path: the field.
        message: what each version says.
        readers: consumers whose contracts read that field.
    """

    direction: Literal["backward", "forward"]
    event: str
    path: str
    message: str
    readers: tuple[str, ...] = ()

    def __str__(self) -> str:
        name = f"{self.event} " if self.event else ""
        readers = f"; read by {', '.join(self.readers)}" if self.readers else ""
        return f"{self.direction}: {name}{self.path}: {self.message}{readers}"

    def to_json(self) -> dict[str, Any]:
        """The obstacle as JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Evolution:
    """What came of comparing two versions."""

    obstacles: tuple[Obstacle, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """``compatible`` both ways, one way only, or ``breaking``."""
        directions = {each.direction for each in self.obstacles}
        if not directions:
            return "compatible"
        if len(directions) > 1:
            return "breaking"
        return "backward" if directions == {"forward"} else "forward"


def compare_schemas(old: Any, new: Any, contracts: Sequence[Contract] = ()) -> Evolution:
    """Compare two versions of an event schema or of a document with several.

    Args:
        old: JSON Schema, AsyncAPI or Avro, as a JSON value.
        new: the same.
        contracts: contracts with messages, to say who reads a field.

    Raises:
        DocumentError: neither of the three.
    """
    before, after = _events(old), _events(new)
    readers = _readers(contracts)
    obstacles = []
    for event, schema in before.items():
        if event not in after:
            obstacles.append(Obstacle("forward", event, "$", "the event is gone", readers.get((event, "$"), ())))
            continue
        new_schema = after[event]
        pairs = (("backward", new_schema, schema), ("forward", schema, new_schema))
        for direction, reader, writer in pairs:
            for path, message in _obstacles(reader, writer, "$", 0):
                who = readers.get((event, path), ()) or readers.get(("", path), ())
                obstacles.append(Obstacle(direction, event, path, message, who))  # type: ignore[arg-type]  # one of two
    return Evolution(tuple(obstacles))


def _obstacles(reader: Any, writer: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """What a document of the writer's schema may hold that the reader's does not allow."""
    if not isinstance(reader, dict) or not isinstance(writer, dict) or depth > _DEEPEST:
        return
    reads, writes = _types(reader), _types(writer)
    unread = {kind for kind in writes if reads and kind not in reads and not (kind == "integer" and "number" in reads)}
    if (reads and not writes) or unread:
        yield path, f"written as {_named(writes)}, read as {_named(reads)}"
        return
    if reader.get("enum") is not None:
        extra = [value for value in writer.get("enum") or [] if value not in reader["enum"]]
        if extra or writer.get("enum") is None:
            seen = ", ".join(map(shown, extra)) or "any value"
            yield path, f"may be written as {seen}, read as {', '.join(map(shown, reader['enum']))} only"
    yield from _field_obstacles(reader, writer, path, depth)
    if "items" in reader and "items" in writer:
        yield from _obstacles(reader["items"], writer["items"], f"{path}[*]", depth + 1)


def _field_obstacles(
    reader: Mapping[str, Any], writer: Mapping[str, Any], path: str, depth: int
) -> Iterator[tuple[str, str]]:
    read, written = reader.get("properties") or {}, writer.get("properties") or {}
    promised = set(writer.get("required") or [])
    for name in reader.get("required") or []:
        if name not in written and name not in promised:
            yield join(path, name), "required by the reader, not written"
        elif name not in promised:
            yield join(path, name), "required by the reader, optional for the writer"
    if reader.get("additionalProperties") is False:
        for name in written:
            if name not in read:
                yield join(path, name), "written, and refused by the reader (additionalProperties: false)"
    for name, schema in read.items():
        if name in written:
            yield from _obstacles(schema, written[name], join(path, name), depth + 1)


def _types(schema: Mapping[str, Any]) -> set[str]:
    given = schema.get("type")
    if isinstance(given, list):
        return set(given)
    if given:
        return {given}
    return {"object"} if "properties" in schema else set()


def _named(types: set[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _events(document: Any) -> dict[str, Any]:
    """Event name to schema; one without a name where the document is a single schema."""
    if not isinstance(document, dict):
        raise DocumentError("expected an event schema (an object): JSON Schema, AsyncAPI or Avro")
    if "asyncapi" in document:
        return _asyncapi_events(document)
    if document.get("type") == "record" and isinstance(document.get("fields"), list):
        return {"": _from_avro(document, {})}
    return {"": _inlined(document, document)}


def _asyncapi_events(document: dict[str, Any]) -> dict[str, Any]:
    messages: dict[str, Any] = dict((document.get("components") or {}).get("messages") or {})
    for channel in (document.get("channels") or {}).values():
        if not isinstance(channel, dict):
            continue
        messages |= channel.get("messages") or {}  # AsyncAPI 3
        for action in ("publish", "subscribe"):  # AsyncAPI 2
            message = (channel.get(action) or {}).get("message")
            if isinstance(message, dict) and "name" in message:
                messages[message["name"]] = message
    found = {}
    for name, message in messages.items():
        whole = _inlined(message, document)
        if isinstance(whole, dict) and "payload" in whole:
            found[str(whole.get("name", name))] = whole["payload"]
    return found


def _inlined(node: Any, document: Any, above: tuple[str, ...] = ()) -> Any:
    """The schema with references inside the document put in place; one that leads back into itself is anything."""
    if isinstance(node, list):
        return [_inlined(item, document, above) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if not reference.startswith("#/"):
            raise DocumentError(f"the reference {reference!r} leads out of the document; bundle it into one file first")
        target = document
        for part in reference[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or key not in target:
                raise DocumentError(f"the reference {reference!r} leads to nothing")
            target = target[key]
        return {} if reference in above else _inlined(target, document, (*above, reference))
    kept = {key: value for key, value in node.items() if key not in ("definitions", "$defs", "components")}
    return {key: _inlined(value, document, above) for key, value in kept.items()}


def _from_avro(schema: Any, named: dict[str, Any]) -> dict[str, Any]:
    """An Avro schema as the JSON Schema of what it says about fields."""
    if isinstance(schema, list):
        types = [_from_avro(each, named) for each in schema]
        merged: dict[str, Any] = {}
        for each in types:
            merged |= each
        return {**merged, "type": [kind for each in types for kind in _types(each)]}
    if isinstance(schema, str):
        return named.get(schema) or {"type": _AVRO_TYPES.get(schema, "object")}
    kind = schema.get("type")
    if kind == "record":
        result: dict[str, Any] = {"type": "object"}
        named[schema.get("name", "")] = result
        fields = schema.get("fields") or []
        result["properties"] = {each["name"]: _from_avro(each["type"], named) for each in fields}
        result["required"] = [each["name"] for each in fields if "default" not in each]
        return result
    if kind == "enum":
        return {"type": "string", "enum": schema.get("symbols")}
    if kind == "array":
        return {"type": "array", "items": _from_avro(schema.get("items", "null"), named)}
    if kind == "map":
        return {"type": "object"}
    return _from_avro(kind, named) if kind is not None else {}


def _readers(contracts: Sequence[Contract]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Event and path to the consumers whose contracts read it; also under no event, for documents with one only."""
    found: dict[tuple[str, str], set[str]] = {}
    for contract in contracts:
        for message in contract.interactions:
            if isinstance(message, AsyncMessage):
                wanted = requirements_of(message.contents.body, message.contents.rules.category("body"))
                for event in ("", *_names_of(message, wanted)):
                    for path in wanted:
                        found.setdefault((event, path), set()).add(contract.consumer)
    return {key: tuple(sorted(consumers)) for key, consumers in found.items()}


def _names_of(message: AsyncMessage, wanted: Mapping[str, Requirement]) -> Iterator[str]:
    """The names an event may go by: in its content, or in the description of the message."""
    yield message.description
    if "$.eventType" in wanted and isinstance(wanted["$.eventType"].example, str):
        yield wanted["$.eventType"].example
