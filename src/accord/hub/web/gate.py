"""What every request passes: its id, its path as it was sent, who asks, and what is kept of it.

A plain ASGI application around the routes; it answers whatever goes wrong below it, so that nobody sees a traceback.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

COMPATIBLE_WITH = "2.118.0"
"""The version of the reference that the routes answer like."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
_SAFE = {"GET", "HEAD", "OPTIONS"}
_KNOWN_KINDS = ("application/", "text/", "image/", "*/")
_UNKNOWN = re.compile(r"application/(xml|pdf|zip|octet-stream|msword|x-yaml|yaml)\b")

log = logging.getLogger("accord.hub.requests")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a token's name and role, or nobody."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request is not let in."""

    status: int
    message: str
    headers: tuple[tuple[str, str], ...] = ()


class Guard(Protocol):
    """Decides who may do what."""

    async def admit(self, scope: Scope, headers: dict[str, str]) -> Caller | Denial:
        """Let a request in, or say why not."""

    async def note(self, caller: Caller, scope: Scope, status: int, request_id: str) -> None:
        """Keep who changed what."""


class Observer(Protocol):
    """Counts requests."""

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """One was answered."""


class Gate:
    """See the module.

    Args:
        app: the routes.
        guard: who may do what.
        observer: counts; None for nobody.
        read_only: nothing can be changed.
        quiet: no line in the log for each request.
        page: a refusal as a page, where a browser asked; None where it did not.
    """

    def __init__(
        self,
        app: App,
        *,
        guard: Guard,
        observer: Observer | None = None,
        read_only: bool = False,
        quiet: bool = False,
        page: Callable[[Scope, Denial], App | None] = lambda *_: None,
    ) -> None:
        self._app = app
        self._guard = guard
        self._observer = observer
        self._read_only = read_only
        self._quiet = quiet
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        denial = exchange.prepare()
        caller = Caller("nobody", "none")
        if denial is None:
            admitted = await self._guard.admit(scope, exchange.headers)
            if isinstance(admitted, Denial):
                denial = admitted
            else:
                caller = admitted
                denial = self._refused(scope)
        try:
            if denial is not None:
                answer = self._page(scope, denial)
                await (answer(scope, receive, exchange.send) if answer else exchange.refuse(denial))
            else:
                await self._app(scope, receive, exchange.send)
        except Exception:
            log.exception("request failed", extra=exchange.told())
            if not exchange.started:
                reference = exchange.request_id
                message = f"The hub failed to answer; its log says why, under the request id {reference}"
                await exchange.refuse(Denial(500, message))
        await self._finish(exchange, caller)

    def _refused(self, scope: Scope) -> Denial | None:
        if self._read_only and not is_reading(scope):
            return Denial(403, "This hub is read-only: nothing can be changed through it")
        return None

    async def _finish(self, exchange: _Exchange, caller: Caller) -> None:
        scope, status = exchange.scope, exchange.status
        seconds = time.perf_counter() - exchange.began
        if self._observer is not None:
            route = scope.get("route")
            self._observer.observe(getattr(route, "path", "none"), scope["method"], status, seconds)
        if not is_reading(scope):
            await self._guard.note(caller, scope, status, exchange.request_id)
        if not self._quiet:
            told = exchange.told() | {"status": status, "milliseconds": round(seconds * 1000, 2), "caller": caller.name}
            log.info("request", extra=told)


def is_reading(scope: Scope) -> bool:
    """Whether a request changes nothing: choosing pacts to verify is asked with POST, and only reads."""
    return scope["method"] in _SAFE or (scope["method"] == "POST" and scope["path"].endswith("/for-verification"))


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.began = time.perf_counter()
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        given = self.headers.get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.match(given) else uuid.uuid4().hex
        self.status = 0
        self._send = send

    @property
    def started(self) -> bool:
        return self.status != 0

    def told(self) -> dict[str, Any]:
        """What the log says of it: no query, for tokens may be in it."""
        return {"request_id": self.request_id, "method": self.scope["method"], "path": self.scope["path"]}

    def prepare(self) -> Denial | None:
        """Route by the path as it was sent, so that a name may have slashes."""
        raw = self.scope.get("raw_path") or self.scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        if len(path) > 1 and path.endswith("/"):
            path = path[:-1]
        self.scope["path"] = path
        self.scope["root_path"] = ""
        try:
            plain = unquote_to_bytes(path).decode("utf-8")
        except UnicodeDecodeError:
            return Denial(400, "The path is not UTF-8")
        for character, name in (("\n", "new line"), ("\t", "tab"), ("\0", "NUL")):
            if character in plain:
                return Denial(400, f"URL path cannot contain a {name} character.")
        accept = self.headers.get("accept", "*/*")
        kinds = [each.partition(";")[0].strip() for each in accept.split(",")]
        if all(_UNKNOWN.match(kind) or not kind.startswith(_KNOWN_KINDS) for kind in kinds if kind) and any(kinds):
            return Denial(406, f"Nothing here is {accept}; ask for application/hal+json")
        return None

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message["headers"],
                (b"x-request-id", self.request_id.encode()),
                (b"x-content-type-options", b"nosniff"),
                (b"x-pact-broker-version", COMPATIBLE_WITH.encode()),
            ]
        await self._send(message)

    async def refuse(self, denial: Denial) -> None:
        body = json.dumps({"error": denial.message}, ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/hal+json;charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            *((name.encode(), value.encode()) for name, value in denial.headers),
        ]
        await self.send({"type": "http.response.start", "status": denial.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})
