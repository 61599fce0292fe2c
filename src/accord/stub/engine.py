"""The StubServer without input or output: requests go in, plans come out."""

from __future__ import annotations

import logging
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from accord.core.errors import AccordError, UsageError
from accord.stub.answering import Answering
from accord.stub.files import Files
from accord.stub.forwarding import Targets, forwarded, passed_back, split
from accord.stub.journal import Journal
from accord.stub.mapping import read_mapping
from accord.stub.plan import Plan
from accord.stub.problems import STRICT, MappingError, Problem
from accord.stub.response_definition import ProxyTarget
from accord.stub.space import Space

if TYPE_CHECKING:
    from accord.core.http.messages import HttpResponse
    from accord.stub.journal import Entry
    from accord.stub.mapping import StubMapping
    from accord.stub.options import Options
    from accord.stub.recorder import Recorder
    from accord.stub.requests import StubRequest

ADMIN = "/__admin"
_MOST_SPACES = 10_000
_TEXT = (("Content-Type", "text/plain;charset=UTF-8"),)
_log = logging.getLogger(__name__)


class Engine:
    """All namespaces of one server.

    Args:
        options: how it behaves.

    Attributes:
        spaces: by name; the one without a name is always there.
        started: by time.monotonic.
        base_url: its own address, once it has one.
        documents: what stubs and answers are checked against; None for nothing.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.files = Files(options.root)
        self.targets = Targets(options.allow_targets, options.deny_targets)
        self.started = time.monotonic()
        self.base_url = ""
        self.documents = self._read_documents()
        self.answering = Answering(self.files, options, self._refuse_answer if self.documents is not None else None)
        self._main = Space("", Journal(options.journal))
        self.spaces: dict[str, Space] = {"": self._main}
        self._stamp: Any = None
        if options.proxy_all:
            try:
                self.targets.allow(split(options.proxy_all)[1])
            except ValueError as error:
                raise UsageError(f"--proxy-all: {error}; give one such as http://localhost:9000") from None

    @cached_property
    def recorder(self) -> Recorder:
        """Its recordings."""
        from accord.stub.recorder import Recorder  # noqa: PLC0415 - few servers record

        return Recorder(self)

    def space(self, name: str) -> Space:
        """The namespace of a name; a new one has the nameless one's stubs behind its own.

        Raises:
            AccordError: there are too many.
        """
        found = self.spaces.get(name)
        if found is None:
            if len(self.spaces) >= _MOST_SPACES:
                raise AccordError(f"there are {_MOST_SPACES} namespaces already; delete some at {ADMIN}/namespaces")
            found = self.spaces[name] = Space(name, Journal(self.options.journal), self._main)
        return found

    def add(self, space: Space, document: Any, *, source: str | None = None) -> StubMapping:
        """Read a stub and take it in.

        Raises:
            MappingError: it is wrong, its identity is taken, or a document does not allow what it answers.
        """
        stub = self.read(document)
        stub.source = source
        space.add(stub)
        return stub

    def read(self, document: Any, *, identity: str | None = None, number: int | None = None) -> StubMapping:
        """Read a stub, and check it against the documents it stands for.

        Raises:
            MappingError: it is wrong, or a document does not allow what it answers.
        """
        strict = STRICT.set(self.options.strict)
        try:
            stub = read_mapping(document, identity=identity, number_=number)
            wrong = self.answering.refuse_templates(stub.response)
            if wrong:
                raise MappingError(*(Problem(pointer, detail) for pointer, detail in wrong))
            if self.documents is not None:
                self._check(stub)
            return stub
        finally:
            STRICT.reset(strict)

    def _refuse_answer(self, request: StubRequest, plan: Plan) -> str | None:
        assert self.documents is not None  # noqa: S101 - asked with documents alone
        refusal: str | None = self.documents.refuse_answer(request, plan)
        if refusal is not None and self.options.warn_only:
            _log.warning("%s %s: %s", request.method, request.target, refusal)
            return None
        return refusal

    def _check(self, stub: StubMapping) -> None:
        assert self.documents is not None  # noqa: S101 - the caller has seen it
        lies = self.documents.refuse_stub(stub, templated=self.answering.is_templated(stub.response))
        if not lies:
            return
        if self.options.warn_only:
            _log.warning("%s is not as documented: %s", stub.title, "; ".join(f"{a}: {b}" for a, b in lies))
            return
        raise MappingError(*(Problem(pointer, detail, "Not as documented") for pointer, detail in lies))

    def answer(self, request: StubRequest, space: Space) -> Plan:
        """How to answer a request, to the admin API or to stubs."""
        if request.target.startswith(ADMIN) and request.target[len(ADMIN) :][:1] in ("", "/", "?"):
            from accord.stub.admin.routes import handle  # noqa: PLC0415 - it builds on this module

            return handle(self, space, request)
        return self.handle(request, space)

    def handle(self, request: StubRequest, space: Space) -> Plan:
        """How to answer a request that is not for the admin API."""
        stub = space.serve(request)
        if self.options.verbose:
            _log.warning("%s %s -> %s", request.method, request.target, stub.title if stub else "no stub")
        if stub is None:
            return self._unmatched(request, space)
        plan = stub.cached
        if plan is None or space.settings.delays:
            plan = self.answering.plan(request, stub, space.settings)
            entry = space.journal.add(request, stub, plan)
            if plan.call is not None:
                plan.entry = entry
            return plan
        space.journal.add(request, stub, plan)
        return plan  # type: ignore[no-any-return]  # a cached plan is one

    def _unmatched(self, request: StubRequest, space: Space) -> Plan:
        if self.options.proxy_all:
            call = forwarded(
                request, ProxyTarget(self.options.proxy_all), self.options.proxy_all,
                keep_host=self.options.keep_host, keep_agent=self.options.keep_agent,
            )  # fmt: skip
            plan = Plan(call=call)
            plan.entry = space.journal.add(request, None, plan)
            return plan
        from accord.stub.near_misses import not_matched  # noqa: PLC0415 - not before something does not match

        plan = self._file(request) or Plan(404, _TEXT, not_matched(space, request).encode("utf-8", "replace"))
        space.journal.add(request, None, plan)
        return plan

    def _file(self, request: StubRequest) -> Plan | None:
        """A file below ``__files``, which is served at its own path where no stub is."""
        name = unquote(request.path).strip("/")
        if request.method != "GET" or not name:
            return None
        try:
            data = self.files.read(name)
        except AccordError:
            return None
        import mimetypes  # noqa: PLC0415 - for files alone

        kind = mimetypes.guess_type(name)[0]
        return Plan(200, (("Content-Type", kind),) if kind else (), data)

    def proxied(self, plan: Plan, answer: HttpResponse | AccordError, seconds: float, space: Space) -> Plan:
        """The plan to carry out, once a proxied service has answered or failed.

        Args:
            plan: the one with the call.
            answer: what came of it.
            seconds: how long it took.
            space: where it was asked.
        """
        entry = plan.entry
        if isinstance(answer, AccordError):
            url = plan.call.url if plan.call else ""
            body = f"Network failure trying to make a proxied request from WireMock to {url}\n{answer}"
            done = Plan(500, _TEXT, body.encode())
        else:
            marks: tuple[tuple[str, str], ...] = ()
            if entry is not None and entry.stub is not None and answer.header("Matched-Stub-Id") is None:
                marks = (("Matched-Stub-Id", entry.stub.id),)
            done = Plan(answer.status, (*passed_back(answer), *plan.headers, *marks), answer.body)
        done.delay, done.dribble, done.fault, done.webhooks = plan.delay, plan.dribble, plan.fault, plan.webhooks
        if entry is not None:
            self._recorded(entry, done, seconds, space, failed=isinstance(answer, AccordError))
        return done

    def _recorded(self, entry: Entry, done: Plan, seconds: float, space: Space, *, failed: bool) -> None:
        kept = Plan(done.status, tuple(each for each in done.headers if each[0] != "Matched-Stub-Id"), done.body)
        kept.delay = seconds
        entry.plan = kept
        entry.forwarded = not failed
        if not failed:
            self.recorder.passed(entry, space)

    def load_folder(self) -> list[str]:
        """Read the folder's mappings into the nameless namespace; those read before go.

        Returns:
            What is wrong, a text for each file that cannot be used: the others are in.
        """
        self._stamp = self.files.stamp()
        faults = []
        found: list[StubMapping] = []
        for path in self.files.mapping_files():
            try:
                for document in self.files.read_mappings(path):
                    stub = self.read(document)
                    stub.source, stub.persistent = str(path), True
                    found.append(stub)
            except AccordError as error:
                faults.append(str(error) if str(path) in str(error) else f"{path}: {error}")
        kept = [each for each in self._main.stubs if each.source is None]
        ids = {each.id for each in kept}
        self._main.clear(reversed(kept))
        for stub in [*(self.documents.stubs() if self.documents is not None else ()), *found]:
            if stub.id in ids:
                faults.append(f"{stub.source}: ID {stub.id} is already taken by another stub mapping")
                continue
            ids.add(stub.id)
            self._main.add(stub)
        return faults

    def reload_if_changed(self) -> list[str] | None:
        """Read the folder again where a mapping file has changed; None where none has."""
        if self.files.root is None or self.files.stamp() == self._stamp:
            return None
        return self.load_folder()

    def _read_documents(self) -> Any:
        if not self.options.pacts and not self.options.openapi:
            return None
        from accord.stub.documents import Documents  # noqa: PLC0415 - only who has documents pays for their readers

        return Documents.read(self.options.pacts, self.options.openapi)
