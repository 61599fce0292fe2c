"""Connections of psycopg whose commits and rollbacks stay within the test's transaction.

The driver is in autocommit mode, so that it never says BEGIN or COMMIT; the test's transaction was begun by hand. One
savepoint stands for the transaction that the code under test believes to be in.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

from accord.infra.postgres.isolation.savepoints import BASE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

_WORK = "accord_work"
BEGIN = f"BEGIN; SAVEPOINT {BASE}; SAVEPOINT {_WORK}"
END = f"ROLLBACK TO SAVEPOINT {BASE}; ROLLBACK"
_COMMIT = f"RELEASE SAVEPOINT {_WORK}; SAVEPOINT {_WORK}"
_ROLLBACK = f"ROLLBACK TO SAVEPOINT {_WORK}"


class _Believing:
    """What both kinds of connection know of the transaction that the code believes to be in."""

    pgconn: Any
    _believes_autocommit = False
    _idle = True  # nothing was said since the last commit or rollback
    _blocks = 0  # open blocks of transaction()

    @property
    def autocommit(self) -> bool:
        return self._believes_autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self._set_autocommit(value)  # type: ignore[attr-defined]  # of the class beside; asyncio's refuses it

    def _start_query(self) -> Generator[Any, Any, None]:
        """Psycopg calls this before each statement, to begin a transaction where there is none."""
        yield from super()._start_query()  # type: ignore[misc]  # of the class beside this one
        if self._believes_autocommit and not self._blocks and not self._idle:
            yield from self._speak(self._settling())
        self._idle = False

    def _speak(self, text: str) -> Generator[Any, Any, None]:
        for statement in text.split("; "):  # psycopg takes one at a time here
            yield from self._exec_command(statement.encode())  # type: ignore[attr-defined]  # of the class beside

    def _settling(self) -> str:
        """What ends the statement before: each one is a transaction of its own where there is autocommit."""
        return _ROLLBACK if self.pgconn.transaction_status == TransactionStatus.INERROR else _COMMIT

    def _refuse_within_block(self, action: str) -> None:
        if self._blocks:
            raise psycopg.ProgrammingError(f"explicit {action}() forbidden within a transaction() block")


class RolledBackConnection(_Believing, psycopg.Connection[Any]):
    """A connection whose work is undone after the test; ``close()`` leaves it open for whoever is next."""

    def commit(self) -> None:
        self._refuse_within_block("commit")
        self._say(_COMMIT)

    def rollback(self) -> None:
        self._refuse_within_block("rollback")
        self._say(self._settling() if self._believes_autocommit else _ROLLBACK)

    def close(self) -> None:
        """As a real close does, undo what is not committed. The connection itself ends with the test."""
        if not self.closed and self.pgconn.transaction_status != TransactionStatus.IDLE:
            self._say(self._settling() if self._believes_autocommit else _ROLLBACK)

    def really_close(self) -> None:
        super().close()

    def set_autocommit(self, value: bool) -> None:  # noqa: FBT001 - psycopg's signature
        self._say(self._settling())
        self._believes_autocommit = value

    @contextmanager
    def transaction(self, savepoint_name: str | None = None, force_rollback: bool = False) -> Iterator[Any]:  # noqa: FBT001, FBT002 - the same
        commits = (self._idle or self._believes_autocommit) and not self._blocks
        if commits and not self._idle:
            self._say(self._settling())
        self._blocks += 1
        try:
            with super().transaction(savepoint_name, force_rollback) as block:
                yield block
        finally:
            self._blocks -= 1
        if commits:
            self.commit()

    def _say(self, text: str) -> None:
        with self.lock:
            result = self.pgconn.exec_(text.encode())  # all in one round trip
        if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.EMPTY_QUERY}:
            raise psycopg.errors.lookup((result.error_field(DiagnosticField.SQLSTATE) or b"XX000").decode())(
                (result.error_message or b"").decode("utf-8", "replace").strip()
            )
        self._idle = True

    def begin_test(self) -> None:
        self._believes_autocommit, self._blocks = False, 0
        self._say(BEGIN)

    def end_test(self) -> None:
        """Raises psycopg.Error when the code under test has ended the transaction itself."""
        self._say(END)


class AsyncRolledBackConnection(_Believing, psycopg.AsyncConnection[Any]):
    """The same for asyncio."""

    async def commit(self) -> None:
        self._refuse_within_block("commit")
        await self._say(_COMMIT)

    async def rollback(self) -> None:
        self._refuse_within_block("rollback")
        await self._say(self._settling() if self._believes_autocommit else _ROLLBACK)

    async def close(self) -> None:
        """As a real close does, undo what is not committed. The connection itself ends with the test."""
        if not self.closed and self.pgconn.transaction_status != TransactionStatus.IDLE:
            await self._say(self._settling() if self._believes_autocommit else _ROLLBACK)

    async def really_close(self) -> None:
        await super().close()

    async def set_autocommit(self, value: bool) -> None:  # noqa: FBT001 - psycopg's signature
        await self._say(self._settling())
        self._believes_autocommit = value

    @asynccontextmanager
    async def transaction(self, savepoint_name: str | None = None, force_rollback: bool = False) -> AsyncIterator[Any]:  # noqa: FBT001, FBT002 - the same
        commits = (self._idle or self._believes_autocommit) and not self._blocks
        if commits and not self._idle:
            await self._say(self._settling())
        self._blocks += 1
        try:
            async with super().transaction(savepoint_name, force_rollback) as block:
                yield block
        finally:
            self._blocks -= 1
        if commits:
            await self.commit()

    async def _say(self, text: str) -> None:
        async with self.lock:
            await self.wait(self._speak(text))
        self._idle = True

    async def begin_test(self) -> None:
        await self._say(BEGIN)

    async def end_test(self) -> None:
        """Raises psycopg.Error when the code under test has ended the transaction itself."""
        await self._say(END)
