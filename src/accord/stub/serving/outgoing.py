"""The server's own calls, to proxied services and webhooks: only where they may go, and bounded."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

from accord.core.errors import AccordError, UsageError
from accord.core.http.messages import HttpRequest
from accord.stub.forwarding import split

if TYPE_CHECKING:
    from accord.core.http.client import HttpCaller
    from accord.core.http.messages import HttpResponse
    from accord.stub.forwarding import Targets
    from accord.stub.plan import Call

_MOST_CALLERS = 200
_PORTS = {"http": 80, "https": 443}


class RefusedTargetError(UsageError):
    """A call to where the server may not call."""


class Outgoing:
    """Makes calls; safe to use from several threads.

    Args:
        targets: where they may go.
        timeout: for one call, in seconds.
    """

    def __init__(self, targets: Targets, timeout: float) -> None:
        self._targets = targets
        self._timeout = timeout
        self._callers: dict[str, HttpCaller] = {}

    def call(self, call: Call) -> HttpResponse:
        """Make a call and give its answer.

        Raises:
            RefusedTargetError: it may not go there.
            AccordError: no answer, or none that can be used.
        """
        try:
            base, host, target = split(call.url)
        except ValueError as error:
            raise UsageError(str(error)) from None
        address = self._checked(host, base)
        headers = call.headers
        scheme, _, authority = base.partition("://")
        if not any(name.lower() == "host" for name, _ in headers):
            headers = (("Host", authority), *headers)
        if scheme == "http":  # to the address that was checked: the name may stand for another by now
            port = (
                authority[len(host) :].rpartition(":")[2]
                if authority.endswith(tuple("0123456789")) and ":" in authority.rpartition("]")[2]
                else "80"
            )
            literal = f"[{address}]" if ":" in address else address
            base = f"http://{literal}:{port}"
        return self._caller(base).call(HttpRequest(call.method, target, headers, call.body))

    def close(self) -> None:
        """Close the connections that are kept."""
        for each in self._callers.values():
            each.close()
        self._callers.clear()

    def _caller(self, base: str) -> HttpCaller:
        found = self._callers.get(base)
        if found is None:
            if len(self._callers) >= _MOST_CALLERS:
                self.close()
            from accord.core.http.client import HttpCaller  # noqa: PLC0415 - only who passes on needs a client

            found = self._callers[base] = HttpCaller(base, timeout=self._timeout)
        return found

    def _checked(self, host: str, base: str) -> str:
        """The address a host stands for."""
        addresses = _addresses(host, base)
        refusal = self._targets.refusal(host, addresses)
        if refusal is not None:
            raise RefusedTargetError(refusal)
        return addresses[0]


def _addresses(host: str, base: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, _PORTS[base.partition(":")[0]], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AccordError(f"the name {host!r} cannot be resolved: {error}") from None
    # IPv4 first: what listens on loopback in tests listens there.
    return sorted({str(each[4][0]) for each in found}, key=lambda each: (":" in each, each))
