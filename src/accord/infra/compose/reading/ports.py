"""The ports of a service: which port of this machine leads to which one inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError

if TYPE_CHECKING:
    from accord.infra.compose.remarks import Remarks

_SHORT = re.compile(
    r"(?:(?P<host>\[[^\]]*\]|[^:\[\]]*):)??(?:(?P<outside>[^:]*):)?(?P<inside>[^:/]+)(?:/(?P<protocol>\w+))?"
)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EVERYWHERE = ("0.0.0.0", "::", "*")  # noqa: S104 - read from a file, never listened on
_LARGEST = 65535


@dataclass(frozen=True)
class Mapping:
    """A port of this machine that leads inside.

    Attributes:
        outside: the port here; None where any will do.
        inside: the port in the container.
    """

    outside: int | None
    inside: int


def read_ports(value: Any, *, service: str, where: str, remarks: Remarks) -> list[Mapping]:
    """The mappings of a service.

    Args:
        value: of the key ``ports``.
        service: the service's name.
        where: what it is, for messages.
        remarks: told of addresses other than loopback.

    Raises:
        UsageError: it is no list of ports, or a port that is none.
    """
    if not isinstance(value, list):
        raise UsageError(f'{where}: expected a list such as - "5433:5432", seen {value!r}')
    found = []
    for number, each in enumerate(value):
        host, outside, inside, protocol = _parts(each, f"{where}[{number}]")
        if protocol != "tcp":
            raise UsageError(f"{where}[{number}]: {protocol} in {each!r}; the servers here listen on TCP alone")
        mapping = Mapping(
            _port(outside, each, f"{where}[{number}]") if outside else None, _port(inside, each, f"{where}[{number}]")
        )
        if host in _EVERYWHERE:
            remarks.note(service, "ports", f"{each} asks for every address of this machine; here it is 127.0.0.1 alone")
        elif host and host not in _LOOPBACK:
            remarks.refuse(service, "ports", f"{each} asks for the address {host}; servers here are on 127.0.0.1 alone")
        found.append(mapping)
    return found


def _parts(value: Any, where: str) -> tuple[str, str, str, str]:
    if isinstance(value, dict):
        unknown = sorted(set(value) - {"target", "published", "protocol", "host_ip", "mode", "name", "app_protocol"})
        if unknown or not value.get("target"):
            what = f"the key {unknown[0]!r} is not known" if unknown else "there is no target"
            raise UsageError(f"{where}: {what}; known: target, published, protocol, host_ip, mode")
        return (
            value.get("host_ip") or "",
            value.get("published") or "",
            value["target"],
            value.get("protocol") or "tcp",
        )
    match = _SHORT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise UsageError(f'{where}: {value!r} is no port; expected "5433:5432" (here, inside)')
    host = (match["host"] or "").strip("[]")
    return host, match["outside"] or "", match["inside"], match["protocol"] or "tcp"


def _port(text: str, whole: Any, where: str) -> int:
    if re.fullmatch(r"\d+-\d+", text):
        raise UsageError(
            f"{where}: {whole!r} is a range; a server here has one port: write it as one, such as 5433:5432"
        )
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= _LARGEST:
        raise UsageError(f"{where}: {text!r} in {whole!r} is no port; expected a number from 1 to {_LARGEST}")
    return int(text)
