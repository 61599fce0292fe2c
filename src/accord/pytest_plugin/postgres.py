"""Fixtures for PostgreSQL: a database of each test's own, from one server that a run's workers share."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from accord.infra import Database, DatabaseTemplate, PostgresServer

    Template: TypeAlias = "DatabaseTemplate | tuple[str, Callable[[str], None]] | None"

logger = logging.getLogger(__name__)

_FEWEST_CONNECTIONS = 100  # PostgreSQL's own default
_CONNECTIONS_PER_WORKER = 25


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """The run's PostgreSQL server; pytest-xdist's workers share one. It is gone when the run ends, however it ends."""
    from accord.infra import PostgresServer  # noqa: PLC0415 - most runs start no server, and all pay for imports above
    from accord.pytest_plugin.brokers import wished_server  # noqa: PLC0415 - as above

    asked = wished_server(request, "postgres")
    wished = {name: asked[name] for name in ("version", "strict") if name in asked}
    worker = getattr(request.config, "workerinput", None)  # set by pytest-xdist, in its workers alone
    if worker is None:
        server = PostgresServer(**wished)
    else:
        connections = max(_FEWEST_CONNECTIONS, _CONNECTIONS_PER_WORKER * worker["workercount"])
        server = PostgresServer(share=worker["testrunuid"], settings={"max_connections": str(connections)}, **wished)
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres_template() -> Template:
    """What the databases of tests are copied from. Override it to return ``(key, prepare)`` or a DatabaseTemplate.

    ``prepare(url)`` fills the database, once per run and key, whatever the number of workers: it runs the migrations.
    """
    return None


@pytest.fixture
def postgres(
    request: pytest.FixtureRequest, postgres_server: PostgresServer, postgres_template: Template
) -> Iterator[Database]:
    """A database of the test's own, dropped afterwards: ``postgres.url`` is ``postgresql://…``.

    ``postgres.server`` has ``kill()``, ``pause()``, ``restart()``; the next test finds it running again. A test that
    uses these and may run beside others (pytest-xdist) asks for ``postgres_alone`` instead.
    """
    yield from _database_of(request, postgres_server, postgres_template)


@pytest.fixture
def postgres_alone(request: pytest.FixtureRequest, postgres_template: Template) -> Iterator[Database]:
    """As ``postgres``, in a server of the test's own, which it may kill, pause and restart beside other tests."""
    from accord.core.errors import UsageError  # noqa: PLC0415 - as above
    from accord.infra import DatabaseTemplate, PostgresServer  # noqa: PLC0415 - as above

    if isinstance(postgres_template, DatabaseTemplate):
        raise UsageError(
            "postgres_alone has a server of its own, and the fixture postgres_template returned a template of another "
            "one. Return (key, prepare) from it instead."
        )
    with PostgresServer() as server:
        yield from _database_of(request, server, postgres_template)


def _database_of(request: pytest.FixtureRequest, server: PostgresServer, template: Template) -> Iterator[Database]:
    server.start()  # an earlier test may have stopped, killed or paused it
    made = server.template(*template) if isinstance(template, tuple) else template
    database = server.database(made, label=request.node.name)
    yield database
    _drop(database)


def _drop(database: Database) -> None:
    """Drop it, but never turn the test's outcome into an error: the name is unique, and the server goes at the end."""
    from accord.core.errors import AccordError  # noqa: PLC0415 - as above

    try:
        database.drop()
    except AccordError as error:
        logger.warning("the database %s was not dropped: %s", database.name, error)
