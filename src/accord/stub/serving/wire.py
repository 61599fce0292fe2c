"""Plans as bytes of HTTP/1.1; and the bytes of the faults, which are those that WireMock sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accord.stub.plan import NO_BODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accord.stub.plan import Plan

GARBAGE = b"lskdu018973t09sylgasjkfg1][]'./.sdlv"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
FAULTS = {
    "EMPTY_RESPONSE": b"",
    "MALFORMED_RESPONSE_CHUNK": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + GARBAGE,
    "RANDOM_DATA_THEN_CLOSE": GARBAGE,
    "CONNECTION_RESET_BY_PEER": b"",
}
_OURS = ("content-length", "transfer-encoding", "connection")


def rendered(plan: Plan, *, head_only: bool = False, keep_alive: bool = True) -> bytes:
    """A whole answer."""
    length = () if plan.status in NO_BODY else (("Content-Length", _length(plan)),)
    head = _head(plan, length, keep_alive=keep_alive)
    return head if head_only or plan.status in NO_BODY else head + plan.body


def stays_open(plan: Plan) -> bool:
    """Whether the connection can be used after an answer: not where a stub gives another length than its body has."""
    return plan.status in NO_BODY or _length(plan) == str(len(plan.body))


def head_of_chunks(plan: Plan, *, keep_alive: bool) -> bytes:
    """The head of an answer that comes in chunks."""
    return _head(plan, (("Transfer-Encoding", "chunked"),), keep_alive=keep_alive)


def chunks(body: bytes, count: int) -> Iterator[bytes]:
    """A body in so many chunks of about the same size, framed; the one that ends it is not among them."""
    size = max(1, len(body) // count)
    starts = [index * size for index in range(min(count, max(1, len(body))))]
    for index, start in enumerate(starts):
        piece = body[start:] if index == len(starts) - 1 else body[start : start + size]
        if piece:
            yield b"%X\r\n%b\r\n" % (len(piece), piece)


LAST_CHUNK = b"0\r\n\r\n"


def _length(plan: Plan) -> str:
    given = plan.header("content-length")
    return given if given is not None and given.isascii() and given.isdigit() else str(len(plan.body))


def _head(plan: Plan, framing: tuple[tuple[str, str], ...], *, keep_alive: bool) -> bytes:
    lines = [f"HTTP/1.1 {plan.status} {plan.reason}"]
    lines += [f"{name}: {value}" for name, value in plan.headers if name.lower() not in _OURS]
    lines += [f"{name}: {value}" for name, value in framing]
    wants_close = (plan.header("connection") or "").lower() == "close"
    if not keep_alive or wants_close:
        lines.append("Connection: close")
    lines.append("\r\n")
    return _clean("\r\n".join(lines[:-1])) + b"\r\n\r\n"


def _clean(text: str) -> bytes:
    """As bytes: what Latin-1 has as that, the rest in UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
