"""What a fresh server must hold before applications come: PostgreSQL's user, database and scripts."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accord.core.errors import ResourceError, UsageError
from accord.infra.compose import images
from accord.infra.postgres import clusters
from accord.infra.postgres.admin import driver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accord.infra.compose.plan import Service
    from accord.infra.running import Running

_READ = (".sql", ".sql.gz")
_SCRIPT_TIMEOUT = 600.0  # seconds for one script: it may load much
_SHOWN = 2000  # characters of what psql has said


def fill(service: Service, running: Running) -> None:
    """Make what the image would have made in an empty data directory.

    Raises:
        ResourceError: the server refused, or a script failed; with what was said.
    """
    if service.resource != images.POSTGRES:
        return
    _make_user_and_database(service, running)
    for script in scripts(service.scripts, service=service.name):
        _run(script, service, running)


def scripts(places: Iterable[str], *, service: str) -> list[Path]:
    """The scripts at these places, in the order the image runs them.

    Args:
        places: files and folders.
        service: the service's name, for messages.

    Raises:
        UsageError: there is no such place, or what is there is no script that can be run here.
    """
    found: list[Path] = []
    for place in map(Path, places):
        if not place.exists():
            raise UsageError(
                f"services.{service}.volumes: there is no {place}; check the path, seen from the compose file"
            )
        found += sorted(place.iterdir()) if place.is_dir() else [place]
    for each in found:
        if not each.name.endswith(_READ):
            raise UsageError(
                f"services.{service}.volumes: {each} is not run: only {' and '.join(_READ)} are, for there is no "
                "container to run programs in. Say it in SQL, or leave it out of the folder."
            )
    return found


def _make_user_and_database(service: Service, running: Running) -> None:
    psycopg = driver()
    sql, error = psycopg.sql, psycopg.Error
    address: dict[str, Any] = {
        "host": str(running.run.sockets), "port": running.port, "user": clusters.SUPERUSER, "dbname": "postgres",
    }  # fmt: skip
    try:
        with psycopg.connect(**address, autocommit=True) as connection:
            verb = "ALTER" if service.user == clusters.SUPERUSER else "CREATE"
            statement = sql.SQL(f"{verb} ROLE {{}} SUPERUSER LOGIN").format(sql.Identifier(service.user))
            if service.password:
                statement += sql.SQL(" PASSWORD {}").format(sql.Literal(service.password))
            connection.execute(statement)
            if service.database not in {"postgres", "template1"}:
                names = map(sql.Identifier, (service.database, service.user))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
    except error as problem:
        # Not the statement, which has the password in it.
        raise ResourceError(
            f"{service.name}: PostgreSQL refused to make the user {service.user!r} or the database "
            f"{service.database!r}: {str(problem).strip()}"
        ) from None


def _run(script: Path, service: Service, running: Running) -> None:
    psql = running.program.path.with_name("psql")
    if not psql.exists():
        raise ResourceError(f"{service.name}: {script.name} needs psql, which is not beside {running.program.path}")
    command = [
        str(psql),
        "--no-psqlrc",
        "--no-password",
        "--quiet",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        str(running.run.sockets),
    ]
    command += ["-p", str(running.port), "-U", service.user, "-d", service.database, "-f", "-"]
    try:
        done = _fed(command, script)
    except (OSError, EOFError, zlib.error, subprocess.TimeoutExpired) as error:
        raise ResourceError(f"{service.name}: {script} could not be run: {error}") from error
    if done.returncode:
        raise ResourceError(
            f"{service.name}: {script} failed (psql ended with {done.returncode}): "
            f"{done.stderr.replace('psql:<stdin>', script.name)[-_SHOWN:].strip()}"
        )


def _fed(command: list[str], script: Path) -> subprocess.CompletedProcess[str]:
    """Run psql with the script as its input, for its user may not be allowed to read the file."""
    with tempfile.TemporaryFile() as unpacked:
        if script.name.endswith(".gz"):
            with gzip.open(script, "rb") as packed:
                shutil.copyfileobj(packed, unpacked)
            unpacked.seek(0)
        with script.open("rb") as plain:
            return subprocess.run(
                command, stdin=unpacked if script.name.endswith(".gz") else plain, capture_output=True, text=True,
                errors="replace", env=clusters.environment(), cwd=script.parent, timeout=_SCRIPT_TIMEOUT, check=False,
            )  # fmt: skip
