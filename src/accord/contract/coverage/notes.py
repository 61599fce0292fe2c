"""Observations in files: a line of JSON for each, without secrets, so that processes of one run can write side by side.

Nothing heavy is imported here: the services of a run load this module.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from typing import TYPE_CHECKING, Any

from accord.contract.bodies import Body
from accord.contract.coverage.observations import ObservedCall, ObservedMessage
from accord.contract.coverage.path_templates import is_identifier
from accord.contract.kept_bodies import keep_body, kept_body
from accord.core.errors import DocumentError
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.scrubbing import SCRUBBED, Scrubber

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from accord.contract.coverage.observations import Observed

LARGEST_BODY = 256 * 1024
"""Bytes of a body beyond which it is not kept."""

TEST_FILE = "current-test"
"""In a folder of notes: the id of the test that runs, for processes that pytest did not start."""

_EXPECTED = "expected a line of JSON as the fixture traffic and accord.testing.traffic write it"

# Of the way and not of the exchange: the body is kept as it is after decoding, in one piece.
_LEFT_OUT = frozenset({
    "connection", "content-encoding", "content-length", "date", "host", "keep-alive", "server", "traceparent",
    "transfer-encoding", "user-agent", "accept-encoding", "via",
})  # fmt: skip
_SCHEME = re.compile(r"(Bearer|Basic|Digest|Token) ", re.IGNORECASE)


class NoteFile:
    """Where one process notes what it sees. Safe with threads; a line is whole or not there.

    Args:
        folder: of the run; made when something is noted.
        secrets: names of further headers, parameters and fields whose values are secret.
    """

    def __init__(self, folder: Path, *, secrets: Iterable[str] = ()) -> None:
        self._folder = folder
        self._scrubber = Scrubber(secrets)
        self._lock = threading.Lock()
        self._file: int | None = None
        self._process = 0

    def call(self, call: ObservedCall) -> None:
        """Note a call."""
        request, response = call.request, call.response
        partial = call.partial or len(request.body) > LARGEST_BODY
        partial = partial or (response is not None and len(response.body) > LARGEST_BODY)
        try:
            parts = self._parts(request, response, bodies=not partial)
        except RecursionError:  # nested so deep that nobody reads it; the service that got it must not feel this
            partial, parts = True, self._parts(request, response, bodies=False)
        note: dict[str, Any] = {
            "consumer": call.consumer,
            "provider": call.provider,
            "test": call.test or self._test(),
            "method": request.method,
            "target": self._target(request.target),
            **parts,
        }
        said = {"failure": call.failure, "doubled": call.doubled, "partial": partial}
        self._write(note | {name: value for name, value in said.items() if value})

    def message(
        self,
        content: Any,
        *,
        provider: str,
        readers: Sequence[str],
        metadata: Mapping[str, Any] | None,
        test: str | None,
    ) -> None:
        """Note a message and who reads it: a JSON value, or bytes of one."""
        note: dict[str, Any] = {"provider": provider, "readers": list(readers), "test": test or self._test()}
        try:
            value = json.loads(content) if isinstance(content, (bytes, str)) else content
            note["content"] = self._scrubber.value(value)
        except RecursionError:
            raise ValueError("it is nested too deep to be read") from None
        if metadata is not None:
            named = metadata.items()  # a message's key is what it is about, and no secret
            note["metadata"] = {
                name: each if name == "key" else self._scrubber.value(each, name) for name, each in named
            }
        self._write(note)

    def _parts(self, request: HttpRequest, response: HttpResponse | None, *, bodies: bool) -> dict[str, Any]:
        parts: dict[str, Any] = {"request": self._part(request, bodies=bodies)}
        if response is not None:
            parts |= {"status": response.status, "response": self._part(response, bodies=bodies)}
        return parts

    def _target(self, target: str) -> str:
        """A path's identifiers may be secrets too; what stands in place of one is an identifier all the same."""
        path, mark, query = self._scrubber.target(target).partition("?")
        segments = [
            f"{SCRUBBED}-0" if is_identifier(each) and self._scrubber.text(each) != each else each
            for each in path.split("/")
        ]
        return f"{'/'.join(segments)}{mark}{query}"

    def _part(self, part: HttpRequest | HttpResponse, *, bodies: bool) -> dict[str, Any]:
        headers = [pair for pair in part.headers if pair[0].lower() not in _LEFT_OUT]
        kept: dict[str, Any] = {"headers": [list(pair) for pair in self._headers(headers)]}
        if not part.body or not bodies:
            return kept
        return kept | keep_body(part.body, part.header("content-type"), self._scrubber)

    def _headers(self, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        pairs = list(headers)
        for (name, before), (_, after) in zip(pairs, self._scrubber.headers(pairs), strict=True):
            scheme = _SCHEME.match(before) if after == SCRUBBED else None
            yield name, f"{scheme[0]}{SCRUBBED}" if scheme else after

    def _test(self) -> str | None:
        running = os.environ.get("PYTEST_CURRENT_TEST")
        if running:
            return running.rpartition(" (")[0]
        with contextlib.suppress(OSError):
            return (self._folder / TEST_FILE).read_text(encoding="utf-8") or None
        return None

    def _write(self, note: dict[str, Any]) -> None:
        line = json.dumps(note, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        with self._lock:
            if self._file is None or self._process != os.getpid():  # a fork has a file of its own
                self._folder.mkdir(parents=True, exist_ok=True)
                self._process = os.getpid()
                path = self._folder / f"{self._process}.jsonl"
                self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.write(self._file, line)

    def close(self) -> None:
        """Close the file; it opens again when something more is noted."""
        with self._lock:
            if self._file is not None and self._process == os.getpid():
                os.close(self._file)
            self._file = None


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
