"""Who may do what: everybody on this machine; beyond it whoever has a token, as often as is decent."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING, Any

from accord.hub.storage import access
from accord.hub.web.gate import Caller, Denial, is_reading

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from accord.hub.storage.database import Database

ROLES = ("read", "write", "admin")
REMEMBERED_SECONDS = 2.0
"""How long a token that was looked up is good for; a revoked one works for as long."""

WRONG_PER_MINUTE = 20
"""Wrong tokens from one address; more are not looked at."""

FLUSH_SECONDS = 0.5
_OPEN_PATHS = {"/health", "/ready", "/diagnostic/status/heartbeat", "/diagnostic/status/dependencies"}
_ASSETS = "/assets/"
_ADMIN_ONLY = {("DELETE", "/integrations")}


def new_secret() -> str:
    """A token's secret: 256 random bits."""
    return f"acc_{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """What is kept of a secret. It has enough bits that a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


class OpenGuard:
    """Lets everybody in: for a hub that only this machine can reach."""

    async def admit(self, scope: MutableMapping[str, Any], headers: dict[str, str]) -> Caller | Denial:
        """See Guard."""
        del scope, headers
        return _LOCAL

    async def note(self, caller: Caller, scope: MutableMapping[str, Any], status: int, request_id: str) -> None:
        """See Guard: the log has it."""


_LOCAL = Caller("local", "admin")


class TokenGuard:
    """Asks for a token: as a bearer, or as the password of basic authentication.

    Args:
        database: where tokens are.
        admin: a token of the settings.
        public_read: reading needs none.
        per_minute: requests of one caller; 0 for no limit.
        clock: microseconds since 1970.
    """

    def __init__(
        self, database: Database, *, admin: str | None, public_read: bool, per_minute: int, clock: Callable[[], int]
    ) -> None:
        self._database = database
        self._admin = hash_of(admin) if admin else None
        self._public_read = public_read
        self._clock = clock
        self._limit = Bucket(per_minute)
        self._wrong = Bucket(WRONG_PER_MINUTE)
        self._known: dict[str, tuple[float, access.Token | None]] = {}
        self._entries: list[dict[str, Any]] = []
        self._used: set[str] = set()

    async def admit(self, scope: MutableMapping[str, Any], headers: dict[str, str]) -> Caller | Denial:
        """See Guard."""
        if scope["path"] in _OPEN_PATHS or _is_asset(scope):
            return Caller("health", "read")
        address = (scope.get("client") or ("unknown", 0))[0]
        secret = secret_in(headers.get("authorization", ""))
        caller = Caller("public", "read") if self._public_read and secret is None else None
        if secret is not None:
            if not self._wrong.would_allow(address):
                return _too_many("wrong tokens")
            caller = await self._caller(secret)
            if caller is None:
                self._wrong.take(address)
                return Denial(401, "The token is not known; it may have been revoked", _CHALLENGE)
        if caller is None:
            return Denial(401, "This hub asks for a token: Authorization: Bearer …, or as a basic password", _CHALLENGE)
        if not self._limit.take(caller.name if secret else address):
            return _too_many("requests")
        return _denial(caller, scope) or caller

    async def _caller(self, secret: str) -> Caller | None:
        hashed = hash_of(secret)
        if self._admin is not None and hmac.compare_digest(hashed, self._admin):
            return Caller("settings", "admin")
        now = time.monotonic()
        until, token = self._known.get(hashed, (0.0, None))
        if now > until:
            token = await self._database.read(access.by_hash, hashed)
            if len(self._known) > 1000:  # noqa: PLR2004 - a handful of tokens is known; more are guesses
                self._known.clear()
            self._known[hashed] = (now + REMEMBERED_SECONDS, token)
        if token is None:
            return None
        self._used.add(token.name)
        return Caller(token.name, token.role)

    async def note(self, caller: Caller, scope: MutableMapping[str, Any], status: int, request_id: str) -> None:
        """See Guard; written soon, not at once: it must not hold up the answer."""
        self._entries.append(
            {
                "who": caller.name,
                "method": scope["method"],
                "path": scope["path"][:2000],
                "status": status,
                "request_id": request_id,
                "created_at": self._clock(),
            }
        )

    async def run(self) -> None:
        """Write the record every now and then, until cancelled."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write the record now."""
        entries, self._entries = self._entries, []
        names, self._used = sorted(self._used), set()
        if not entries and not names:
            return

        def work(connection: Any) -> None:
            access.note(connection, entries)
            if names:
                access.used(connection, names, self._clock())

        await self._database.write(work)


_CHALLENGE = (("www-authenticate", 'Basic realm="Accord hub", charset="UTF-8"'),)


def _is_asset(scope: MutableMapping[str, Any]) -> bool:
    """The pages' style, which the page that asks to sign in needs too, and which says nothing of the contracts."""
    return scope["method"] in {"GET", "HEAD"} and str(scope["path"]).startswith(_ASSETS)


def _denial(caller: Caller, scope: MutableMapping[str, Any]) -> Denial | None:
    if is_reading(scope) or caller.role == "admin":
        return None
    if caller.role == "read":
        return Denial(403, f"The token {caller.name!r} may only read; a token with the role write is needed")
    if (scope["method"], scope["path"]) in _ADMIN_ONLY:
        return Denial(403, "Only a token with the role admin may remove everything")
    return None


def _too_many(what: str) -> Denial:
    return Denial(429, f"Too many {what}; try again in a minute", (("retry-after", "60"),))


def secret_in(header: str) -> str | None:
    """The secret in an Authorization header, or None."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, ValueError):
        return None


class Bucket:
    """So many per minute for each key; what is saved up is a minute's worth.

    Args:
        per_minute: 0 for no limit.
    """

    MOST_KEYS = 10_000

    def __init__(self, per_minute: int) -> None:
        self._rate = per_minute / 60
        self._full = float(per_minute)
        self._left: dict[str, tuple[float, float]] = {}

    def _now_left(self, key: str) -> tuple[float, float]:
        now = time.monotonic()
        left, then = self._left.get(key, (self._full, now))
        return min(self._full, left + (now - then) * self._rate), now

    def would_allow(self, key: str) -> bool:
        """Whether one more would be let through."""
        return not self._rate or self._now_left(key)[0] >= 1

    def take(self, key: str) -> bool:
        """Count one; False where it is too many."""
        if not self._rate:
            return True
        left, now = self._now_left(key)
        if len(self._left) > self.MOST_KEYS:
            self._left.clear()
        self._left[key] = (left - 1 if left >= 1 else left, now)
        return left >= 1
