"""Observations in files: a line of JSON for each, without secrets, so that processes of one run can write side by side.

Nothing heavy is imported here: the services of a run load this module.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from accord.contract.coverage.line_files import LineFile
from accord.contract.coverage.losses import LossFile
from accord.contract.coverage.path_templates import is_identifier
from accord.contract.kept_bodies import keep_body
from accord.core.scrubbing import SCRUBBED, Scrubber

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from accord.contract.coverage.losses import LostNotes
    from accord.contract.coverage.observations import ObservedCall
    from accord.core.http.messages import HttpRequest, HttpResponse

LARGEST_BODY = 256 * 1024
"""Bytes of a body beyond which it is not kept."""

TEST_FILE = "current-test"
"""In a folder of notes: the id of the test that runs, for processes that pytest did not start."""

# Of the way and not of the exchange: the body is kept as it is after decoding, in one piece.
_LEFT_OUT = frozenset({
    "connection", "content-encoding", "content-length", "date", "host", "keep-alive", "server", "traceparent",
    "transfer-encoding", "user-agent", "accept-encoding", "via",
})  # fmt: skip
_SCHEME = re.compile(r"(Bearer|Basic|Digest|Token) ", re.IGNORECASE)


class NoteFile:
    """Where one recorder notes what it sees. Safe with threads; a line is whole or not there.

    What cannot be noted is counted, and told beside the notes (see losses): no service is to break for want of a note.

    Args:
        folder: of the run; made when something is noted.
        secrets: names of further headers, parameters and fields whose values are secret.
    """

    def __init__(self, folder: Path, *, secrets: Iterable[str] = ()) -> None:
        self._folder = folder
        self._scrubber = Scrubber(secrets)
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        """With files that nobody else writes to: a fork has its own, and in containers many processes are number 1."""
        self._process = os.getpid()
        name = f"{self._process}-{os.urandom(4).hex()}"
        self._lines = LineFile(self._folder / f"{name}.jsonl")
        self._losses = LossFile(self._folder / f"{name}.lost")
        self._written: Counter[tuple[str, str]] = Counter()

    def call(self, call: ObservedCall) -> None:
        """Note a call."""
        try:
            line = _line(self._call(call))
        except Exception as error:  # noqa: BLE001 - whatever a service said, it must not break for want of a note
            self.lose(call.consumer, call.provider, error)
            return
        self._write(line, (call.consumer, call.provider))

    def message(
        self,
        content: Any,
        *,
        provider: str,
        readers: Sequence[str],
        metadata: Mapping[str, Any] | None,
        test: str | None,
    ) -> None:
        """Note a message and who reads it: a JSON value, or bytes of one.

        Raises:
            ValueError: it is no JSON.
        """
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
        self._write(_line(note), (", ".join(readers), provider))

    def lose(self, consumer: str, provider: str, error: Exception) -> None:
        """Count what could not be noted, and tell it in the folder if that can be done. Raises nothing."""
        with self._lock:
            with contextlib.suppress(OSError):
                self._open()
            self._losses.count(consumer, provider, _reason(error))

    def untold_losses(self) -> list[LostNotes]:
        """What was lost and could not be told in the folder either."""
        with self._lock:
            return self._losses.untold()

    def close(self) -> None:
        """Close the file; it opens again when something more is noted."""
        with self._lock:
            self._mine()
            self._notice_removal()
            self._lines.close()
            self._losses.close()

    def _call(self, call: ObservedCall) -> dict[str, Any]:
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
        return note | {name: value for name, value in said.items() if value}

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

    def _write(self, line: bytes, between: tuple[str, str]) -> None:
        with self._lock:
            try:
                self._open()
                self._lines.add(line)
                self._written[between] += 1
            except OSError as error:
                self._losses.count(*between, _reason(error))

    def _open(self) -> None:
        self._mine()
        self._notice_removal()
        if not self._lines.is_open:
            self._lines.open()
            self._losses.open()

    def _mine(self) -> None:
        if self._process != os.getpid():
            self._lines.close()  # this process's copy of what the other one writes to
            self._losses.close()
            self._begin()

    def _notice_removal(self) -> None:
        if self._lines.is_gone:
            for between, times in self._written.items():
                self._losses.count(*between, "the file of notes was removed", times)
            self._written.clear()
            self._lines.close()


def _line(note: dict[str, Any]) -> bytes:
    return json.dumps(note, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _reason(error: Exception) -> str:
    """Of what is no system's error the type alone: its text may quote a credential, and nothing scrubs it."""
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
