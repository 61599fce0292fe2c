"""Writing pact files in the form of any version, all or nothing."""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import Body, is_coded, is_json
from accord.contract.model import AsyncMessage, Contract, HttpInteraction, Interaction, SyncMessage
from accord.contract.rule_format import rules_to_json
from accord.contract.spec import SpecVersion
from accord.contract.version_limits import refuse_for_file, warn_for_file
from accord.core.documents import json_bytes
from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.model import MessageContents, Request, Response


def write_contract(contract: Contract, path: str | Path) -> None:
    """See Contract.write."""
    refuse_what_would_change(contract)
    replace_file(Path(path), json_bytes(contract_to_json(contract), indent=2) + b"\n")


def refuse_what_would_change(contract: Contract) -> None:
    """Look before a contract is written as another version than it was read from.

    Raises:
        UsageError: it would mean something else there; what would merely be passed over is a warning.
    """
    for item in contract.interactions:
        refuse_for_file(item, contract.version)
    warn_for_file(contract.interactions, contract.version)


def replace_file(path: Path, data: bytes) -> None:
    """Put a whole file in place at once: a reader sees the old or the new one, never half of it.

    Raises:
        DocumentError: the folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            temporary.write_bytes(data)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> DocumentError:
    """Why a file cannot be written, in terms of the folder that was asked for."""
    for folder in path.parents:
        if folder.exists() and not folder.is_dir():
            return DocumentError(f"cannot be written: {folder} is a file; a folder was expected", source=str(path))
    return DocumentError(f"cannot be written: {error.strerror}", source=str(path))


def contract_to_json(contract: Contract) -> dict[str, Any]:
    """The JSON value of a pact file, with all that was in the file it was read from.

    Raises:
        UsageError: its version has no form for it; see refuse_what_would_change for what has one, but no meaning there.
    """
    version = contract.version
    document: dict[str, Any] = {
        "consumer": {"name": contract.consumer, **contract.extra.get("consumer", {})},
        "provider": {"name": contract.provider, **contract.extra.get("provider", {})},
    }
    if version is SpecVersion.V4:
        document["interactions"] = [interaction_to_json(item, version) for item in contract.interactions]
    else:
        document |= _sections_before_v4(contract)
    document["metadata"] = {"pactSpecification": {"version": version.value}, **contract.metadata}
    return document | {key: value for key, value in contract.extra.items() if key not in document}


def _sections_before_v4(contract: Contract) -> dict[str, Any]:
    sections: dict[str, list[Any]] = {}
    for item in contract.interactions:
        section = "interactions" if isinstance(item, HttpInteraction) else "messages"
        sections.setdefault(section, []).append(interaction_to_json(item, contract.version))
    if len(sections) > 1:
        raise UsageError(
            f"the pact between {contract.consumer} and {contract.provider} holds HTTP interactions and messages; "
            f"only version 4.0 can, this is to be {contract.version.value}. Write it as version='4.0'"
        )
    return sections or {"interactions": []}


def interaction_to_json(item: Interaction, version: SpecVersion) -> dict[str, Any]:
    """One interaction in the form of a version.

    Raises:
        UsageError: that version cannot express it.
    """
    if version is not SpecVersion.V4:
        return _before_v4(item, version)
    document: dict[str, Any] = {"type": _TYPES[type(item)], "description": item.description}
    if item.key is not None:
        document["key"] = item.key
    document["pending"] = item.pending
    if item.states:
        document["providerStates"] = _states(item)
    if item.comments:
        document["comments"] = dict(item.comments)
    if isinstance(item, HttpInteraction):
        document["request"] = _request(item.request, version)
        document["response"] = _response(item.response, version)
    elif isinstance(item, AsyncMessage):
        document |= _message(item.contents)
    elif isinstance(item, SyncMessage):
        document["request"] = _message(item.request)
        document["response"] = [_message(answer) for answer in item.responses]
    return document | dict(item.extra)


def _before_v4(item: Interaction, version: SpecVersion) -> dict[str, Any]:
    # What V4 brought beside the parts stays in older files as keys that other tools do not know.
    later = {"key": item.key, "pending": item.pending, "comments": dict(item.comments)}
    document: dict[str, Any] = {"description": item.description} | {name: each for name, each in later.items() if each}
    if version is SpecVersion.V3:
        if item.states:
            document["providerStates"] = _states(item)
    elif item.states:
        if len(item.states) > 1 or item.states[0].parameters:
            raise UsageError(
                f"interaction {item.description!r}: several provider states or states with parameters need "
                f"version 3.0 or 4.0, this pact is to be {version.value}"
            )
        document["providerState"] = item.states[0].name
    if isinstance(item, HttpInteraction):
        document["request"] = _request(item.request, version)
        document["response"] = _response(item.response, version)
    elif isinstance(item, AsyncMessage) and version is SpecVersion.V3:
        message = _v3_message(item.contents)
        document |= message
    else:
        needed = "3.0 or 4.0" if isinstance(item, AsyncMessage) else "4.0"
        raise UsageError(
            f"interaction {item.description!r}: this kind of message needs version {needed}, "
            f"this pact is to be {version.value}"
        )
    return document | dict(item.extra)


_TYPES: dict[type, str] = {
    HttpInteraction: "Synchronous/HTTP",
    AsyncMessage: "Asynchronous/Messages",
    SyncMessage: "Synchronous/Messages",
}


def _states(item: Interaction) -> list[dict[str, Any]]:
    return [
        {"name": state.name, **({"params": dict(state.parameters)} if state.parameters else {}), **state.extra}
        for state in item.states
    ]


def _request(request: Request, version: SpecVersion) -> dict[str, Any]:
    document: dict[str, Any] = {"method": request.method, "path": request.path}
    if request.query:
        document["query"] = _query(request.query, version)
    return document | _rest(request, version)


def _response(response: Response, version: SpecVersion) -> dict[str, Any]:
    document: dict[str, Any] = {} if response.status is None else {"status": response.status}
    return document | _rest(response, version)


def _rest(part: Request | Response, version: SpecVersion) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if part.headers:
        document["headers"] = {name: _header(values, version) for name, values in part.headers.items()}
    document |= _body(part.body, "body", version)
    if part.rules:
        document["matchingRules"] = rules_to_json(part.rules, v2=version.is_flat)
    if part.generators:
        if version.is_flat:
            raise UsageError(
                f"generators ({', '.join(part.generators)}) need version 3.0 or 4.0, this pact is to be "
                f"{version.value}; write it as one of these, or remove them"
            )
        document["generators"] = dict(part.generators)
    return document | dict(part.extra)


def _query(query: Mapping[str, tuple[str, ...]], version: SpecVersion) -> Any:
    if not version.is_flat:
        return {name: list(values) for name, values in query.items()}
    from urllib.parse import urlencode  # noqa: PLC0415 - only old forms carry the query as text

    return urlencode([(name, value) for name, values in query.items() for value in values])


def _header(values: tuple[str, ...], version: SpecVersion) -> Any:
    return list(values) if version is SpecVersion.V4 else ", ".join(values)


def _message(contents: MessageContents) -> dict[str, Any]:
    document = _body(contents.body, "contents", SpecVersion.V4)
    return document | _message_rest(contents, "metadata")


def _v3_message(contents: MessageContents) -> dict[str, Any]:
    return _body(contents.body, "contents", SpecVersion.V3) | _message_rest(contents, "metaData")


def _message_rest(contents: MessageContents, metadata_key: str) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if contents.metadata:
        document[metadata_key] = dict(contents.metadata)
    if contents.rules:
        document["matchingRules"] = rules_to_json(contents.rules, v2=False)
    if contents.generators:
        document["generators"] = dict(contents.generators)
    return document | dict(contents.extra)


def _body(body: Body, key: str, version: SpecVersion) -> dict[str, Any]:
    if body.state == "missing":
        return {}
    if version is SpecVersion.V4:
        content = _v4_body(body)
        return {key: {**content, **body.extra} if content is not None else None}
    if body.state == "null":
        return {key: None}
    if body.state == "empty":
        return {key: ""}
    if is_json(body.media_type()):
        return {key: body.json()}
    if is_coded(body.media_type()) and _would_be_misread(body):
        return {key: base64.b64encode(body.data).decode("ascii")}
    return {key: body.text()}


def _would_be_misread(body: Body) -> bool:
    """Whether the content is no text, or a text that would be taken for base64."""
    try:
        base64.b64decode(body.data.decode(), validate=True)
    except UnicodeDecodeError:
        return True
    except ValueError:
        return False
    return True


_BINARY = ("application/protobuf", "application/grpc")
"""Types that are no text even where their bytes happen to be."""


def _v4_body(body: Body) -> dict[str, Any] | None:
    if body.state == "null":
        return None
    if body.state == "empty":
        return {"content": ""}
    content_type = body.content_type or body.media_type()
    if is_json(body.media_type()):
        return {"content": body.json(), "contentType": content_type, "encoded": False}
    if body.media_type() in _BINARY:
        content = base64.b64encode(body.data).decode("ascii")
        return {"content": content, "contentType": content_type, "contentTypeHint": "BINARY", "encoded": "base64"}
    try:
        return {"content": body.data.decode(), "contentType": content_type, "encoded": False}
    except UnicodeDecodeError:
        content = base64.b64encode(body.data).decode("ascii")
        return {"content": content, "contentType": content_type, "encoded": "base64"}
