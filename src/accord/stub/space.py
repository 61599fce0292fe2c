"""One namespace: its stubs, scenarios, journal and settings, which no other namespace sees."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from accord.stub.index import Index
from accord.stub.problems import DUPLICATE, MappingError, Problem
from accord.stub.scenarios import Scenarios
from accord.stub.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.stub.journal import Journal
    from accord.stub.mapping import StubMapping
    from accord.stub.requests import StubRequest


class Space:
    """A namespace.

    Args:
        name: empty for the one that is there without asking.
        journal: where its requests are noted.
        parent: whose stubs it has too, behind its own; None for none.

    Attributes:
        lock: held from finding a stub to changing its scenario and its count; its parent's, whose stubs it changes too.
        recorder: records what passes, while a recording runs; None else.
    """

    def __init__(self, name: str, journal: Journal, parent: Space | None = None) -> None:
        self.name = name
        self.parent = parent
        self.journal = journal
        self.scenarios = Scenarios()
        self.settings = Settings()
        self.lock: threading.RLock = parent.lock if parent else threading.RLock()
        self._index = Index()
        self._stubs: dict[str, StubMapping] = {}
        self._limited = 0

    def __len__(self) -> int:
        return len(self._stubs)

    @property
    def stubs(self) -> list[StubMapping]:
        """Its own stubs, the newest first."""
        self._drop_expired()
        return sorted(self._stubs.values(), key=lambda each: -each.number)

    @property
    def visible(self) -> list[StubMapping]:
        """Its own stubs and its parent's."""
        return [*self.stubs, *(self.parent.visible if self.parent else ())]

    def get(self, identity: str) -> StubMapping | None:
        """The stub with a UUID."""
        self._drop_expired()
        return self._stubs.get(identity)

    def add(self, stub: StubMapping) -> None:
        """Take a stub in.

        Raises:
            MappingError: its identity is taken.
        """
        with self.lock:
            self._drop_expired()
            if stub.id in self._stubs:
                detail = f"ID of the provided stub mapping '{stub.id}' is already taken by another stub mapping"
                raise MappingError(Problem(None, detail, "Duplicate stub mapping ID", DUPLICATE))
            self._put(stub)

    def replace(self, stub: StubMapping) -> None:
        """Take a stub in, in place of the one with its identity."""
        with self.lock:
            self.remove(stub.id)
            self._put(stub)

    def _put(self, stub: StubMapping) -> None:
        self._stubs[stub.id] = stub
        self._index.add(stub)
        self._limited += stub.expires is not None

    def remove(self, identity: str) -> StubMapping | None:
        """Take a stub out, and give it."""
        with self.lock:
            stub = self._stubs.pop(identity, None)
            if stub is not None:
                self._index.remove(stub)
                self._limited -= stub.expires is not None
            return stub

    def clear(self, keep: Iterable[StubMapping] = ()) -> None:
        """Take all stubs out but these."""
        with self.lock:
            kept = list(keep)
            self._stubs.clear()
            self._index.clear()
            self._limited = 0
            for each in kept:
                self._put(each)

    def serve(self, request: StubRequest) -> StubMapping | None:
        """The stub that answers a request; its scenario has gone on then."""
        if self.parent is None or not len(self.parent):
            stub = self._index.instant.get((request.method, request.target))
            if stub is not None:
                stub.served += 1
                return stub
        with self.lock:
            for stub in self.candidates(request):
                if stub.instant or (stub.request.matches(request) and self._is_open(stub)):
                    stub.served += 1
                    if stub.scenario is not None:
                        self.scenarios.served(stub)
                    if stub.times_left is not None:
                        stub.times_left -= 1
                    return stub
        return None

    def candidates(self, request: StubRequest) -> Iterable[StubMapping]:
        """Stubs that a request may fit, in the order in which they are asked."""
        own = self._index.candidates(request)
        if self.parent is None:
            return own
        theirs = self.parent.candidates(request)
        if not own or not theirs:
            return own or theirs
        return sorted([*own, *theirs], key=lambda each: (each.priority, each.id not in self._stubs, -each.number))

    def _is_open(self, stub: StubMapping) -> bool:
        return self.scenarios.allow(stub) and not stub.is_over()

    def _drop_expired(self) -> None:
        """Take out what is over; costs nothing while no stub has an end."""
        if self._limited:
            for stub in [each for each in self._stubs.values() if each.expires is not None and each.is_over()]:
                self.remove(stub.id)
