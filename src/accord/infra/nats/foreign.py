"""What is asked of a NATS server that Accord has not started on this machine itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from accord.infra.nats.connection import NatsConnection

if TYPE_CHECKING:
    from accord.infra.addresses import Address

IMAGE = "nats:2"
SCHEMES = {"nats": (4222, False)}


def connected(address: Address) -> NatsConnection:
    """A connection to it.

    Raises:
        OSError: nothing answers there.
        ResourceError: it refuses.
    """
    return NatsConnection(address.port, host=address.host, user=address.user, password=address.password)


def ask_version(address: Address) -> str:
    """Its version."""
    with connected(address) as connection:
        return str(connection.server["version"])


def delete_streams(connection: NatsConnection, *, beginning: str = "") -> None:
    """Delete the streams whose names begin so, with all they hold."""
    names: list[str] = []
    while True:
        answer = connection.request("$JS.API.STREAM.NAMES", json.dumps({"offset": len(names)}))
        page = answer.get("streams") or []
        names += page
        if not page or len(names) >= answer.get("total", 0):
            break
    for name in names:
        if name.startswith(beginning):
            connection.request(f"$JS.API.STREAM.DELETE.{name}")
