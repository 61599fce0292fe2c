"""What a call says and what it is answered, between the pact file's form and JSON values that can be compared."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from accord.contract.bodies import MISSING, Body
from accord.contract.grpc.descriptors import method_from_files
from accord.contract.grpc.json_form import said_in, to_json
from accord.contract.matching import match_message
from accord.contract.matching.json_body import match_json
from accord.contract.mismatches import Mismatch
from accord.contract.plugin_data import PROTOBUF, called_service, descriptors_of
from accord.core.errors import ContractFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.message import Message

    from accord.contract.grpc.descriptors import Method
    from accord.contract.model import Contract, MessageContents, SyncMessage

STATUS, MESSAGE = "grpc-status", "grpc-message"
"""Metadata of an expected answer that is an error, as the protobuf plugin of Pact writes it."""

_OWN = {STATUS, MESSAGE, "contenttype", "content-type"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered, or was.

    Attributes:
        status: name of the status, such as ``OK``.
        message: what goes with an error.
        data: the serialized message; empty with an error.
        metadata: initial and trailing metadata in one.
    """

    status: str
    message: str = ""
    data: bytes = b""
    metadata: tuple[tuple[str, str | bytes], ...] = ()


def method_called(message: SyncMessage, contract: Contract) -> Method:
    """The method that a call in a pact file is about.

    Raises:
        ContractFormatError: the file does not describe it.
    """
    configuration = message.extra.get("pluginConfiguration", {}).get(PROTOBUF, {})
    service, key = called_service(message), configuration.get("descriptorKey")
    encoded = descriptors_of(contract.metadata).get(key)
    if service is None or not isinstance(encoded, str):
        raise ContractFormatError(
            f"the protobuf descriptors {key!r} of the interaction are not in the file's metadata.plugins",
            interaction=message.description,
        )
    try:
        files = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ContractFormatError(f"the protobuf descriptors are not base64: {error}") from error
    return method_from_files(files, service)


def said(message: SyncMessage, part: str) -> Any:
    """How a part was written, where the file says so (``expectations``; part is ``request`` or ``response``)."""
    configuration = message.extra.get("pluginConfiguration", {}).get(PROTOBUF, {})
    expectations = configuration.get("expectations")
    return expectations.get(part) if isinstance(expectations, dict) else None


def decoded(data: bytes, kind: type[Message]) -> Message:
    """A message from its bytes.

    Raises:
        ContractFormatError: they are none.
    """
    try:
        return kind.FromString(data)
    except DecodeError as error:
        raise ContractFormatError(f"not a {kind.DESCRIPTOR.full_name}: {error}") from error


def compare_request(
    expected: MessageContents, kind: type[Message], data: bytes, metadata: Mapping[str, Any]
) -> list[Mismatch]:
    """Compare a request with the expected one: it may hold no field that is not expected."""
    wanted = to_json(decoded(expected.body.data, kind))
    seen = to_json(decoded(data, kind))
    return [
        *match_message(without_own(expected), replace(expected, body=MISSING, metadata=metadata)),
        *match_json(wanted, seen, expected.rules.category("body"), allow_unexpected=False),
    ]


def compare_answer(expected: MessageContents, kind: type[Message], answer: Answer, written: Any) -> list[Mismatch]:
    """Compare an answer with the expected one: its status, its message, its metadata; it may hold further fields."""
    wanted_status = status_of(expected)
    if answer.status != wanted_status:
        seen = f"{answer.status}: {answer.message}" if answer.message else answer.status
        return [Mismatch("status", "status", wanted_status, answer.status, f"expected {wanted_status}, seen {seen}")]
    metadata = {name: _text(value) for name, value in answer.metadata} | {MESSAGE: answer.message}
    mismatches = match_message(without_own(expected, MESSAGE), replace(expected, body=MISSING, metadata=metadata))
    if wanted_status != "OK" or expected.body.state == "missing":
        return mismatches
    rules = expected.rules.category("body")
    wanted = said_in(decoded(expected.body.data, kind), written, rules)
    return mismatches + match_json(wanted, to_json(decoded(answer.data, kind)), rules, allow_unexpected=True)


def status_of(expected: MessageContents) -> str:
    """Name of the status that is expected."""
    return str(expected.metadata.get(STATUS, "OK"))


def without_own(expected: MessageContents, *but: str) -> MessageContents:
    """The expected metadata that travels as such: neither status nor content type, nor a body."""
    kept = {name: value for name, value in expected.metadata.items() if name in but or name.lower() not in _OWN}
    return replace(expected, body=MISSING, metadata=kept)


def as_json_body(contents: MessageContents, value: Any) -> MessageContents:
    """The same contents with the JSON form as body, which generators can be applied to."""
    return replace(contents, body=Body.of_json(value))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else base64.b64encode(value).decode("ascii")
