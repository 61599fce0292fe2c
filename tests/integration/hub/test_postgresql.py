"""The hub's connections to PostgreSQL: planned as the hub wants it, and through PgBouncer too."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from accord import poll_until
from accord.hub.storage.database import PLANNING, location_of, open_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from accord.infra import PostgresServer


@pytest.fixture
def pgbouncer(postgres_server: PostgresServer, tmp_path: Path) -> Iterator[str]:
    """The URL of a PgBouncer before the tests' server, with its own defaults."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("PgBouncer is not installed")
    server = make_url(postgres_server.url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = tmp_path / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port} user={server.username}\n"
        f"[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port={port}\nauth_type=any\nunix_socket_dir=\n"
    )
    command = [program, *(["-u", "nobody"] if os.geteuid() == 0 else []), str(settings)]
    log = tmp_path / "pgbouncer.log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            poll_until(lambda: _listens(port, process), description="PgBouncer")
            yield server.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        finally:
            process.terminate()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "PgBouncer ended"
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def planning(connection: Connection) -> dict[str, str]:
    return {name: str(connection.execute(text(f"SHOW {name}")).scalar()) for name in PLANNING}


@pytest.mark.parametrize("way", ["directly", "pgbouncer"])
async def test_each_connection_plans_as_the_hub_wants(way: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("pgbouncer") if way == "pgbouncer" else request.getfixturevalue("postgres_server").url
    database = open_database(location_of(url))
    try:
        assert await database.read(planning) == PLANNING
        assert await database.write(planning) == PLANNING
    finally:
        await database.close()
