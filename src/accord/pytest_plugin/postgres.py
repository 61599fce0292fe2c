"""Fixtures for PostgreSQL: each test kept apart from others by one word, on one server that a run's workers share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accord.pytest_plugin.brokers import wished_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from accord.infra import Database, DatabaseTemplate
    from accord.infra.postgres.isolation.words import Isolation
    from accord.infra.postgres.making import DatabaseMaker

    Template: TypeAlias = "DatabaseTemplate | tuple[str, Callable[[str], None]] | None"

MARKER = (
    'postgres(word, restart_sequences=False): how Accord keeps this test apart from others on PostgreSQL: "clone", '
    '"rollback", "schema", "truncate" or "delete"; restart_sequences belongs to "delete".'
)
_FEWEST_CONNECTIONS = 100  # PostgreSQL's own default
_CONNECTIONS_PER_WORKER = 25


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[DatabaseMaker]:
    """The run's PostgreSQL server; pytest-xdist's workers share one. It is gone when the run ends, however it ends.

    The configuration (``[tool.accord.postgres]``, ``ACCORD_POSTGRES_URL``) may name one that is there already; then
    what the run makes in it is gone at the end.
    """
    from accord.core.configuration import load_configuration  # noqa: PLC0415 - most runs start no server
    from accord.infra.postgres import provider  # noqa: PLC0415 - as above, and all pay for imports above
    from accord.infra.settings import ServerSettings  # noqa: PLC0415 - as above

    worker = getattr(request.config, "workerinput", None)  # set by pytest-xdist, in its workers alone
    configuration = load_configuration(request.config.rootpath)
    with provider.start(
        ServerSettings.read("postgres", configuration.postgres),
        share=worker["testrunuid"] if worker else None,
        settings=_connections_for(worker["workercount"]) if worker else None,
        refused_hosts=configuration.refused_hosts,
    ) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template() -> Template:
    """What the databases of tests are copied from. Override it to return ``(key, prepare)`` or a DatabaseTemplate.

    ``prepare(url)`` fills the database, once per run and key, whatever the number of workers: it runs the migrations.
    ``accord.infra.Migrations`` makes both for Alembic, Django and files of SQL.
    """
    return None


@pytest.fixture(scope="session")
def postgres_isolation() -> str:
    """How tests are kept apart. Override it for a project or a folder; ``@pytest.mark.postgres("…")`` for one test."""
    return "clone"


@pytest.fixture(scope="session")
def _postgres_shared(postgres_server: DatabaseMaker) -> Iterator[Isolation]:
    """What the tests of this worker share: databases made ahead, and those that are used again."""
    from accord.infra.postgres.isolation.words import Isolation  # noqa: PLC0415 - most runs start no server

    shared = Isolation(postgres_server)
    yield shared
    shared.close()


@pytest.fixture
def postgres(
    request: pytest.FixtureRequest, _postgres_shared: Isolation, postgres_template: Template, postgres_isolation: str
) -> Iterator[Any]:
    """A database of the test's own, gone afterwards: ``postgres.url`` is ``postgresql://…``.

    ``postgres.server`` has ``kill()``, ``pause()``, ``restart()``; the next test finds it running again. A test that
    uses these and may run beside others (pytest-xdist) asks for ``postgres_alone`` instead.
    """
    with _postgres_shared.test(
        source=postgres_template, label=request.node.name, **_asked(request, postgres_isolation)
    ) as database:
        yield database


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
    wanted = wished_server(request, "postgres", alone=True)
    with PostgresServer(version=wanted.get("version"), strict=wanted.get("strict", False)) as server:
        made = server.template(*postgres_template) if postgres_template is not None else None
        yield server.database(made, label=request.node.name)  # it goes with the server


def _asked(request: pytest.FixtureRequest, usual: str) -> dict[str, Any]:
    """The word for this test, from the nearest mark, and its options."""
    mark = request.node.get_closest_marker("postgres")
    if mark is None:
        return {"word": usual}
    if len(mark.args) != 1 or set(mark.kwargs) - {"restart_sequences"}:
        from accord.core.errors import UsageError  # noqa: PLC0415 - as above

        raise UsageError(
            f'@pytest.mark.postgres takes one word, and restart_sequences with "delete"; seen {mark.args} {mark.kwargs}'
        )
    return {"word": mark.args[0], **mark.kwargs}


def _connections_for(workers: int) -> dict[str, str]:
    return {"max_connections": str(max(_FEWEST_CONNECTIONS, _CONNECTIONS_PER_WORKER * workers))}
