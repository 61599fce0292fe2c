"""Reading pact files: V1 to V4 into one model. One function for each shape a version brought."""

from __future__ import annotations

import base64
import binascii
import contextlib
import gc
import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from accord.contract.bodies import MISSING, Body, is_coded, is_json
from accord.contract.mismatches import ABSENT
from accord.contract.model import (
    AsyncMessage,
    Contract,
    HttpInteraction,
    Interaction,
    MessageContents,
    ProviderState,
    Request,
    Response,
    SyncMessage,
)
from accord.contract.rule_format import rules_from_json
from accord.contract.spec import SpecVersion
from accord.core.documents import read_json_file
from accord.core.errors import ContractFormatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

T = TypeVar("T")

_INTERACTION_KEYS = (
    "description", "providerState", "provider_state", "providerStates", "request", "response", "type", "key", "pending",
    "comments", "contents", "metadata", "metaData", "matchingRules", "generators",
)  # fmt: skip
_SPEC_KEYS = ("pactSpecification", "pact-specification", "pactSpecificationVersion")


def read_contract(path: str | Path) -> Contract:
    """See Contract.read."""
    with _no_collection():
        return contract_from_json(read_json_file(Path(path)), source=str(path))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector out: what is read has no cycles, and looking for them takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def contract_from_json(document: Any, *, source: str | None = None) -> Contract:
    """Read a pact from its JSON value.

    Raises:
        ContractFormatError: names the source, the interaction and the path.
    """
    try:
        return _contract(document, source)
    except ContractFormatError as error:
        if source is None or error.source is not None:
            raise
        raise error.within(source=source) from None


def _contract(document: Any, source: str | None) -> Contract:
    if not isinstance(document, dict):
        raise ContractFormatError(f"a pact is a JSON object; seen {_kind(document)}", path="$")
    metadata = _expect(document.get("metadata") or {}, dict, "$.metadata")
    version = _spec_version(document, metadata)
    interactions: list[Interaction] = []
    for section, read in (("interactions", _interaction), ("messages", _v3_message)):
        for index, item in enumerate(_section(document, section)):
            interactions.append(_named(read, item, version, f"$.{section}[{index}]"))
    return Contract(
        consumer=_participant(document, "consumer"),
        provider=_participant(document, "provider"),
        interactions=tuple(interactions),
        version=version,
        metadata={key: value for key, value in metadata.items() if key not in _SPEC_KEYS},
        source=source,
        extra=_extra(document),
    )


def _extra(document: dict[str, Any]) -> dict[str, Any]:
    """Unknown keys of the file; those of a participant stand under its role."""
    extra = _without(document, ("consumer", "provider", "interactions", "messages", "metadata"))
    for role in ("consumer", "provider"):
        entry = document[role]
        rest = _without(entry, ("name",)) if isinstance(entry, dict) else {}
        if rest:
            extra[role] = rest
    return extra


def _named(read: Any, item: Any, version: SpecVersion, where: str) -> Any:
    """Read one interaction, and put its description into whatever goes wrong."""
    _expect(item, dict, where)
    try:
        return read(item, version, where)
    except ContractFormatError as error:
        description = item.get("description")
        if error.interaction is not None or not isinstance(description, str):
            raise
        raise error.within(interaction=description) from None


def _spec_version(document: dict[str, Any], metadata: dict[str, Any]) -> SpecVersion:
    for key in _SPEC_KEYS:
        found = metadata.get(key)
        text = found.get("version") if isinstance(found, dict) else found
        if text is not None:
            try:
                return SpecVersion.parse(str(text))
            except UsageError as error:
                raise ContractFormatError(str(error), path=f"$.metadata.{key}") from None
    return _guessed_version(document)


def _guessed_version(document: dict[str, Any]) -> SpecVersion:
    """Files without a version are old, or written by hand: judge them by what they use."""
    interactions = [item for item in _section(document, "interactions") if isinstance(item, dict)]
    if any("type" in item for item in interactions):
        return SpecVersion.V4
    if "messages" in document or any("providerStates" in item for item in interactions):
        return SpecVersion.V3
    return SpecVersion.V2


def _section(document: dict[str, Any], name: str) -> list[Any]:
    """Absent or null is none; anything else that is no array is refused, ``{}`` too: it would verify nothing."""
    entry = document.get(name)
    return [] if entry is None else _expect(entry, list, f"$.{name}")


def _participant(document: dict[str, Any], role: str) -> str:
    where = f"$.{role}"
    entry = document.get(role, ABSENT)
    name = entry.get("name") if isinstance(entry, dict) else entry
    if not isinstance(name, str) or not name:
        raise ContractFormatError(f"expected {{'name': …}} with the {role}'s name, seen {_kind(entry)}", path=where)
    return name


def _interaction(item: dict[str, Any], version: SpecVersion, where: str) -> Interaction:
    common = _common(item, where)
    kind = item.get("type", "Synchronous/HTTP")
    if kind == "Synchronous/HTTP":
        return HttpInteraction(
            **common,
            request=request_from_json(item.get("request", {}), version, f"{where}.request"),
            response=response_from_json(item.get("response", {}), version, f"{where}.response"),
        )
    if kind == "Asynchronous/Messages":
        return AsyncMessage(**common, contents=message_from_json(item, version, where))
    if kind == "Synchronous/Messages":
        answers = item.get("response", [])
        return SyncMessage(
            **common,
            request=_message_part(item.get("request", {}), version, f"{where}.request"),
            responses=tuple(
                _message_part(answer, version, f"{where}.response[{index}]")
                for index, answer in enumerate(_expect(answers, list, f"{where}.response"))
            ),
        )
    raise ContractFormatError(
        f"unknown interaction type {kind!r}; known: Synchronous/HTTP, Asynchronous/Messages, Synchronous/Messages",
        path=f"{where}.type",
    )


def _v3_message(item: dict[str, Any], version: SpecVersion, where: str) -> AsyncMessage:
    return AsyncMessage(**_common(item, where), contents=message_from_json(item, version, where))


def _common(item: dict[str, Any], where: str) -> dict[str, Any]:
    key = item.get("key")
    return {
        "description": _expect(item.get("description", ""), str, f"{where}.description"),
        "states": _states(item, where),
        "key": None if key is None else str(key),
        "pending": bool(item.get("pending", False)),
        "comments": _expect(item.get("comments") or {}, dict, f"{where}.comments"),
        "extra": _without(item, _INTERACTION_KEYS),
    }


def _states(item: dict[str, Any], where: str) -> tuple[ProviderState, ...]:
    if "providerStates" in item:
        states = _expect(item["providerStates"] or [], list, f"{where}.providerStates")
        return tuple(_state(state, f"{where}.providerStates[{index}]") for index, state in enumerate(states))
    name = item.get("providerState", item.get("provider_state"))
    return (ProviderState(_expect(name, str, f"{where}.providerState")),) if name else ()


def _state(state: Any, where: str) -> ProviderState:
    if isinstance(state, str):
        return ProviderState(state)
    entry = _expect(state, dict, where)
    return ProviderState(
        _expect(entry.get("name", ABSENT), str, f"{where}.name"),
        _expect(entry.get("params") or {}, dict, f"{where}.params"),
        _without(entry, ("name", "params")),
    )


def request_from_json(document: Any, version: SpecVersion, where: str = "$") -> Request:
    """Read a request as it stands in a pact file of that version.

    Raises:
        ContractFormatError: names the path.
    """
    item = _expect(document, dict, where)
    headers = _headers(item.get("headers"), f"{where}.headers")
    return Request(
        method=_expect(item.get("method", "GET"), str, f"{where}.method"),
        path=_expect(item.get("path", "/"), str, f"{where}.path"),
        query=_query(item.get("query"), f"{where}.query"),
        query_text=item["query"] if isinstance(item.get("query"), str) else None,
        headers=headers,
        body=_body(item, "body", headers, version, where),
        rules=rules_from_json(item.get("matchingRules"), f"{where}.matchingRules", v2=version.is_flat),
        generators=_generators(item, version, where),
        extra=_without(item, ("method", "path", "query", "headers", "body", *_rest_keys(version))),
    )


def response_from_json(document: Any, version: SpecVersion, where: str = "$") -> Response:
    """Read a response as it stands in a pact file of that version.

    Raises:
        ContractFormatError: names the path.
    """
    item = _expect(document, dict, where)
    headers = _headers(item.get("headers"), f"{where}.headers")
    return Response(
        status=_status(item.get("status"), f"{where}.status"),
        headers=headers,
        body=_body(item, "body", headers, version, where),
        rules=rules_from_json(item.get("matchingRules"), f"{where}.matchingRules", v2=version.is_flat),
        generators=_generators(item, version, where),
        extra=_without(item, ("status", "headers", "body", *_rest_keys(version))),
    )


def message_from_json(document: Any, version: SpecVersion, where: str = "$") -> MessageContents:
    """Read the contents and metadata of a message as they stand in a pact file of that version.

    Raises:
        ContractFormatError: names the path.
    """
    item = _expect(document, dict, where)
    metadata = _expect(item.get("metadata", item.get("metaData")) or {}, dict, f"{where}.metadata")
    declared = next((str(metadata[key]) for key in ("contentType", "content-type") if key in metadata), None)
    headers = {"content-type": (declared,)} if declared else {}
    return MessageContents(
        body=_body(item, "contents", headers, version, where),
        metadata=metadata,
        rules=rules_from_json(item.get("matchingRules"), f"{where}.matchingRules", v2=version.is_flat),
        generators=_expect(item.get("generators") or {}, dict, f"{where}.generators"),
    )


def _rest_keys(version: SpecVersion) -> tuple[str, ...]:
    return ("matchingRules",) if version.is_flat else ("matchingRules", "generators")


def _generators(item: dict[str, Any], version: SpecVersion, where: str) -> dict[str, Any]:
    """The generators; before V3 the word had no meaning, and is kept like any other."""
    if version.is_flat:
        return {}
    return _expect(item.get("generators") or {}, dict, f"{where}.generators")


def _message_part(document: Any, version: SpecVersion, where: str) -> MessageContents:
    """A part of a synchronous message: unlike an event's, it has unknown keys of its own."""
    contents = message_from_json(document, version, where)
    known = ("contents", "metadata", "metaData", "matchingRules", "generators")
    return replace(contents, extra=_without(document, known))


def _status(value: Any, where: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ContractFormatError(f"expected a status code such as 200, seen {_kind(value)}", path=where)
    return value


def _query(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        from urllib.parse import parse_qsl  # noqa: PLC0415 - only old files carry the query as text

        found: dict[str, tuple[str, ...]] = {}
        for name, item in parse_qsl(value.removeprefix("?"), keep_blank_values=True):
            found[name] = (*found.get(name, ()), item)
        return found
    return {name: _texts(item, f"{where}.{name}") for name, item in _expect(value, dict, where).items()}


def _headers(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    return {name: _texts(item, f"{where}.{name}") for name, item in _expect(value, dict, where).items()}


def _texts(value: Any, where: str) -> tuple[str, ...]:
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    return tuple(_text(item, where) for item in items)


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    raise ContractFormatError(f"expected a text, seen {_kind(value)}", path=where)


def _body(
    item: dict[str, Any], key: str, headers: Mapping[str, tuple[str, ...]], version: SpecVersion, where: str
) -> Body:
    if key not in item:
        return MISSING
    declared = next((values[0] for name, values in headers.items() if name.lower() == "content-type" and values), None)
    value = item[key]
    if version is SpecVersion.V4:
        return _v4_body(value, declared, f"{where}.{key}")
    if value is None:
        return Body("null", content_type=declared)
    if isinstance(value, str):
        return _text_body(value, declared)
    return Body.of_json(value, declared or "application/json")


def _text_body(text: str, declared: str | None) -> Body:
    """A text in a file before V4: the raw body, base64 of it, or a JSON string where it should be JSON and is none."""
    body = Body.of_text(text, declared)
    if is_coded(_media_type(declared)):
        with contextlib.suppress(binascii.Error, ValueError):
            return Body.of_bytes(base64.b64decode(text, validate=True), declared)
    if not body.is_present or not is_json(body.media_type()):
        return body
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return Body.of_json(text, declared)
    return body


def _v4_body(value: Any, declared: str | None, where: str) -> Body:
    if value is None:
        return Body("null", content_type=declared)
    entry = _expect(value, dict, where)
    extra = _without(entry, ("content", "contentType", "encoded"))
    body = _v4_content(entry, declared, where)
    return body.with_extra(extra) if extra else body


def _v4_content(entry: dict[str, Any], declared: str | None, where: str) -> Body:
    if "content" not in entry:
        return MISSING
    content = entry["content"]
    content_type = entry.get("contentType") or declared
    encoded = entry.get("encoded", False)
    if content is None:
        return Body("null", content_type=content_type)
    if encoded and not isinstance(content, str):
        raise ContractFormatError(f"expected encoded content to be a text, seen {_kind(content)}", path=where)
    if encoded is True or (isinstance(encoded, str) and encoded.lower() == "base64"):
        try:
            return Body.of_bytes(base64.b64decode(content, validate=True), content_type)
        except binascii.Error as error:
            raise ContractFormatError(f"content is not base64: {error}", path=f"{where}.content") from None
    if isinstance(content, str) and (encoded or not is_json(_media_type(content_type)) or not content):
        return Body.of_text(content, content_type)
    return Body.of_json(content, content_type or "application/json")


def _media_type(content_type: str | None) -> str | None:
    return content_type.partition(";")[0].strip().lower() if content_type else None


def _expect(value: Any, kind: type[T], where: str) -> T:
    if not isinstance(value, kind):
        raise ContractFormatError(f"expected {_NAMES[kind]}, seen {_kind(value)}", path=where)
    return value


def _without(item: dict[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in known}


_NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "a text"}


def _kind(value: Any) -> str:
    if value is ABSENT:
        return "nothing: the key is missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return _NAMES.get(type(value), type(value).__name__)
