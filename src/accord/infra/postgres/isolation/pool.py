"""Databases made ahead and dropped behind, so that a test waits for neither.

Threads copy the template until a few databases are ready, and drop those that tests are done with. They work on
connections of their own and never bring a server back: a test may have killed it on purpose. What they cannot do then,
they do when the next test asks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Literal

from accord.core.errors import AccordError
from accord.infra.postgres.database import Database, DatabaseTemplate

if TYPE_CHECKING:
    from accord.infra.postgres.admin import Admin
    from accord.infra.postgres.making import DatabaseMaker

logger = logging.getLogger(__name__)

_FEWEST, _MOST = 2, 8  # databases ready; eight MB each in memory, so not many
_BACKLOG = 16  # databases waiting to be dropped, before dropping goes before making
_THREADS = 2  # a server copies two at a time faster than one, and three no faster than two
_COURTESY = 0.005  # seconds after a database was taken in which nothing is done without need: the test connects
_WAIT = 5.0  # seconds for a database that is being made, before the test makes one itself
_END_WAIT = 10.0  # seconds for threads to finish what they are at
_EMPTY = "accord: an empty database"


class DatabasePool:
    """Databases of one template in one server. Objects may be used by several threads."""

    def __init__(self, server: DatabaseMaker, template: DatabaseTemplate | None) -> None:
        self._server = server
        self._template = template
        self._changed = threading.Condition()
        self._ready: deque[str] = deque()
        self._done: deque[str] = deque()
        self._ahead = _FEWEST
        self._making = 0
        self._busy = 0
        self._taken = 0.0  # when the last one was
        self._draining = False  # somebody waits until all is dropped
        self._stalled = False  # the server did not do what it was asked: until the next test, nothing is asked of it
        self._closed = False
        self._threads: list[threading.Thread] = []

    def take(self, label: str) -> Database:
        """A database of one's own, which begins with the label.

        Raises:
            ResourceError: the server refused.
        """
        with self._changed:
            self._stalled = False
            self._taken = time.monotonic()
            if not self._threads:
                self._begin()
            elif not self._ready and self._making:
                self._ahead = min(self._ahead * 2, _MOST)  # tests are quicker than the pool is deep
                self._changed.wait_for(lambda: self._ready or not self._making, _WAIT)
            name = self._ready.popleft() if self._ready else None
            self._changed.notify_all()
        if name is None:
            return self._server.database(self._template, label=label)
        final = self._server.new_name(label)
        try:
            self._server.connected().rename(name, final)
        except AccordError:  # it went with the data of a server that was stopped
            return self._server.database(self._template, label=label)
        return Database(self._server, final)

    def give_back(self, database: Database) -> None:
        """Have a database dropped, soon."""
        with self._changed:
            self._done.append(database.name)
            self._changed.notify_all()

    def close(self, *, drop: bool) -> None:
        """End the threads.

        Args:
            drop: drop all that was made and not dropped; not needed where the server itself goes.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + _END_WAIT
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if drop:
            for name in [*self._done, *self._ready]:
                self._server.drop_database(name)
        self._done.clear()
        self._ready.clear()

    def settle(self, timeout: float = 60.0) -> bool:
        """Wait until nothing is left to drop.

        Returns:
            Whether that is so; False after ``timeout`` seconds, or when the server does not do it.
        """
        with self._changed:
            self._draining = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: self._stalled or not (self._done or self._busy), timeout)
            self._draining = False
            return done and not self._stalled

    def _begin(self) -> None:
        for number in range(_THREADS):
            # A daemon: a server that a test has paused and left so must not keep the process from ending.
            thread = threading.Thread(target=self._work, name=f"accord-databases-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        admin = self._server.new_admin(courteous=True)
        try:
            while self._work_once(admin):
                pass
        finally:
            admin.close()

    def _work_once(self, admin: Admin) -> bool:
        with self._changed:
            while (job := self._next_job()) is None:
                if self._closed:
                    return False
                self._changed.wait(self._pause())
            make = job == "make"
            name = self._server.new_name("ready") if make else self._done.popleft()
            self._making += make
            self._busy += not make
        try:
            if make:
                admin.create(name, self._source())
            else:
                admin.drop(name)
        except AccordError as error:
            self._finish(name, made=make, error=error)
        else:
            self._finish(name, made=make, error=None)
        return True

    def _finish(self, name: str, *, made: bool, error: AccordError | None) -> None:
        with self._changed:
            self._making -= made
            self._busy -= not made
            if error is not None:
                logger.debug("the pool of databases waits for the next test: %s", error)
                self._stalled = True
                self._done.append(name)  # half-made or not dropped: gone when it is tried again
            elif made:
                self._ready.append(name)
            self._changed.notify_all()

    def _next_job(self) -> Literal["make", "drop"] | None:
        """What to do at once; None to wait."""
        if self._stalled or self._closed:
            return None
        if len(self._done) >= _BACKLOG:
            return "drop"
        coming = len(self._ready) + self._making
        if coming < self._ahead // 2:
            return "make"
        if self._draining and self._done:
            return "drop"
        if self._making or self._busy or time.monotonic() < self._taken + _COURTESY:
            return None  # there is no hurry: one at a time, and after the test has connected
        if coming < self._ahead:
            return "make"
        return "drop" if self._done else None

    def _pause(self) -> float | None:
        """How long to wait for something new; None for as long as it takes."""
        left = self._taken + _COURTESY - time.monotonic()
        return left if left > 0 else None

    def _source(self) -> str:
        if self._template is None:
            # Not template0: nobody has ever connected to it, and the first who connects to a copy waits for caches that
            # are copied along once they are there.
            self._template = self._server.template(_EMPTY, _connect_once)
        return self._template.name


def _connect_once(url: str) -> None:
    from accord.infra.postgres.admin import driver  # noqa: PLC0415 - an extra

    driver().connect(url).close()
