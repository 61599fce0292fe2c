"""Carrying out what the core asks for: with httpx, in sync code and in async code."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from accord.hub.client.conversation import HAL, Conversation
from accord.hub.client.errors import HubError
from accord.hub.client.exchange import Answer, Ask, NoAnswerError, Pause

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from accord.hub.client.access import Access
    from accord.hub.client.exchange import Steps

T = TypeVar("T")
P = ParamSpec("P")
MOST_BYTES = 100 * 1024 * 1024
"""A longer answer is refused."""


class _Shell:
    """What both shells do alike."""

    def __init__(self, access: Access) -> None:
        self.conversation = Conversation(access)
        self._access = access
        self._origin = _origin(access.url)
        self._basic = httpx.BasicAuth(access.username, access.password or "") if access.username else None

    def _request(self, client: httpx.Client | httpx.AsyncClient, ask: Ask) -> httpx.Request:
        headers = {"accept": HAL, "user-agent": "accord", **ask.headers}
        if ask.body is not None:
            headers.setdefault("content-type", "application/json")
        request = client.build_request(ask.method, ask.url, content=ask.content, headers=headers)
        if _origin(ask.url) != self._origin:
            return request  # credentials are for the hub, not for whom it names
        if self._access.token:
            request.headers["authorization"] = f"Bearer {self._access.token}"
        elif self._basic is not None:
            request = next(self._basic.auth_flow(request))
        return request


class HubClient(_Shell):
    """A hub, for sync code; a context manager.

    Args:
        access: where the hub is, with credentials.
        transport: another way to it than the network.
    """

    def __init__(self, access: Access, *, transport: httpx.BaseTransport | None = None) -> None:
        super().__init__(access)
        self._client = httpx.Client(timeout=access.timeout, transport=transport)

    def run(
        self, make: Callable[Concatenate[Conversation, P], Steps[T]], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Take steps to their end: ``client.run(environments.all_environments)``.

        Raises:
            HubError: the hub cannot be used, or refuses.
        """
        steps = make(self.conversation, *arguments, **named)
        try:
            wanted = next(steps)
            while True:
                if isinstance(wanted, Pause):
                    time.sleep(wanted.seconds)
                    wanted = steps.send(None)
                    continue
                try:
                    answer = self._send(wanted)
                except NoAnswerError as error:
                    wanted = steps.throw(error)
                else:
                    wanted = steps.send(answer)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # a generator's return value is untyped here

    def _send(self, ask: Ask) -> Answer:
        try:
            response = self._client.send(self._request(self._client, ask), stream=True)
            try:
                body = bytearray()
                for part in response.iter_bytes():
                    _keep(body, part)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_answer(error) from None
        return _answer(response, body)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncHubClient(_Shell):
    """A hub, for async code; an async context manager. Arguments as HubClient's."""

    def __init__(self, access: Access, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(access)
        self._client = httpx.AsyncClient(timeout=access.timeout, transport=transport)

    async def run(
        self, make: Callable[Concatenate[Conversation, P], Steps[T]], /, *arguments: P.args, **named: P.kwargs
    ) -> T:
        """As HubClient's."""
        import asyncio  # noqa: PLC0415 - sync code needs none

        steps = make(self.conversation, *arguments, **named)
        try:
            wanted = next(steps)
            while True:
                if isinstance(wanted, Pause):
                    await asyncio.sleep(wanted.seconds)
                    wanted = steps.send(None)
                    continue
                try:
                    answer = await self._send(wanted)
                except NoAnswerError as error:
                    wanted = steps.throw(error)
                else:
                    wanted = steps.send(answer)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # as above

    async def _send(self, ask: Ask) -> Answer:
        try:
            response = await self._client.send(self._request(self._client, ask), stream=True)
            try:
                body = bytearray()
                async for part in response.aiter_bytes():
                    _keep(body, part)
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_answer(error) from None
        return _answer(response, body)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _keep(body: bytearray, part: bytes) -> None:
    body += part
    if len(body) > MOST_BYTES:
        raise HubError(f"the hub's answer is longer than {MOST_BYTES} bytes; ask for less")


def _answer(response: httpx.Response, body: bytearray) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body))


def _no_answer(error: Exception) -> NoAnswerError:
    unsent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
    reason = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        reason = f"nothing came in time ({type(error).__name__})"
    return NoAnswerError(reason, sent=not isinstance(error, unsent))


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
