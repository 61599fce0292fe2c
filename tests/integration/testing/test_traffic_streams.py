"""Streams behind a recording transport flow as they come, and are noted when they end."""

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import httpx
import pytest

from accord.contract.coverage import ObservedCall, read_notes
from accord.contract.coverage.notes import LARGEST_BODY
from accord.testing.traffic import RecordingMiddleware, Traffic

PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
Client = Callable[[httpx.Response], httpx.Client]


@pytest.fixture
def traffic(tmp_path: Path) -> Iterator[Traffic]:
    made = Traffic(tmp_path / "notes")
    yield made
    made.close()


def calls(traffic: Traffic) -> list[ObservedCall]:
    assert traffic.folder
    return (
        [each for each in read_notes(traffic.folder) if isinstance(each, ObservedCall)]
        if (traffic.folder.exists())
        else []
    )


def parts(*given: bytes) -> Iterator[bytes]:
    yield from given


async def aparts(*given: bytes) -> AsyncIterator[bytes]:
    for part in given:
        yield part


class Sink(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Takes a request as a socket does, part by part, and gives the answer it was made with."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response
        self.taken: list[bytes] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        self.taken = list(request.stream)
        return self._response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        self.taken = [part async for part in request.stream]
        return self._response


@pytest.fixture
def client(traffic: Traffic) -> Iterator[Client]:
    made: list[httpx.Client] = []

    def answered_with(response: httpx.Response) -> httpx.Client:
        transport = traffic.transport(Sink(response), consumer="Web", provider="Orders")
        made.append(httpx.Client(transport=transport, base_url="http://orders"))
        return made[-1]

    yield answered_with
    for each in made:
        each.close()


def test_a_raw_stream_is_read_by_its_reader_alone(traffic: Traffic, client: Client) -> None:
    with client(httpx.Response(200, content=parts(b"[1,", b"2]"))).stream("GET", "/orders") as response:
        assert list(response.iter_raw()) == [b"[1,", b"2]"]
    (call,) = calls(traffic)
    assert call.response
    assert (call.response.body, call.partial) == (b"[1,2]", False)


async def test_a_raw_stream_of_an_asynchronous_client_too(traffic: Traffic) -> None:
    inner = Sink(httpx.Response(200, content=aparts(b"[1,", b"2]")))
    transport = traffic.transport(inner, consumer="Web", provider="Orders")
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://orders") as client,
        client.stream("POST", "/orders", content=aparts(b"a", b"b")) as response,
    ):
        assert inner.taken == [b"a", b"b"]
        assert [part async for part in response.aiter_raw()] == [b"[1,", b"2]"]
    (call,) = calls(traffic)
    assert call.response
    assert (call.request.body, call.response.body, call.partial) == (b"ab", b"[1,2]", False)


def test_a_stream_without_end_flows_and_is_noted_when_it_is_left(traffic: Traffic, client: Client) -> None:
    with client(httpx.Response(200, content=repeat(b"data: tick\n\n"))).stream("GET", "/ticks") as response:
        assert [next(response.iter_raw())] == [b"data: tick\n\n"]
        assert calls(traffic) == []
    (call,) = calls(traffic)
    assert call.response
    assert (call.response.status, call.response.body, call.partial) == (200, b"", True)


def test_a_stream_that_nobody_closed_is_noted_with_its_client(traffic: Traffic, client: Client) -> None:
    asking = client(httpx.Response(200, content=repeat(b"tick")))
    request = asking.build_request("GET", "/ticks")
    asking.send(request, stream=True)
    asking.close()
    assert [call.partial for call in calls(traffic)] == [True]


class Stuck(Sink):
    """Cannot be closed."""

    def close(self) -> None:
        raise httpx.CloseError("stuck")

    async def aclose(self) -> None:
        self.close()


def test_nor_is_one_missed_whose_transport_cannot_be_closed(traffic: Traffic) -> None:
    transport = traffic.transport(
        Stuck(httpx.Response(200, content=repeat(b"tick"))), consumer="Web", provider="Orders"
    )
    transport.handle_request(httpx.Request("GET", "http://orders/ticks", content=b""))
    with pytest.raises(httpx.CloseError):
        transport.close()
    assert [call.partial for call in calls(traffic)] == [True]


async def test_nor_with_an_asynchronous_one(traffic: Traffic) -> None:
    transport = traffic.transport(
        Stuck(httpx.Response(200, content=aparts(b"tick"))), consumer="Web", provider="Orders"
    )
    await transport.handle_async_request(httpx.Request("GET", "http://orders/ticks", content=b""))
    with pytest.raises(httpx.CloseError):
        await transport.aclose()
    assert [call.partial for call in calls(traffic)] == [True]


def test_a_stream_that_breaks_off_is_noted_with_its_error(traffic: Traffic, client: Client) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"["
        raise httpx.ReadError("reset")

    with pytest.raises(httpx.ReadError):
        client(httpx.Response(200, content=breaks())).get("/orders")
    (call,) = calls(traffic)
    assert call.response
    assert (call.response.status, call.failure, call.partial) == (200, "ReadError", True)


@pytest.mark.parametrize(
    ("packed", "body"),
    [
        (gzip.compress(b'{"id": 1}'), b'{"id": 1}'),
        (b"no gzip at all", None),
        (gzip.compress(b"0" * (LARGEST_BODY * 4)), None),  # small on its way, and too long to be kept
    ],
    ids=["good", "broken", "bomb"],
)
def test_a_packed_answer_is_noted_unpacked_and_passed_on_packed(
    traffic: Traffic, client: Client, packed: bytes, body: bytes | None
) -> None:
    with client(httpx.Response(200, headers=PACKED, content=parts(packed))).stream("GET", "/orders/1") as response:
        assert b"".join(response.iter_raw()) == packed
    (call,) = calls(traffic)
    assert call.response
    assert (call.partial, call.response.body) == (body is None, body or b"")


def test_a_request_that_is_a_stream_is_passed_on_in_its_parts(traffic: Traffic) -> None:
    inner = Sink(httpx.Response(201))
    transport = traffic.transport(inner, consumer="Web", provider="Orders")
    with httpx.Client(transport=transport, base_url="http://orders") as client:
        client.post("/orders", content=parts(b'{"a":', b" 1}"), headers={"Content-Type": "application/json"})
        assert inner.taken == [b'{"a":', b" 1}"]
        client.post("/orders", files={"picture": b"png"})
        client.post("/orders", content=(b"x" * 1024 for _ in range(1024)))
    sent, form, long = calls(traffic)
    assert (json.loads(sent.request.body), sent.partial) == ({"a": 1}, False)
    assert b"png" in form.request.body
    assert (long.request.body, long.partial) == (b"", True)


def test_what_a_client_sees_of_its_own_request_stays_as_it_was(traffic: Traffic) -> None:
    stream = httpx.Request("POST", "http://orders", content=parts(b"a")).stream
    request = httpx.Request("POST", "http://orders/orders", stream=stream)
    with httpx.Client(transport=traffic.transport(Sink(httpx.Response(204)), consumer="Web", provider="O")) as client:
        client.send(request)
    assert request.stream is stream


async def test_an_application_that_is_left_in_the_middle_of_its_answer_has_not_said_all(traffic: Traffic) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"[", "more_body": True})
        raise ConnectionResetError("the client has gone")

    around = RecordingMiddleware(app, traffic, provider="Orders", consumer="Web")
    transport = httpx.ASGITransport(around, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://orders") as client:
        await client.get("/orders")
    (call,) = calls(traffic)
    assert call.response
    assert (call.response.status, call.partial) == (200, True)
