"""A service of the image ``postgres``."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from accord.core.errors import UsageError
from accord.infra.compose.plan import Service

if TYPE_CHECKING:
    from accord.infra.compose.reading.asked import Asked
    from accord.infra.compose.reading.mounts import Mount

_PORT = 5432
_DATA = (PurePosixPath("/var/lib/postgresql/data"), PurePosixPath("/var/lib/postgresql"))
_SCRIPTS = PurePosixPath("/docker-entrypoint-initdb.d")
_SETTING = re.compile(r"(?:--)?([a-z][\w.-]*)=(.*)", re.DOTALL | re.IGNORECASE)
_SHORT = {"-c": "", "-N": "max_connections=", "-B": "shared_buffers="}  # options whose value is the next word
# As PostgreSQL has them itself, for an environment runs longer than a test; where data need not survive the machine,
# nothing is forced to disk.
SETTINGS = {
    "autovacuum": "on",
    "max_logical_replication_workers": "4",
    "max_wal_senders": "10",
    "max_wal_size": "1GB",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "128MB",
    "wal_level": "replica",
}
_OURS = (
    "hba_file",
    "listen_addresses",
    "port",
    "unix_socket_directories",
    "data_directory",
    "config_file",
    "ident_file",
)
_HOSTS = ("md5", "scram-sha-256", "password", "trust")


def read(asked: Asked) -> Service:
    """The server this service asks for.

    Raises:
        UsageError: it has no password, or options that are none.
    """
    user = asked.take("POSTGRES_USER") or "postgres"
    password = asked.take("POSTGRES_PASSWORD")
    database = asked.take("POSTGRES_DB") or user
    method = asked.take("POSTGRES_HOST_AUTH_METHOD") or "scram-sha-256"
    if method not in _HOSTS:
        asked.refuse("environment.POSTGRES_HOST_AUTH_METHOD", f"{method!r} is none of {', '.join(_HOSTS)}")
    if not password and method != "trust" and "POSTGRES_PASSWORD_FILE" not in asked.environment:
        raise UsageError(
            f"services.{asked.name}.environment: POSTGRES_PASSWORD is missing, and the image does not start without. "
            "Set it, or POSTGRES_HOST_AUTH_METHOD: trust"
        )
    for name in ("PGDATA", "TZ", "PGTZ"):
        if asked.environment.pop(name, None):
            asked.note(f"environment.{name}", "passed over: the data directory and the time zone (UTC) are Accord's")
    asked.refuse_variables("set it with `command: postgres -c NAME=VALUE` where it is a setting")
    settings = {**SETTINGS, **_options(asked)}
    scripts = tuple(each.source for each in _scripts(asked))
    storage = asked.take_mounts(*_DATA)
    port = asked.take_port(_PORT)
    asked.refuse_ports([_PORT])
    return Service(
        name=asked.name, resource="postgres", image=asked.image.text, product="PostgreSQL",
        asked=asked.image.version, port=port, storage=storage, user=user, password=password,
        trusting=method == "trust", database=database, settings=tuple(sorted(settings.items())), scripts=scripts,
        after=asked.after,
    )  # fmt: skip


def _scripts(asked: Asked) -> list[Mount]:
    scripts = [each for each in asked.mounts if each.kind == "bind" and each.target.is_relative_to(_SCRIPTS)]
    asked.mounts = [each for each in asked.mounts if each not in scripts]
    return sorted(scripts, key=lambda each: str(each.target))


def _options(asked: Asked) -> dict[str, str]:
    """The settings of ``postgres -c name=value``, in each of the ways PostgreSQL takes them."""
    words = list(asked.command)
    while words[:1] in (["docker-entrypoint.sh"], ["postgres"]):
        words.pop(0)
    found: dict[str, str] = {}
    while words:
        word = words.pop(0)
        if word in {"-F", "-i"}:  # no fsync, which is so anyway; on TCP, the same
            continue
        if word in _SHORT and words:
            word = _SHORT[word] + words.pop(0)
        match = _SETTING.fullmatch(word.removeprefix("-c"))
        if match is None:
            asked.refuse("command", f"{word!r} is no setting of PostgreSQL as `-c NAME=VALUE`")
        elif (name := match[1].lower().replace("-", "_")) in _OURS:
            asked.refuse("command", f"{name} is Accord's own; name the port in `ports`")
        else:
            found[name] = match[2]
    return found
