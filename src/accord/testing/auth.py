"""Credentials for API tests, for ``auth=`` of any httpx client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


class _Header(httpx.Auth):
    """Sets one header on each request."""

    def __init__(self, name: str, value: str | Callable[[], str], prefix: str = "") -> None:
        self._name = name
        self._value = value
        self._prefix = prefix

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See httpx.Auth."""
        value = self._value() if callable(self._value) else self._value
        request.headers[self._name] = self._prefix + value
        yield request

    def __repr__(self) -> str:
        return f"<credentials in the header {self._name}>"  # the value is a secret


def bearer(token: str | Callable[[], str]) -> httpx.Auth:
    """``Authorization: Bearer …``.

    Args:
        token: the token, or a function that makes one for each request, so that it is never expired.
    """
    return _Header("Authorization", token, "Bearer ")


def api_key(value: str | Callable[[], str], *, header: str = "X-API-Key") -> httpx.Auth:
    """A key in a header of its own."""
    return _Header(header, value)


def basic(username: str, password: str) -> httpx.Auth:
    """HTTP Basic."""
    return httpx.BasicAuth(username, password)
