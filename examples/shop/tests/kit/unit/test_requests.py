import asyncio
from typing import Any

import pytest
from fastapi import FastAPI, Request
from shop_doubles.clients import client_of

from shop.kit.requests import RequestFrame


def echo(**limits: Any) -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestFrame, **limits)

    @app.post("/")
    async def answer(request: Request) -> int:
        return len(await request.body())

    return app


async def parts(count: int) -> Any:
    for _ in range(count):
        yield b"x" * 10


@pytest.mark.parametrize("length", [0, 100])
async def test_a_body_within_the_limit_arrives_whole(length: int) -> None:
    async with client_of(echo(largest_body=100)) as api:
        response = await api.post("/", content=b"x" * length)
    assert (response.status_code, response.json()) == (200, length)
    assert len(response.headers["x-trace-id"]) == 32


@pytest.mark.parametrize("content", [b"x" * 101, parts(11)], ids=["said", "unsaid"])
async def test_a_larger_one_is_413(content: Any) -> None:
    async with client_of(echo(largest_body=100)) as api:
        response = await api.post("/", content=content)
    assert response.status_code == 413
    assert response.json() == {"error": "payload_too_large", "message": "A body may have 100 bytes"}


async def test_a_body_that_does_not_come_is_408() -> None:
    async def never() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    await RequestFrame(echo(), slowest_body=0)(scope, never, send)
    assert sent[0]["status"] == 408


async def test_the_callers_trace_is_answered() -> None:
    header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    async with client_of(echo()) as api:
        response = await api.post("/", headers={"traceparent": header})
    assert response.headers["x-trace-id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
