"""A recording as it runs: start, status, stop; and a snapshot of what the journal has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.stub.forwarding import split
from accord.stub.problems import MappingError, Problem, invalid
from accord.stub.recording import RecordSpec, mapping_of, recorded_mappings

if TYPE_CHECKING:
    from accord.stub.engine import Engine
    from accord.stub.journal import Entry
    from accord.stub.mapping import StubMapping
    from accord.stub.space import Space

NEVER, RECORDING, STOPPED = "NeverStarted", "Recording", "Stopped"
_LOWEST = 2**31 - 1


class NotRecordingError(UsageError):
    """A recording was to be stopped, and none runs."""


class Recorder:
    """Recordings, one for each namespace.

    Args:
        engine: whose.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._running: dict[str, tuple[RecordSpec, StubMapping | None, int]] = {}
        self._stopped: set[str] = set()

    def status(self, space: Space) -> str:
        """Whether a recording runs."""
        if space.name in self._running:
            return RECORDING
        return STOPPED if space.name in self._stopped else NEVER

    def start(self, space: Space, spec: RecordSpec, *, trusted: bool = False) -> None:
        """Pass requests on to the target, and remember from here on.

        Args:
            space: where.
            spec: what.
            trusted: the target is named by who runs the server, so it may be private.

        Raises:
            MappingError: the target is no URL.
        """
        proxy = None
        if spec.target is not None:
            try:
                host = split(spec.target)[1]
            except ValueError as error:
                raise invalid("/targetBaseUrl", str(error)) from None
            if trusted:
                self._engine.targets.allow(host)
            document: dict[str, Any] = {"request": {"method": "ANY"}, "response": {"proxyBaseUrl": spec.target}}
            if spec.on_miss:
                document["priority"] = _LOWEST
            proxy = self._engine.read(document) if self._engine.documents is None else self._unchecked(document)
            space.add(proxy)
        last = next(iter(space.journal.newest_first()), None)
        self._running[space.name] = (spec, proxy, last.number if last else 0)

    def _unchecked(self, document: dict[str, Any]) -> StubMapping:
        from accord.stub.mapping import read_mapping  # noqa: PLC0415 - beside what it is for

        return read_mapping(document)

    def stop(self, space: Space) -> list[StubMapping]:
        """End a recording; what was recorded answers from here on.

        Raises:
            NotRecordingError: none runs.
        """
        running = self._running.pop(space.name, None)
        if running is None:
            raise NotRecordingError("Not currently recording.")
        self._stopped.add(space.name)
        spec, proxy, since = running
        if proxy is not None:
            space.remove(proxy.id)
        return self._take_in(space, [each for each in space.journal if each.number > since], spec)

    def snapshot(self, space: Space, spec: RecordSpec) -> list[StubMapping]:
        """Make stubs of what was passed on so far."""
        return self._take_in(space, list(space.journal), spec)

    def passed(self, entry: Entry, space: Space) -> None:
        """Take note of an exchange with a proxied service; with ``record_misses`` it becomes a stub at once."""
        options = self._engine.options
        if options.record_misses and entry.stub is None and entry.plan is not None:
            capture: dict[str, dict[str, Any]] = {name: {} for name in options.match_headers}
            spec = RecordSpec(keep_latency=options.keep_latency, capture=capture)
            document = mapping_of(entry.request, entry.plan, spec)
            if not any(each.fits(entry.request) for each in space.candidates(entry.request)):  # another may be faster
                self._add(space, [document], persist=self._engine.files.root is not None)

    def _take_in(self, space: Space, entries: list[Entry], spec: RecordSpec) -> list[StubMapping]:
        documents = recorded_mappings(entries, spec)
        for each in documents:
            self._extract_body(each, spec)
        return self._add(space, documents, persist=spec.persist and self._engine.files.root is not None)

    def _extract_body(self, mapping: dict[str, Any], spec: RecordSpec) -> None:
        """Put a body that is larger than the limit into a file."""
        response = mapping["response"]
        for key, limit, suffix in (("body", spec.text_limit, ".txt"), ("base64Body", spec.binary_limit, ".bin")):
            if key not in response or limit is None:
                continue
            import mimetypes  # noqa: PLC0415 - for large bodies only

            from accord.stub.response_definition import read_response  # noqa: PLC0415 - as above

            data = read_response(response).body or b""
            if len(data) >= limit:
                kind = str(response.get("headers", {}).get("Content-Type", "")).partition(";")[0].strip()
                name = f"{mapping['name'] or 'body'}-{mapping['id']}{mimetypes.guess_extension(kind) or suffix}"
                self._engine.files.write(name, data)
                del response[key]
                response["bodyFileName"] = name

    def _add(self, space: Space, documents: list[dict[str, Any]], *, persist: bool) -> list[StubMapping]:
        found: list[StubMapping] = []
        problems: list[Problem] = []
        for each in documents:
            try:
                stub = self._engine.read(each)
            except MappingError as error:  # a document does not allow it: the others are taken in all the same
                problems += error.problems
                continue
            space.add(stub)
            found.append(stub)
            if persist:
                persist_stub(self._engine, stub)
        if problems:
            raise MappingError(*problems)
        return found


def persist_stub(engine: Engine, stub: StubMapping) -> None:
    """Write a stub into the folder.

    Raises:
        UsageError: the server has no folder.
    """
    name = "".join(letter if letter.isalnum() else "_" for letter in stub.name or "mapping")[:60]
    path = engine.files.mapping_path(f"{name}-{stub.id}.json")
    path.write_text(json.dumps(stub.document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    stub.persistent, stub.source = True, str(path)
