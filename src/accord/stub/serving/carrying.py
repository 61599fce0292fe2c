"""Carrying out a plan that is more than bytes at once: delays, dribbled bodies, faults, proxied calls, webhooks."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from typing import TYPE_CHECKING

from accord.core.errors import AccordError
from accord.stub.plan import NO_BODY
from accord.stub.serving.wire import FAULTS, LAST_CHUNK, chunks, head_of_chunks

if TYPE_CHECKING:
    from accord.core.http.messages import HttpResponse
    from accord.stub.plan import Call, Plan
    from accord.stub.requests import StubRequest
    from accord.stub.serving.protocol import Connection
    from accord.stub.serving.server import Server
    from accord.stub.space import Space

_log = logging.getLogger(__name__)
_NO_LINGER = struct.pack("ii", 1, 0)
_MOST_WEBHOOK_DELAY = 3600.0


async def carry_out(
    server: Server, connection: Connection, plan: Plan, request: StubRequest, space: Space, *, keep: bool
) -> None:
    """Answer one request; nothing else of its connection is answered meanwhile."""
    if plan.call is not None:
        plan = await _proxied(server, plan, space)
    if plan.delay:
        await asyncio.sleep(plan.delay)
    if connection.is_open():
        await _answer(connection, plan, request, keep=keep)
    for call in plan.webhooks:  # whoever has gone, and whatever fault there was: the stub has been asked
        server.spawn(send_webhook(server, call))
    if plan.shutdown:
        server.stop_soon()


async def _answer(connection: Connection, plan: Plan, request: StubRequest, *, keep: bool) -> None:
    if plan.fault is not None:
        break_off(connection, plan.fault)
        return
    if plan.dribble is not None and plan.body and request.method != "HEAD" and plan.status not in NO_BODY:
        await _dribble(connection, plan, keep=keep)
    else:
        connection.write(plan, request, keep)
    connection.finished(keep=keep)


async def _proxied(server: Server, plan: Plan, space: Space) -> Plan:
    assert plan.call is not None  # noqa: S101 - the caller has seen it
    started = time.monotonic()
    answer: HttpResponse | AccordError
    try:
        answer = await server.call(plan.call)
    except AccordError as error:
        answer = error
    return server.engine.proxied(plan, answer, time.monotonic() - started, space)


async def _dribble(connection: Connection, plan: Plan, *, keep: bool) -> None:
    """A body in chunks, the pauses between them of the same length."""
    assert plan.dribble is not None  # noqa: S101 - the caller has seen it
    connection.transport.write(head_of_chunks(plan, keep_alive=keep))
    pieces = list(chunks(plan.body, plan.dribble.chunks))
    pause = plan.dribble.seconds / max(1, len(pieces))
    for each in pieces:
        if not connection.is_open():
            return
        connection.transport.write(each)
        await asyncio.sleep(pause)
    if connection.is_open():
        connection.transport.write(LAST_CHUNK)


def break_off(connection: Connection, fault: str) -> None:
    """A fault on the wire."""
    transport = connection.transport
    if fault == "CONNECTION_RESET_BY_PEER":
        sock = transport.get_extra_info("socket")
        if sock is not None:  # closed with nothing to linger for, the system sends a reset
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
        return
    if FAULTS[fault]:
        transport.write(FAULTS[fault])
    transport.close()


async def send_webhook(server: Server, call: Call) -> None:
    """Send one webhook; what goes wrong is logged."""
    await asyncio.sleep(min(call.delay, _MOST_WEBHOOK_DELAY))
    try:
        answer = await server.call(call)
    except AccordError as error:
        _log.warning("webhook %s %s failed: %s", call.method, call.url, error)
    else:
        _log.info("webhook %s %s answered %d", call.method, call.url, answer.status)
