"""The guard of the test that runs now: what it forbids, what was breached, and whether a breach is the test's.

One guard serves the whole process, because what it watches (sockets, processes, the clock) belongs to the process. An
audit hook cannot be taken out again, so it stays and asks here; while no test is guarded it costs one look.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from accord.suite.guards.breaches import GuardBreach, place

if TYPE_CHECKING:
    from collections.abc import Iterator

# Libraries whose own deeds are never the test's: they watch the test, or probe the machine while they are imported.
_BYSTANDERS = ("coverage.", "_pytest.", "xdist.", "execnet.", "pydevd", "_pydevd", "urllib3.util.connection")
_NOBODY: frozenset[int | None] = frozenset()


class Watch:
    """The guarding of one test.

    Attributes:
        others: threads that were there before: they serve somebody else, such as a session's server.
        thread: the test's own.
    """

    __slots__ = ("breaches", "forbidden", "level", "others", "test", "thread")

    def __init__(self, test: str, level: str, forbidden: frozenset[str], others: frozenset[int | None]) -> None:
        self.test = test
        self.level = level
        self.forbidden = forbidden
        self.others = others
        self.thread = threading.get_ident()
        self.breaches: list[GuardBreach] = []

    def line_of_test(self) -> str:
        """Where the test's own thread is, for what a thread of a library does on its behalf."""
        if threading.get_ident() == self.thread:
            return ""
        frame = sys._current_frames().get(self.thread)  # noqa: SLF001 - the documented way to another thread's frames
        return place(frame).line if frame is not None else ""


class Guard:
    """Watches one test at a time; a test that runs tests (pytester) puts its own watch in front.

    Attributes:
        forbidden: the guards that are up now; None while no test is guarded. Read on every audited event, so it is a
            plain attribute.
        allowed_hosts: names and addresses that are part of the run though they are not this machine: lower case.
    """

    def __init__(self) -> None:
        self.forbidden: frozenset[str] | None = None
        self.allowed_hosts: set[str] = set()
        self._watches: list[Watch] = []

    def put_up_again(self, watch: Watch) -> None:
        """Put the guards up for another part of the same test."""
        self._watches.append(watch)
        self.forbidden = watch.forbidden

    def put_up(self, level: str, forbidden: frozenset[str], test: str) -> Watch:
        """Put the guards of a level up, for the calling thread and those that it starts."""
        others = _NOBODY
        if threading.active_count() > 1:
            me = threading.current_thread()
            others = frozenset(thread.ident for thread in threading.enumerate() if thread is not me)
        watch = Watch(test, level, forbidden, others)
        self.put_up_again(watch)
        return watch

    def take_down(self) -> list[GuardBreach]:
        """Take the guards down.

        Returns:
            What was breached since the test began; also what the code under test caught.
        """
        watch = self._watches.pop()
        self.forbidden = self._watches[-1].forbidden if self._watches else None
        return watch.breaches

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Do what the test is not to blame for, such as setting up a fixture of the session."""
        forbidden, self.forbidden = self.forbidden, None
        try:
            yield
        finally:
            self.forbidden = forbidden

    def breach(self, guard: str, action: str) -> None:
        """Stop what a test is about to do, and remember it: the code under test may catch what is raised here.

        Raises:
            GuardBreach: unless somebody else than the test does it.
        """
        watch = self._watches[-1]
        if threading.get_ident() in watch.others:
            return
        where = place()
        if where.library.startswith(_BYSTANDERS):
            return
        line = where.line or watch.line_of_test() or f"a fixture of {watch.test}"
        found = GuardBreach(guard, action, level=watch.level, line=line, through=where.through)
        watch.breaches.append(found)
        raise found


GUARD = Guard()
