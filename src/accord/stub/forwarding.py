"""Passing requests on: what is sent to a proxied service, what comes back, and where it may go."""

from __future__ import annotations

import ipaddress
from fnmatch import fnmatch
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from accord.stub.plan import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accord.core.http.messages import HttpResponse
    from accord.stub.requests import StubRequest
    from accord.stub.response_definition import ProxyTarget

HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "content-length", "expect",
    }
)  # fmt: skip
_OURS = ("x-accord-namespace",)


class Targets:
    """Which addresses the server may call on behalf of a mapping.

    Args:
        allowed: addresses, networks (``10.0.0.0/8``), ranges (``10.0.0.1-10.0.0.9``) and names with ``*`` that may
            be called although they are private.
        denied: the same, for those that may not be called at all.
    """

    def __init__(self, allowed: Iterable[str] = (), denied: Iterable[str] = ()) -> None:
        self._allowed = [each.strip() for each in allowed if each.strip()]
        self._denied = [each.strip() for each in denied if each.strip()]

    def allow(self, *more: str) -> None:
        """Allow more, such as what the command line itself names."""
        self._allowed += more

    def refusal(self, host: str, addresses: Sequence[str]) -> str | None:
        """Why a host must not be called; None where it may.

        Args:
            host: its name, as the URL has it.
            addresses: what the name stands for.
        """
        # One address that is denied is enough: it may be the one that is called.
        if any(_is(rule, host, [each]) for rule in self._denied for each in addresses or ("",)):
            return f"{host} is among the denied proxy targets (--deny-proxy-targets)"
        if any(_is(rule, host, addresses) for rule in self._allowed):
            return None
        private = [each for each in addresses if not _is_public(each)]
        if private:
            return (
                f"{host} is at {private[0]}, which is private, and the server may be used to reach what its caller "
                f"cannot. Allow it with --allow-proxy-targets {host}"
            )
        return None


def forwarded(
    request: StubRequest, target: ProxyTarget, base_url: str, *, keep_host: bool = False, keep_agent: bool = True
) -> Call:
    """The request to send to a proxied service.

    Args:
        request: what came.
        target: where it goes and what changes on the way.
        base_url: the target's, templates rendered.
        keep_host: send the client's Host header.
        keep_agent: send the client's User-Agent header.
    """
    path = request.target
    if target.prefix_to_remove:
        path = path.removeprefix(target.prefix_to_remove)
    if path and not path.startswith(("/", "?")):
        path = f"/{path}"
    added = {name.lower() for name, _ in target.added}
    left_out = HOP_BY_HOP | target.removed | added | set(_OURS)
    headers = [(name, value) for name, value in request.headers if name.lower() not in left_out]
    headers = [(name, value) for name, value in headers if keep_agent or name.lower() != "user-agent"]
    if not keep_host:
        headers = [(name, value) for name, value in headers if name.lower() != "host"]
    return Call(request.method, base_url.rstrip("/") + path, (*headers, *target.added), request.raw_body)


def passed_back(response: HttpResponse) -> tuple[tuple[str, str], ...]:
    """The headers of a proxied service's answer that are given to the client."""
    return tuple((name, value) for name, value in response.headers if name.lower() not in HOP_BY_HOP)


def split(url: str) -> tuple[str, str, str]:
    """Base URL, host and target of a URL.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an http or https URL")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", parts.hostname, target


def _is(rule: str, host: str, addresses: Sequence[str]) -> bool:
    if rule.lower() == host.lower() or ("*" in rule and fnmatch(host.lower(), rule.lower())):
        return True
    try:
        if "-" in rule:
            first, _, last = rule.partition("-")
            low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
            found = [ipaddress.ip_address(each) for each in addresses]
            return bool(found) and all(
                each.version == low.version and int(low) <= int(each) <= int(high) for each in found
            )
        network = ipaddress.ip_network(rule, strict=False)
        return bool(addresses) and all(ipaddress.ip_address(each) in network for each in addresses)
    except ValueError:
        return False


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return bool(mapped.is_global) and not mapped.is_multicast
