"""Recordings on disk: one readable JSON file for each, with its exchanges in their order."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.contract.kept_bodies import keep_body, kept_body
from accord.core.documents import read_json_file
from accord.core.errors import DocumentError
from accord.core.http.messages import HttpResponse

if TYPE_CHECKING:
    from pathlib import Path

    from accord.core.http.messages import HttpRequest
    from accord.core.scrubbing import Scrubber

# Of the way and not of the answer: the body is kept as it is after decoding, in one piece.
_LEFT_OUT = frozenset({
    "connection", "content-encoding", "content-length", "date", "keep-alive", "server", "transfer-encoding", "via",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, without secrets.

    Attributes:
        request: method, target and body, as the file has it.
        response: the answer.
        declared: a hash of what the document said of the operation.
        recorded: when, as the service said (its header ``Date``).
    """

    request: dict[str, Any]
    response: HttpResponse
    declared: str
    recorded: str | None = None


def request_in_file(request: HttpRequest, scrubber: Scrubber) -> dict[str, Any]:
    """A request as the file has it, and as later requests are compared."""
    written = {"method": request.method, "target": scrubber.target(request.target)}
    if not request.body:
        return written
    return written | keep_body(request.body, request.header("content-type"), scrubber)


def scrubbed(response: HttpResponse, scrubber: Scrubber) -> HttpResponse:
    """An answer without secrets and without what is of the way."""
    kind = response.header("content-type")
    headers = scrubber.headers(pair for pair in response.headers if pair[0].lower() not in _LEFT_OUT)
    body = kept_body(keep_body(response.body, kind, scrubber)) if response.body else b""
    return HttpResponse(response.status, tuple(headers), body)


def write(path: Path, service: str, exchanges: list[Exchange], scrubber: Scrubber) -> None:
    """Write a recording, all or nothing."""
    document = {"service": service, "exchanges": [_in_file(each, scrubber) for each in exchanges]}
    text = scrubber.echoes(json.dumps(document, indent=2, ensure_ascii=False))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(path)


def read(path: Path) -> list[Exchange]:
    """Read a recording.

    Raises:
        DocumentError: it cannot be read, or is no recording.
    """
    document = read_json_file(path)
    try:
        return [_exchange(each) for each in document["exchanges"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"is no recording ({error!r}); again: pytest --refresh", source=str(path)) from None


def _in_file(exchange: Exchange, scrubber: Scrubber) -> dict[str, Any]:
    response = exchange.response
    written: dict[str, Any] = {"status": response.status, "headers": [list(pair) for pair in response.headers]}
    if response.body:
        written |= keep_body(response.body, response.header("content-type"), scrubber)
    recorded = {"recorded": exchange.recorded} if exchange.recorded else {}
    return {**recorded, "declared": exchange.declared, "request": exchange.request, "response": written}


def _exchange(document: Any) -> Exchange:
    answer = document["response"]
    headers = tuple((str(name), str(value)) for name, value in answer["headers"])
    response = HttpResponse(int(answer["status"]), headers, kept_body(answer))
    return Exchange(document["request"], response, str(document["declared"]), document.get("recorded"))
