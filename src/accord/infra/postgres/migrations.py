"""What a project's migrations make, as the key and the function a template of databases is made from.

The key is a hash of the migrations: as long as they do not change, one template serves all tests.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from accord.core.errors import UsageError
from accord.infra.postgres.admin import driver
from accord.infra.postgres.connecting import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ENVIRONMENT = threading.Lock()  # one at a time may change this process's environment
_PSQL_COMMAND = "\\"


class Migrations(NamedTuple):
    """A key and a function that fills the empty database at a URL; what ``postgres_template`` returns."""

    key: str
    prepare: Callable[[str], None]

    @classmethod
    def sql(cls, *paths: str | os.PathLike[str]) -> Migrations:
        """Files of SQL, in this order; of a folder all ``*.sql`` in the order of their names.

        Raises:
            UsageError: there is no such file, none in the folder, or it holds commands of psql instead of SQL.
        """
        files = [file for path in paths for file in _sql_files(Path(path))]
        if not files:
            raise UsageError("Migrations.sql() needs at least one file or folder of SQL")
        for file in files:
            _refuse_psql(file)
        return cls(f"sql-{_hash(files)}", lambda url: _execute(files, url))

    @classmethod
    def by(cls, prepare: Callable[[str], None], *folders: str | os.PathLike[str]) -> Migrations:
        """Migrations of any kind, run by a function of the project.

        Args:
            prepare: gets the URL of an empty database.
            folders: files, and folders with all that is below them, that a change of the migrations would change.

        Raises:
            UsageError: there is nothing in them.
        """
        files = sorted(file for folder in folders for file in _all_files(Path(folder)))
        if not files:
            raise UsageError(f"there are no migrations in {', '.join(map(str, folders)) or 'no folder at all'}")
        return cls(f"{files[0].parent.name}-{_hash(files)}", prepare)

    @classmethod
    def alembic(
        cls, ini: str | os.PathLike[str] = "alembic.ini", *, revision: str = "head", url_variable: str | None = None
    ) -> Migrations:
        """Alembic's migrations up to a revision.

        Args:
            ini: the configuration, which names the folder of scripts. Its ``sqlalchemy.url`` is replaced; the driver
                in it stays.
            revision: up to which one.
            url_variable: the environment variable that ``env.py`` takes the URL from, if it does.

        Raises:
            UsageError: there is no such file, or it names no scripts.
            ResourceMissingError: Alembic is not installed.
        """
        path = Path(ini).absolute()
        if not path.is_file():
            raise UsageError(f"there is no {path}; name the alembic.ini of the project, or run pytest where it lies")
        files = _alembic_files(path)
        return cls(f"alembic-{revision}-{_hash(files)}", lambda url: _upgrade(path, url, revision, url_variable))

    @classmethod
    def django(cls, settings: str | None = None, *, database: str = "default") -> Migrations:
        """The migrations of a Django project's applications.

        Args:
            settings: its settings' module; by default ``DJANGO_SETTINGS_MODULE`` names it.
            database: which of its databases.

        Raises:
            UsageError: no settings are named, or they have no such database.
            ResourceMissingError: Django is not installed.
        """
        from accord.infra.postgres import django_project  # noqa: PLC0415 - only who uses Django pays for it

        key = f"django-{database}-{_hash(django_project.migration_files(settings))}"
        return cls(key, lambda url: django_project.migrate(url, database))


def _all_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def _sql_files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("*.sql"))
        if not found:
            raise UsageError(f"there is no *.sql in {path.absolute()}")
        return found
    if not path.is_file():
        raise UsageError(f"there is no file or folder {path.absolute()}")
    return [path]


def _hash(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _refuse_psql(file: Path) -> None:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(_PSQL_COMMAND):
            raise UsageError(
                f"{file}:{number}: {line.strip()!r} is a command of psql; plain SQL was expected. From pg_dump take "
                "`--inserts` (no COPY from the file) and leave lines out that begin with a backslash."
            )


def _execute(files: list[Path], url: str) -> None:
    with driver().connect(url, autocommit=True) as connection:
        for file in files:
            try:
                connection.execute(file.read_text(encoding="utf-8"))
            except driver().Error as error:
                raise UsageError(f"{file}: {str(error).strip()}") from error


def _alembic_config(ini: Path) -> Any:
    config = load("alembic.config").Config(str(ini))
    scripts = config.get_main_option("script_location")
    if not scripts:
        raise UsageError(f"{ini} names no script_location")
    if ":" not in scripts and not Path(scripts).is_absolute():  # a colon: within a package
        config.set_main_option("script_location", str(ini.parent / scripts).replace("%", "%%"))
    return config


def _alembic_files(ini: Path) -> list[Path]:
    scripts = load("alembic.script").ScriptDirectory.from_config(_alembic_config(ini))
    folders = {Path(scripts.dir), *map(Path, scripts.version_locations or [])}
    found = {file for folder in folders for kind in ("*.py", "*.sql") for file in folder.rglob(kind)}
    return [ini, *sorted(found)]


def _upgrade(ini: Path, url: str, revision: str, url_variable: str | None) -> None:
    config = _alembic_config(ini)
    given = config.get_main_option("sqlalchemy.url") or ""
    scheme = given.partition("://")[0]
    if not scheme.startswith("postgresql+"):
        scheme = "postgresql+psycopg"  # what we have; plain postgresql:// means psycopg2 to SQLAlchemy before 2.1
    full = url.replace("postgresql", scheme, 1)
    config.set_main_option("sqlalchemy.url", full.replace("%", "%%"))
    with _variable(url_variable, full), _logging_kept():
        _in_a_thread(lambda: load("alembic.command").upgrade(config, revision))


def _in_a_thread(work: Callable[[], None]) -> None:
    """env.py may call asyncio.run(), which refuses a thread whose loop is running, as a test's may be."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below, SystemExit too
            failures.append(error)

    thread = threading.Thread(target=run, name="accord-migrations")
    thread.start()
    thread.join()
    if failures:
        raise failures[0] if isinstance(failures[0], Exception) else RuntimeError(repr(failures[0]))


@contextmanager
def _variable(name: str | None, value: str) -> Iterator[None]:
    if name is None:
        yield
        return
    with _ENVIRONMENT:
        before = os.environ.get(name)
        os.environ[name] = value
        try:
            yield
        finally:
            if before is None:
                with contextlib.suppress(KeyError):
                    del os.environ[name]
            else:
                os.environ[name] = before


@contextmanager
def _logging_kept() -> Iterator[None]:
    """Undo what env.py does to logging: fileConfig() takes the root's handlers and silences every other logger."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loggers = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    silenced = {logger: logger.disabled for logger in loggers}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for logger, disabled in silenced.items():
            logger.disabled = disabled
