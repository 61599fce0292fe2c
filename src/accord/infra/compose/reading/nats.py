"""A service of the image ``nats``."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from accord.infra.compose.plan import Service

if TYPE_CHECKING:
    from accord.infra.compose.reading.asked import Asked

_PORT, _MONITORING = 4222, 8222
# JetStream is on anyway, its folder and the server's name are Accord's; logging is as it is.
_WITHOUT_VALUE = ("-js", "--jetstream", "-D", "--debug", "-V", "--trace", "-DV", "-T", "--logtime")
_PASSED_OVER = ("-sd", "--store_dir", "-n", "--name", "--server_name", "-a", "--addr", "--net")
_USERS = {"--user": "user", "--pass": "password"}
_MONITORS = ("-m", "--http_port")


def read(asked: Asked) -> Service:
    """The server this service asks for."""
    asked.take("TZ", "LANG", "NATS_VERSION")
    asked.refuse_variables("the image reads none; say options in `command`")
    credentials = _options(asked)
    storage = asked.take_mounts(PurePosixPath("/data"), PurePosixPath("/tmp/nats"))  # noqa: S108 - read from a file
    port, monitoring = asked.take_port(_PORT), asked.take_port(_MONITORING)
    asked.refuse_ports([_PORT, _MONITORING])
    return Service(
        name=asked.name, resource="nats", image=asked.image.text, product="NATS", asked=asked.image.version,
        port=port, storage=storage, extra_port=monitoring, after=asked.after, user=credentials.get("user", ""),
        password=credentials.get("password", ""),
    )  # fmt: skip


def _options(asked: Asked) -> dict[str, str]:
    words = list(asked.command)
    if words[:1] in (["nats-server"], ["docker-entrypoint.sh"]):
        words.pop(0)
    found: dict[str, str] = {}
    while words:
        option, sign, value = words.pop(0).partition("=")
        option = option if option.startswith("--") or len(option.lstrip("-")) < 4 else f"-{option}"  # noqa: PLR2004 - -user is --user to Go
        if option in _WITHOUT_VALUE:
            continue
        if option in {*_PASSED_OVER, *_USERS, *_MONITORS}:
            value = value if sign else words.pop(0) if words else ""
            if option in _USERS:
                found[_USERS[option]] = value
            elif option in _MONITORS and value != str(_MONITORING):
                asked.refuse("command", f"{option} {value}: monitoring is on {_MONITORING} inside")
            continue
        asked.refuse("command", f"{option} is no option that has its equal here")
    return found
