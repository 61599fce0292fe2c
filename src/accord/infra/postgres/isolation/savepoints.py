"""The savepoints on the one connection of a test that is rolled back: who is in which, and what may not happen.

Several sessions may share the connection as long as they nest: one that begins inside another also ends inside it, as
savepoints do. What runs beside one another (ten requests at once) cannot, and is refused instead of being mixed up.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accord.core.errors import IsolationError

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "accord_base"  # set when the test begins; whoever ends the transaction itself destroys it
_SEEN: ContextVar[frozenset[int]] = ContextVar("accord_open_savepoints", default=frozenset())
_GONE = {"3B001", "25P01"}  # SQLSTATE: no such savepoint, no transaction
_numbers = itertools.count(1)


def advice(problem: str) -> str:
    """The problem, and the way out that always works."""
    return (
        f"{problem} The isolation 'rollback' has one connection, whose transaction is rolled back after the test. "
        'Take one that gives real connections: @pytest.mark.postgres("clone").'
    )


def ended_by_hand(error: BaseException) -> IsolationError | None:
    """What to say when a driver's error means that the test's savepoints are gone; None for every other error."""
    if getattr(error, "sqlstate", None) not in _GONE:
        return None
    return IsolationError(
        advice(
            "The code under test ended the transaction itself (COMMIT or ROLLBACK as the text of a statement), "
            "so that what it wrote could not be rolled back; the database was thrown away."
        )
    )


@dataclass(frozen=True)
class _Open:
    number: int
    owner: int

    @property
    def name(self) -> str:
        return f"accord_{self.number}"


class Savepoints:
    """A stack of savepoints. The methods give the SQL to say; they do not say it."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self.violation: IsolationError | None = None

    def begin(self, owner: object) -> list[str]:
        """A transaction of somebody's begins.

        Raises:
            IsolationError: another one is open that belongs to somebody who runs beside this one.
        """
        # A task or thread started by whoever has a transaction open inherits its context, and with it this mark: it
        # runs inside that transaction. Siblings do not have each other's.
        seen = _SEEN.get()
        if any(each.number not in seen for each in self._open):
            raise self._violated(
                "Two transactions were open at once, of tasks or threads that run beside one another "
                "(concurrent requests, or a background task)."
            )
        opened = _Open(next(_numbers), id(owner))
        self._open.append(opened)
        _SEEN.set(frozenset(each.number for each in self._open))
        return [f"SAVEPOINT {opened.name}"]

    @contextmanager
    def committing(self, owner: object) -> Iterator[list[str]]:
        """Somebody's transaction ends well, when the block has said what it gets.

        Raises:
            IsolationError: one that began inside it is still open, or it was undone already by one around it.
        """
        opened = self._find(owner)
        if opened is None:
            raise self._violated("A transaction was committed after the one around it had been rolled back.")
        if opened is not self._open[-1]:
            raise self._violated("A transaction was committed while one that began after it was still open.")
        with self._ending(opened):
            yield [f"RELEASE SAVEPOINT {opened.name}"]

    @contextmanager
    def rolling_back(self, owner: object) -> Iterator[list[str]]:
        """Somebody's transaction is undone, with all that began inside it; nothing to say when it is gone already."""
        opened = self._find(owner)
        if opened is None:
            yield []
            return
        with self._ending(opened):
            yield [f"ROLLBACK TO SAVEPOINT {opened.name}", f"RELEASE SAVEPOINT {opened.name}"]

    def clear(self) -> None:
        """The test is over."""
        self._open.clear()
        self.violation = None

    @contextmanager
    def _ending(self, opened: _Open) -> Iterator[None]:
        """It is open until the server was told: nobody may begin between two statements of its end."""
        try:
            yield
        finally:
            if opened in self._open:  # else the test is over
                del self._open[self._open.index(opened) :]

    def _find(self, owner: object) -> _Open | None:
        return next((each for each in reversed(self._open) if each.owner == id(owner)), None)

    def _violated(self, problem: str) -> IsolationError:
        """Kept too, because the code under test may turn the error into an answer with status 500."""
        self.violation = self.violation or IsolationError(advice(problem))
        return IsolationError(advice(problem))
