import json
import logging

import httpx
import pytest

from shop.kit.logs import JsonLines
from shop.kit.remote import RemoteService
from shop.kit.trace import Trace, outgoing, within

GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_a_callers_trace_is_continued_at_a_place_of_its_own() -> None:
    trace = Trace.continued(GIVEN)
    assert trace.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert trace.span_id != "00f067aa0ba902b7"
    assert Trace.continued(trace.header).trace_id == trace.trace_id


@pytest.mark.parametrize("header", [None, "", "x", GIVEN.upper(), GIVEN + "-00", f"00-{'0' * 32}-00f067aa0ba902b7-01"])
def test_what_cannot_be_read_begins_a_trace(header: str | None) -> None:
    first, second = Trace.continued(header), Trace.continued(header)
    assert first.trace_id != second.trace_id


def test_outside_a_trace_nothing_is_sent() -> None:
    assert outgoing() == {}


async def test_a_call_carries_the_trace_on() -> None:
    seen: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200)

    class Neighbour(RemoteService):
        async def ask(self) -> None:
            await self._call("GET", "/", headers={"X-Other": "kept"})

    async with Neighbour("http://neighbour", transport=httpx.MockTransport(answer)) as neighbour:
        with within(Trace()) as trace:
            await neighbour.ask()
        await neighbour.ask()
    assert (seen[0]["traceparent"], seen[0]["x-other"]) == (trace.header, "kept")
    assert "traceparent" not in seen[1]


def test_a_log_line_names_its_trace() -> None:
    record = logging.makeLogRecord({"msg": "paid"})
    with within(Trace()) as trace:
        assert json.loads(JsonLines("orders").format(record))["traceId"] == trace.trace_id
    assert "traceId" not in json.loads(JsonLines("orders").format(record))
