"""The two ends of a connection, as asyncio has them, and the account of what flows between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from accord.faults.stage import END
from accord.faults.toxics import DOWNSTREAM, UPSTREAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from accord.faults.connections import Connection
    from accord.faults.link import ToxicLink
    from accord.faults.stage import Item


class Traffic:
    """What went through a proxy.

    Attributes:
        received, sent: bytes by direction: taken from one side, given to the other.
        connections: how many there were.
        refused: how many of them never reached the upstream.
    """

    __slots__ = ("connections", "received", "refused", "sent")

    def __init__(self) -> None:
        self.received = {UPSTREAM: 0, DOWNSTREAM: 0}
        self.sent = {UPSTREAM: 0, DOWNSTREAM: 0}
        self.connections = 0
        self.refused = 0


class End(asyncio.Protocol):
    """One side of a connection: what it reads flows through its link to the other side."""

    __slots__ = ("connection", "direction", "early", "link", "other", "pass_on", "passed", "timer", "transport")

    other: End
    transport: asyncio.Transport

    def __init__(self, connection: Connection, direction: str) -> None:
        self.connection = connection
        self.direction = direction
        self.link: ToxicLink | None = None
        self.pass_on: Callable[[bytes], None] | None = None  # the other side's write, while there is no toxic
        self.passed = 0
        self.early: list[Item] = []
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance
        self.connection.made(self)

    def data_received(self, data: bytes) -> None:
        if self.pass_on is not None:
            self.passed += len(data)
            self.pass_on(data)
        else:
            self.connection.traffic.received[self.direction] += len(data)
            self.connection.feed(self, data)

    def eof_received(self) -> bool:
        self.connection.feed(self, END)
        return True  # the other direction may still have something to say

    def connection_lost(self, exc: Exception | None) -> None:
        self.connection.lost(self, exc)

    def pause_writing(self) -> None:
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        self.connection.may_read(self.other)
