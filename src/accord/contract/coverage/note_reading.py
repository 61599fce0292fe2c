"""Notes read again: observations from lines of JSON (see notes)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import Body
from accord.contract.coverage.observations import ObservedCall, ObservedMessage
from accord.contract.kept_bodies import kept_body
from accord.core.errors import DocumentError
from accord.core.http.messages import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from accord.contract.coverage.observations import Observed

_EXPECTED = "expected a line of JSON as the fixture traffic and accord.testing.traffic write it"


def read_notes(place: Path) -> Iterator[Observed]:
    """All observations in a file or in the files of a folder and below it; a line cut off by a kill is left out.

    Raises:
        DocumentError: nothing is there, or a whole line is no observation; names file and line.
    """
    if not place.exists():
        raise DocumentError("no such file or folder; was anything recorded?", source=str(place))
    for file in [place] if place.is_file() else sorted(place.rglob("*.jsonl")):
        *lines, rest = _content(file).split(b"\n")
        for number, line in enumerate([*lines, *([rest] if _is_whole(rest) else [])], start=1):
            if line.strip():
                yield from _observed(line, f"{file}:{number}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}", source=str(file)) from None


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _observed(line: bytes, source: str) -> Iterator[Observed]:
    try:
        note = json.loads(line)
        if "readers" not in note:
            yield _call(note)
            return
        body = Body.of_json(note["content"])
        for reader in note["readers"]:
            yield ObservedMessage(str(reader), str(note["provider"]), body, note.get("metadata"), note.get("test"))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DocumentError(f"is no observation ({error!r}); {_EXPECTED}", source=source) from None


def _call(note: dict[str, Any]) -> ObservedCall:
    sent = note["request"]
    request = HttpRequest(str(note["method"]), str(note["target"]), _pairs(sent), kept_body(sent))
    response = None
    if "status" in note:
        response = HttpResponse(int(note["status"]), _pairs(note["response"]), kept_body(note["response"]))
    return ObservedCall(
        str(note["consumer"]),
        str(note["provider"]),
        request,
        response,
        failure=note.get("failure"),
        test=note.get("test"),
        doubled=bool(note.get("doubled")),
        partial=bool(note.get("partial")),
    )


def _pairs(part: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(value)) for name, value in part.get("headers", ()))
