"""What is asked of a Valkey or Redis that Accord has not started on this machine itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accord.core.errors import ResourceError
from accord.infra.valkey.connection import ValkeyConnection

if TYPE_CHECKING:
    from accord.infra.addresses import Address

IMAGE = "valkey/valkey:9"
SCHEMES = {"redis": (6379, False), "rediss": (6379, True), "valkey": (6379, False), "valkeys": (6379, True)}
_AT_ONCE = "500"  # keys of one answer


def ask_version(address: Address) -> str:
    """Its version."""
    with ValkeyConnection(address) as connection:
        told = str(connection.ask("INFO", "server"))
    found = re.search(r"valkey_version:(\S+)", told) or re.search(r"redis_version:(\S+)", told)
    if found is None:
        raise ResourceError(f"what answers at {address.shown} names no version")
    return found[1]


def delete_keys(address: Address, beginning: str) -> None:
    """Delete the keys of the URL's database that begin so."""
    pattern = re.sub(r"([*?\[\]\\^-])", r"\\\1", beginning) + "*"
    position = "0"
    with ValkeyConnection(address) as connection:
        while True:
            answer = connection.ask("SCAN", position, "MATCH", pattern, "COUNT", _AT_ONCE)
            assert isinstance(answer, list)  # noqa: S101 - the protocol's answer: a position and keys
            position, keys = str(answer[0]), answer[1]
            if isinstance(keys, list) and keys:
                connection.ask("UNLINK", *map(str, keys))
            if position == "0":
                return
