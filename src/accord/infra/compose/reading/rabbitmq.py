"""A service of the image ``rabbitmq``."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from accord.infra.compose.plan import Service

if TYPE_CHECKING:
    from accord.infra.compose.reading.asked import Asked

_PORT, _MANAGEMENT = 5672, 15672


def read(asked: Asked) -> Service:
    """The server this service asks for."""
    user = asked.take("RABBITMQ_DEFAULT_USER") or "guest"
    password = asked.take("RABBITMQ_DEFAULT_PASS") or "guest"
    virtual_host = asked.take("RABBITMQ_DEFAULT_VHOST") or "/"
    asked.take("RABBITMQ_ERLANG_COOKIE", "RABBITMQ_NODENAME", "TZ", "LANG")
    asked.refuse_variables("the default user, password and virtual host are what can be set")
    if asked.command not in ([], ["rabbitmq-server"]):
        asked.refuse("command", "the server is started in Accord's way")
    storage = asked.take_mounts(PurePosixPath("/var/lib/rabbitmq"), PurePosixPath("/var/lib/rabbitmq/mnesia"))
    port, management = asked.take_port(_PORT), asked.take_port(_MANAGEMENT)
    asked.refuse_ports([_PORT, _MANAGEMENT])
    if management is None and "management" in asked.image.tag:
        asked.note("image", "the management plugin stays off, because port 15672 is not in `ports`")
    return Service(
        name=asked.name, resource="rabbitmq", image=asked.image.text, product="RabbitMQ", asked=asked.image.version,
        port=port, storage=storage, extra_port=management, user=user, password=password, database=virtual_host,
        after=asked.after,
    )  # fmt: skip
