"""A service of the images ``redis`` and ``valkey/valkey``."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from accord.infra.compose.plan import Service

if TYPE_CHECKING:
    from accord.infra.compose.reading.asked import Asked

_PORT = 6379
_PROGRAMS = ("redis-server", "valkey-server", "docker-entrypoint.sh")
_OURS = (
    "bind",
    "daemonize",
    "dir",
    "include",
    "logfile",
    "pidfile",
    "port",
    "tls-port",
    "unixsocket",
    "unixsocketperm",
)
_DOCKER = {"databases": "16"}  # Accord's own servers for tests have more


def read(asked: Asked, *, product: str) -> Service:
    """The server this service asks for.

    Args:
        asked: the service.
        product: what the image has.
    """
    asked.take("TZ", "LANG", "ALLOW_EMPTY_PASSWORD")
    extra = asked.take("VALKEY_EXTRA_FLAGS")
    if extra:
        asked.command += extra.split()
    asked.refuse_variables("say settings in `command`, such as redis-server --requirepass …")
    settings = {**_DOCKER, **_options(asked)}
    if "user" in settings:
        asked.refuse("command", "users are not made here; `--requirepass` is")
        del settings["user"]
    storage = asked.take_mounts(PurePosixPath("/data"))
    port = asked.take_port(_PORT)
    asked.refuse_ports([_PORT])
    return Service(
        name=asked.name, resource="valkey", image=asked.image.text, product=product, asked=asked.image.version,
        port=port, storage=storage, password=settings.get("requirepass", ""),
        settings=tuple(sorted(settings.items())), after=asked.after,
    )  # fmt: skip


def _options(asked: Asked) -> dict[str, str]:
    """The settings of ``redis-server --name value…``: several values of one name are one, with spaces between."""
    words = list(asked.command)
    while words and words[0] in _PROGRAMS:
        words.pop(0)
    found: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name, _, value = word[2:].lower().partition("=")
            found[name] = [value] if value else []
        elif name:
            found[name].append(word)
        else:
            asked.refuse("command", f"{word!r} is not read: write its settings as --name value")
    for each in [*found]:
        if each in _OURS:
            asked.refuse("command", f"--{each} is Accord's own; name the port in `ports`")
            del found[each]
    return {each: " ".join(values) for each, values in found.items()}
