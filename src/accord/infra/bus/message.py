"""A message as a handler gets it, and how what is published becomes bytes and headers."""

from __future__ import annotations

import json
import os
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from accord.core.errors import DocumentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON, BYTES = "application/json", "application/octet-stream"
CONTENT_TYPE, TRACE = "content-type", "traceparent"
ID, KEY = "message-id", "message-key"
"""The headers by which brokers without ids or keys of their own carry them."""

_TRACE_PARTS = 4
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_handling: ContextVar[Message | None] = ContextVar("accord_message", default=None)


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        subject: where it was published, such as ``orders.placed``.
        data: what was published, as bytes.
        key: messages with the same key keep their order; None for one that needs none.
        headers: name to value, with ``content-type`` and ``traceparent``.
        id: the message's own, the same at every delivery.
        attempt: 1 at the first delivery to a group, one more at each further one.
    """

    subject: str
    data: bytes
    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    attempt: int = 1

    def json(self) -> Any:
        """What the JSON says; a new value at each call, so that nobody's change is seen by others.

        Raises:
            DocumentError: it is not JSON.
        """
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError) as error:
            raise DocumentError(f"is not JSON: {error}", source=f"the message on {self.subject!r}") from None

    @property
    def content(self) -> Any:
        """What was published: the JSON value, or the bytes where it is not JSON."""
        try:
            return self.json()
        except DocumentError:
            return self.data

    @property
    def trace_id(self) -> str | None:
        """The trace it belongs to (W3C Trace Context): 32 digits; None where its header says none."""
        parts = self.headers.get(TRACE, "").split("-")
        return parts[1] if len(parts) >= _TRACE_PARTS else None


def outgoing(subject: str, payload: Any, key: str | None, headers: Mapping[str, str] | None) -> Message:
    """What is to be sent: the payload as bytes, with the headers that every message has.

    Inside a handler the trace of the message that is handled goes on.

    Raises:
        UsageError: the payload is neither bytes nor what JSON can hold, or a header cannot be sent.
    """
    data, kind = (
        (bytes(payload), BYTES) if isinstance(payload, (bytes, bytearray)) else (_encoded(subject, payload), JSON)
    )
    given = dict(headers or {})
    for name, value in given.items():
        _check_header(subject, name, value)
    if key is not None:
        _check_header(subject, KEY, key)
    random = os.urandom(40).hex()  # once for the id, the trace and the place in it
    trace = next_trace(random[32:])
    return Message(subject, data, key, {CONTENT_TYPE: kind, TRACE: trace, **given}, random[:32])


def next_trace(random: str) -> str:
    """A ``traceparent``: of the trace of the message that is being handled, else of a new one, by 48 random digits."""
    handled = _handling.get()
    trace = (handled.trace_id if handled is not None else None) or random[:32]
    return f"00-{trace}-{random[32:]}-01"


def to_headers(message: Message) -> dict[str, str]:
    """All that a broker has to carry beside the bytes, as headers."""
    return {**message.headers, ID: message.id} | ({KEY: message.key} if message.key is not None else {})


def from_headers(subject: str, data: bytes, headers: Mapping[str, str], *, place: str, attempt: int = 1) -> Message:
    """The reverse; ``place`` is the id of a message that others have published without one."""
    rest = {name: value for name, value in headers.items() if name not in (ID, KEY)}
    return Message(subject, data, headers.get(KEY), rest, headers.get(ID, place), attempt)


def again(message: Message, attempt: int) -> Message:
    """The same message at another attempt."""
    return replace(message, attempt=attempt)


def now_handling(message: Message) -> Token[Message | None]:
    """From now on what is published continues this message's trace, until ``end_handling``."""
    return _handling.set(message)


def end_handling(token: Token[Message | None]) -> None:
    """The message is handled."""
    _handling.reset(token)


def _encoded(subject: str, payload: Any) -> bytes:
    try:
        return _ENCODER.encode(payload).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(
            f"cannot publish on {subject!r}: expected bytes or what JSON can hold, seen {type(payload).__name__} "
            f"({error}). Turn it into plain data first."
        ) from None


def _check_header(subject: str, name: str, value: object) -> None:
    if (
        not isinstance(value, str)
        or not value.isprintable()
        or not name.isascii()
        or not name.isprintable()
        or not name
    ):
        raise UsageError(
            f"cannot publish on {subject!r}: header {name!r} = {value!r}; expected an ASCII name and a text without "
            "control characters"
        )
