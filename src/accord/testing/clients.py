"""API tests in process: an httpx client that calls the application itself and checks every answer against its OpenAPI.

No socket is opened. The application's lifespan runs from the first line of the ``with`` block to its last.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

from accord.contract.openapi.conformance import Conformance
from accord.contract.openapi.document import OpenApi
from accord.core.apps import app_kind
from accord.core.errors import UsageError
from accord.core.http.asgi import AsgiCaller
from accord.core.http.messages import HttpRequest, HttpResponse
from accord.core.http.wsgi import WsgiCaller

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from types import TracebackType
    from typing import Self, TypeAlias

    from accord.contract.openapi.conformance import Deviation

    Source: TypeAlias = OpenApi | Path | dict[str, Any] | bool

BASE_URL = "http://testserver"


class ResponseDeviates(AssertionError):  # noqa: N818 - a finding, not an error of the tool
    """The application answered what its own OpenAPI document does not declare.

    Attributes:
        deviations: each place and what is wrong there.
        response: what it answered.
    """

    def __init__(self, deviations: list[Deviation], response: HttpResponse) -> None:
        lines = "\n".join(f"  {deviation}" for deviation in deviations)
        super().__init__(
            f"the application answered what its OpenAPI document does not declare:\n{lines}\n"
            "Correct the application or its document: who reads only the document would be surprised."
        )
        self.deviations = tuple(deviations)
        self.response = response


class ApiClient(httpx.Client):
    """An ``httpx.Client`` for an application in this process, ASGI or WSGI."""

    def __init__(self, app: Any, *, openapi: Source = True, **settings: Any) -> None:
        """Make a client; the application starts when its ``with`` block is entered.

        Args:
            app: an ASGI 3 or WSGI application.
            openapi: what answers are checked against: True for the application's own document (FastAPI's, or none
                if it has none), a document, its file, or False for no check.
            settings: what ``httpx.Client`` takes: headers, auth, cookies, base_url …
        """
        self._call = _caller_of(app, settings.get("base_url", BASE_URL))
        transport = _Transport(self._exchange, _checker(app, openapi))
        super().__init__(transport=transport, **{"base_url": BASE_URL, **settings})
        self._runner: asyncio.Runner | None = None

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        if isinstance(self._call, WsgiCaller):
            return self._call.exchange(request).unwrap()
        came: HttpResponse = self._run(_exchanged(self._call, request))
        return came

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        if self._runner is None:
            work.close()
            raise UsageError("the application is not started: use the client in a with block")
        return self._runner.run(work)

    def __enter__(self) -> Self:
        if isinstance(self._call, AsgiCaller):
            _refuse_running_loop()
            self._runner = asyncio.Runner()
            self._run(self._call.startup())
        super().__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        super().__exit__(exc_type, exc_value, traceback)
        if isinstance(self._call, AsgiCaller) and self._runner is not None:
            try:
                self._run(self._call.shutdown())
            finally:
                self._runner.close()
                self._runner = None


class AsyncApiClient(httpx.AsyncClient):
    """An ``httpx.AsyncClient`` for an ASGI application in this process; calls may be concurrent."""

    def __init__(self, app: Any, *, openapi: Source = True, **settings: Any) -> None:
        """Make a client; takes what ``ApiClient`` takes.

        Raises:
            UsageError: the application is not ASGI.
        """
        caller = _caller_of(app, settings.get("base_url", BASE_URL))
        if not isinstance(caller, AsgiCaller):
            raise UsageError("a WSGI application is not asynchronous: call it with ApiClient")
        self._call = caller
        transport = _AsyncTransport(caller, _checker(app, openapi))
        super().__init__(transport=transport, **{"base_url": BASE_URL, **settings})

    async def __aenter__(self) -> Self:
        await self._call.startup()
        await super().__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await super().__aexit__(exc_type, exc_value, traceback)
        await self._call.shutdown()


class _Transport(httpx.BaseTransport):
    def __init__(self, exchange: Callable[[HttpRequest], HttpResponse], check: Callable[..., None]) -> None:
        self._exchange = exchange
        self._check = check

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = _sent(request, request.read())
        came = self._exchange(sent)
        self._check(sent, came)
        return _came(came)


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, caller: AsgiCaller, check: Callable[..., None]) -> None:
        self._caller = caller
        self._check = check

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent = _sent(request, await request.aread())
        came = await _exchanged(self._caller, sent)
        self._check(sent, came)
        return _came(came)


async def _exchanged(caller: AsgiCaller, request: HttpRequest) -> HttpResponse:
    return (await caller.exchange(request)).unwrap()


def _caller_of(app: Any, base_url: object) -> AsgiCaller | WsgiCaller:
    url = str(base_url)
    return AsgiCaller(app, base_url=url) if app_kind(app) == "asgi" else WsgiCaller(app, base_url=url)


def _refuse_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise UsageError("an ASGI application in an asynchronous test is called with AsyncApiClient (async with)")


def _checker(app: Any, openapi: Source) -> Callable[[HttpRequest, HttpResponse], None]:
    document = _document(app, openapi)
    if document is None:
        return _unchecked
    conformance = Conformance(document)

    def check(request: HttpRequest, response: HttpResponse) -> None:
        # What the document has no word of (its own page, health checks kept out of it, a 404 for no route) is not
        # declared otherwise either.
        if document.operation(request.method, request.path) is not None:
            deviations = conformance.check(request.method, request.path, response)
            if deviations:
                raise ResponseDeviates(deviations, response)

    return check


def _unchecked(request: HttpRequest, response: HttpResponse) -> None:
    """There is no document to check against."""


def _document(app: Any, openapi: Source) -> OpenApi | None:
    if openapi is False:
        return None
    if openapi is True:
        own = getattr(app, "openapi", None)
        return OpenApi(own(), source="the application's own OpenAPI document") if callable(own) else None
    if isinstance(openapi, dict):
        return OpenApi(openapi)
    return openapi if isinstance(openapi, OpenApi) else OpenApi.read(openapi)


def _sent(request: httpx.Request, body: bytes) -> HttpRequest:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return HttpRequest(request.method, request.url.raw_path.decode("ascii"), headers, body)


def _came(response: HttpResponse) -> httpx.Response:
    return httpx.Response(response.status, headers=list(response.headers), content=response.body)
