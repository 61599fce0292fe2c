"""A connection of asyncpg whose work stays within the test's transaction.

asyncpg turns ``transaction()`` into a savepoint by itself where a transaction is open. What is left to do is what the
driver does outside of them: there every statement is a transaction of its own, so that one that fails harms no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg.transaction import Transaction

from accord.core.errors import IsolationError
from accord.infra.postgres.isolation.savepoints import BASE, Savepoints, advice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class _Block(Transaction):  # type: ignore[misc]  # asyncpg has no types
    """A transaction of the code under test, which is a savepoint here."""

    async def start(self) -> None:
        self._connection.savepoints.begin(self)  # refuses what runs beside another one
        self._connection.blocks += 1
        await super().start()

    async def commit(self) -> None:
        with self._connection.savepoints.committing(self):
            await super().commit()
        self._connection.blocks -= 1

    async def rollback(self) -> None:
        with self._connection.savepoints.rolling_back(self):
            await super().rollback()
        self._connection.blocks -= 1


class RolledBackAsyncpg(asyncpg.Connection):  # type: ignore[misc]  # the same
    """A connection whose work is undone after the test; ``close()`` leaves it open for whoever is next."""

    savepoints: Savepoints
    blocks: int

    async def begin_test(self, savepoints: Savepoints) -> None:
        self.savepoints, self.blocks = savepoints, 1
        await super().transaction().start()  # to asyncpg everything that follows is nested
        await super().execute(f"SAVEPOINT {BASE}")
        self.blocks = 0

    async def end_test(self) -> None:
        """Raises asyncpg.PostgresError when the code under test has ended the transaction itself."""
        await super().execute(f"ROLLBACK TO SAVEPOINT {BASE}")

    def transaction(self, *, isolation: str | None = None, readonly: bool = False, deferrable: bool = False) -> _Block:
        if isolation not in {None, "read_committed"} or readonly or deferrable:
            raise IsolationError(advice("A transaction of another isolation level was asked for, or one to read only."))
        return _Block(self, None, False, False)

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await self._apart(super().execute, *arguments, **options)

    async def executemany(self, *arguments: Any, **options: Any) -> Any:
        return await self._apart(super().executemany, *arguments, **options)

    async def fetch(self, *arguments: Any, **options: Any) -> Any:
        return await self._apart(super().fetch, *arguments, **options)

    async def fetchval(self, *arguments: Any, **options: Any) -> Any:
        return await self._apart(super().fetchval, *arguments, **options)

    async def fetchrow(self, *arguments: Any, **options: Any) -> Any:
        return await self._apart(super().fetchrow, *arguments, **options)

    async def copy_records_to_table(self, *arguments: Any, **options: Any) -> Any:
        return await self._apart(super().copy_records_to_table, *arguments, **options)

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's signature
        """Nothing: the connection ends with the test."""

    async def really_close(self) -> None:
        await super().close()

    async def _apart(self, call: Callable[..., Awaitable[Any]], *arguments: Any, **options: Any) -> Any:
        if self.blocks:
            return await call(*arguments, **options)
        self.blocks += 1  # asyncpg's own transactions come through here too
        try:
            async with super().transaction():
                return await call(*arguments, **options)
        finally:
            self.blocks -= 1
