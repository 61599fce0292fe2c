"""A Django project's migrations, and pointing a project at a test's database."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from accord.core.errors import UsageError
from accord.infra.postgres.connecting import load

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = "DJANGO_SETTINGS_MODULE"


def set_up(settings: str | None = None) -> None:
    """Load a project, unless that was done.

    Raises:
        UsageError: no settings are named.
        ResourceMissingError: Django is not installed.
    """
    django = load("django")
    if settings is not None:
        os.environ.setdefault(_VARIABLE, settings)
    if not os.environ.get(_VARIABLE) and not load("django.conf").settings.configured:
        raise UsageError(f'no Django settings are named: Migrations.django("project.settings"), or set {_VARIABLE}')
    if not load("django.apps").apps.ready:
        django.setup()


def migration_files(settings: str | None = None) -> list[Path]:
    """The files of all migrations of a project's applications, and Django's own version by way of its."""
    set_up(settings)
    loader = load("django.db.migrations.loader").MigrationLoader
    files: list[Path] = []
    for application in load("django.apps").apps.get_app_configs():
        name, _ = loader.migrations_module(application.label)
        if name is not None and (Path(application.path) / "migrations").is_dir():
            module = load(name)
            files += [file for folder in module.__path__ for file in sorted(Path(folder).glob("*.py"))]
    return files


def migrate(url: str, database: str = "default") -> None:
    """Run the migrations on the database at a URL."""
    with pointed_at(url, database):
        load("django.core.management").call_command("migrate", database=database, interactive=False, verbosity=0)


@contextmanager
def pointed_at(url: str, database: str = "default") -> Iterator[None]:
    """Let a project work in the database at a URL while the block runs.

    Args:
        url: such as ``postgres.url``.
        database: which of the project's databases.

    Raises:
        UsageError: the project has no such database, or it is not one of PostgreSQL.
    """
    set_up()
    connection = _connection(database)
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(_settings(url, before))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.clear()
        connection.settings_dict.update(before)


def _connection(database: str) -> Any:
    connections = load("django.db").connections
    if database not in connections:
        raise UsageError(f"the Django settings have no database {database!r}; there are {', '.join(connections)}")
    connection = connections[database]
    if connection.vendor != "postgresql":
        raise UsageError(
            f"the Django database {database!r} is one of {connection.vendor}; its ENGINE must be "
            "'django.db.backends.postgresql' to work on PostgreSQL"
        )
    return connection


def _settings(url: str, before: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(url)
    extra = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {**before.get("OPTIONS", {}), **extra},
    }
