"""Calling a service in process: no socket, its lifespan run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI


@asynccontextmanager
async def client_of(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running application. A crash in it is answered with 500, as a server would."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client,
    ):
        yield client


def answering(status: int, json: object = None, content: bytes | None = None) -> httpx.MockTransport:
    """A transport of which every answer is the same."""
    if content is not None:
        return httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    return httpx.MockTransport(lambda _: httpx.Response(status, json=json))


def failing(error: httpx.HTTPError) -> httpx.MockTransport:
    """A transport that never gets an answer."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(fail)
