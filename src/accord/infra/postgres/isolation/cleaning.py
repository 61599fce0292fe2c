"""One database for all tests of a worker, emptied after each of them: by TRUNCATE, or by DELETE where rows are few."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError
from accord.infra.postgres.admin import driver, is_usable
from accord.infra.postgres.isolation.tables import take_inventory

if TYPE_CHECKING:
    import psycopg

    from accord.infra.postgres.database import Database
    from accord.infra.postgres.isolation.tables import Inventory

logger = logging.getLogger(__name__)

_LOCK_TIMEOUT = 250  # milliseconds before whoever left a transaction open is ended
_IDLERS = """
    SELECT pid, query, pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"""
_RUNNING = """
    SELECT coalesce(string_agg(format('%s: %s', pid, left(query, 200)), '; '), 'nobody that is seen')
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""


class Cleaner:
    """Empties a database, and puts the rows back that its migrations had put there."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection = _connect(database)
        self._inventory: Inventory = take_inventory(self._connection)

    def truncate(self) -> None:
        """Empty all tables in one statement; sequences start again.

        Raises:
            ResourceError: somebody still works in the database.
        """
        if tables := ", ".join(table.name for table in self._inventory.tables):
            self._clean([f"TRUNCATE {tables} RESTART IDENTITY CASCADE", *self._resets(fresh=True), *self._refills()])

    def delete(self, *, restart_sequences: bool = False) -> None:
        """Delete the rows of the tables that have any, those that refer to others first.

        Args:
            restart_sequences: let sequences go on where the migrations left them, as TRUNCATE does.

        Raises:
            ResourceError: somebody still works in the database, or a trigger refuses the deletion.
        """
        names = [table.name for table in self._inventory.tables]
        self._connect_again_if_needed()
        statements = [*_deletion(self._filled(names)), *self._refills()]
        if restart_sequences:
            statements += self._resets(fresh=False)
        self._clean(statements)

    def close(self) -> None:
        self._connection.close()

    def _filled(self, names: list[str]) -> list[str]:
        """Which of the tables have rows."""
        if not names:
            return []
        looks = ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in names)  # noqa: S608 - quoted names
        row = self._ask(f"SELECT ARRAY[{looks}]")[0][0]
        return [name for name, filled in zip(names, row, strict=True) if filled]

    def _refills(self) -> list[str]:
        return [table.seeds for table in self._inventory.seeded if table.seeds]

    def _resets(self, *, fresh: bool) -> list[str]:
        """Set sequences to where the migrations left them; those they did not use start again with TRUNCATE."""
        return [
            f"SELECT setval({_text(name)}, {start if value is None else value}, {value is not None})"
            for name, (start, value) in self._inventory.sequences.items()
            if value is not None or not fresh
        ]

    def _clean(self, statements: list[str]) -> None:
        psycopg = driver()
        if not statements:
            return
        self._connect_again_if_needed()
        text = "; ".join(statements)
        try:
            self._ask(text)
        except psycopg.errors.LockNotAvailable:
            for pid, query, _ in self._ask(_IDLERS):
                logger.warning("ended connection %s, which the test left in a transaction; it had said: %s", pid, query)
            try:
                self._ask(text)
            except psycopg.errors.LockNotAvailable as error:
                raise ResourceError(
                    f"the database {self.database.name} cannot be emptied after the test, because it still works "
                    f"there: {self._ask(_RUNNING)[0][0]}. End what the test has started before it ends, or take "
                    '@pytest.mark.postgres("clone").'
                ) from error
        except psycopg.Error as error:
            raise ResourceError(
                f"the database {self.database.name} cannot be emptied after the test: {str(error).strip()}. "
                'Take @pytest.mark.postgres("clone") where tables do not let go of their rows.'
            ) from error

    def _connect_again_if_needed(self) -> None:
        if not is_usable(self._connection):  # the test has killed or restarted the server
            self._connection.close()
            self.database.server.start()
            self._connection = _connect(self.database)

    def _ask(self, text: str) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(text)
        return cursor.fetchall() if cursor.description else []


def _deletion(names: list[str]) -> list[str]:
    """One statement, so that foreign keys are checked when all is gone: circles of them are no obstacle."""
    if not names:
        return []
    *others, last = names
    parts = ", ".join(f"part_{number} AS (DELETE FROM {name})" for number, name in enumerate(others))  # noqa: S608 - quoted
    return [f"{f'WITH {parts} ' if parts else ''}DELETE FROM {last}"]  # noqa: S608 - quoted names


def _connect(database: Database) -> psycopg.Connection[Any]:
    connection: psycopg.Connection[Any] = driver().connect(database.url, autocommit=True, application_name="accord")
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and row[0]:  # no trigger fires for what is put back, and the order of foreign keys does not matter
        connection.execute("SET session_replication_role = replica")
    connection.execute(f"SET lock_timeout = {_LOCK_TIMEOUT}")
    return connection


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
