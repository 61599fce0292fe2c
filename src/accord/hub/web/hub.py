"""What every route needs: the database, the settings, the clock, and the addresses for the request at hand."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from accord.hub.domain.webhooks import Rules
from accord.hub.service.moment import Moment
from accord.hub.wire.addresses import Addresses

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection
    from starlette.requests import Request

    from accord.hub.storage.database import Database

P = ParamSpec("P")
T = TypeVar("T")

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?\Z|\[[0-9A-Fa-f:.]+\](:\d{1,5})?\Z")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*\Z")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """How the hub answers.

    Attributes:
        base_url: what links begin with; None: what the request's host and its forwarded headers say.
        read_only: nothing can be changed.
        rules: what webhooks may call.
        most_body: bytes of a request's body.
        body_seconds: how long a body may take to come.
    """

    base_url: str | None = None
    read_only: bool = False
    rules: Rules = field(default_factory=Rules)
    most_body: int = 20 * 1024 * 1024
    body_seconds: float = 30.0


@dataclass(slots=True)
class Hub:
    """A running hub, as routes see it."""

    database: Database
    settings: WebSettings = field(default_factory=WebSettings)
    clock: Callable[[], int] = field(default=lambda: time.time_ns() // 1000)
    send: Callable[..., Any] | None = None
    """Sends a webhook's request at once; see accord.hub.app.sending."""
    metrics: Callable[[], bytes] = bytes
    """All figures in Prometheus' format."""
    url: str | None = None
    """Where it is reached, for what it does by itself; None until it listens."""
    queued: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something was put in the queue of webhooks."""

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work that only reads."""
        return await self.database.read(work, *args, **kwargs)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run work in one transaction."""
        return await self.database.write(work, *args, **kwargs)


def hub_of(request: Request) -> Hub:
    """The hub that a request came to."""
    hub: Hub = request.app.state.hub
    return hub


def addresses_of(request: Request) -> Addresses:
    """Addresses that lead back to where the request came from, through proxies too."""
    configured = hub_of(request).settings.base_url
    if configured is not None:
        return Addresses(configured)
    headers = request.headers
    scheme = _first(headers.get("x-forwarded-proto")) or request.url.scheme
    host = _first(headers.get("x-forwarded-host")) or headers.get("host", "localhost")
    port = _first(headers.get("x-forwarded-port"))
    if port.isdecimal() and ":" not in host and port not in {"80", "443"}:
        host = f"{host}:{port}"
    prefix = _first(headers.get("x-forwarded-prefix")).rstrip("/")
    if scheme not in {"http", "https"} or not _HOST.match(host):
        scheme, host = "http", "localhost"
    return Addresses(f"{scheme}://{host}{prefix if _PREFIX.match(prefix) else ''}")


def moment_of(request: Request) -> Moment:
    """When and where a request is carried out."""
    return Moment(hub_of(request).clock(), addresses_of(request))


def _first(header: str | None) -> str:
    return (header or "").partition(",")[0].strip()


def url_of(request: Request, *, query: bool = False) -> str:
    """The address that was asked, as the caller knows it; most lists of the reference tell it without its query."""
    path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.url.path
    asked = request.scope.get("query_string", b"").decode("latin-1") if query else ""
    return f"{addresses_of(request).base}{path.rstrip('/')}" + (f"?{asked}" if asked else "")
