"""Connections through a proxy: two ends, and two toxic links between them, one for each direction."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import sys
from typing import TYPE_CHECKING

from accord.faults.ends import End, Traffic
from accord.faults.link import ToxicLink
from accord.faults.stage import CLOSE, END, RESET, Item, Signal
from accord.faults.toxics import DOWNSTREAM, UPSTREAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from accord.faults.link import Placed

_log = logging.getLogger(__name__)
_MOST_HELD = 1024 * 1024
"""Bytes one direction of a connection holds back before it stops to read."""
_CONNECT_TIMEOUT = 10.0
_LINGER_NOT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_HALF_OPEN = 300.0
"""Seconds without a byte after which a connection is closed of which one side has finished."""


class Connection:
    """A client's connection, and the one to the upstream that belongs to it."""

    def __init__(
        self,
        number: int,
        upstream: tuple[str, int],
        toxics: Callable[[str], Sequence[Placed]],
        traffic: Traffic,
        forget: Callable[[Connection], None],
    ) -> None:
        self.number = number
        self.traffic = traffic
        self.client = End(self, UPSTREAM)
        self.service = End(self, DOWNSTREAM)
        self.client.other, self.service.other = self.service, self.client
        self._loop = asyncio.get_running_loop()
        self._upstream = upstream
        self._toxics = toxics
        self._forget = forget
        self._ended: set[str] = set()
        self._is_over = False
        self._is_joined = False
        self._bytes = 0
        self._idle: asyncio.TimerHandle | None = None
        self._connecting: asyncio.Task[None] | None = None

    def made(self, end: End) -> None:
        """One side is connected."""
        if self._is_over:  # ended before it began: too many are open, or the proxy has stopped
            end.transport.close()
        elif end is self.client:
            self._begin()

    def _begin(self) -> None:
        now = self._loop.time()
        for each in (self.client, self.service):
            self._set_link(each, ToxicLink(self._toxics(each.direction), self.number, now))
        for each in (self.client, self.service):
            self._drain(each)  # one that is refused never reaches the upstream
        if self._is_over:
            self.traffic.refused += 1
        else:
            self._connecting = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await self._loop.create_connection(lambda: self.service, *self._upstream)
        except (OSError, TimeoutError) as error:
            host, port = self._upstream
            _log.warning("Unable to open connection to upstream %s:%s: %s", host, port, str(error) or "timed out")
            self.traffic.refused += 1
            self._connecting = None
            self.end(CLOSE)
            return
        self._is_joined = True
        for each in (self.client, self.service):
            self._no_delay(each)
            early, each.early = each.early, []
            self._deliver(each, early)
            self._drain(each)

    @staticmethod
    def _no_delay(end: End) -> None:
        sock = end.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def feed(self, end: End, item: Item) -> None:
        """Bytes came, or their end."""
        if self._is_over or end.link is None:
            return
        self._deliver(end, end.link.feed(item, self._loop.time()))

    def change(self) -> None:
        """The proxy's toxics have changed."""
        now = self._loop.time()
        for end in (self.client, self.service):
            if end.link is not None and not self._is_over:
                end.link.change(self._toxics(end.direction), now)
                self._drain(end)

    def _drain(self, end: End) -> None:
        if end.link is not None and not self._is_over:
            self._deliver(end, end.link.advance(self._loop.time()))

    def _deliver(self, end: End, items: Sequence[Item]) -> None:
        for item in items:
            if self._is_over:
                return
            if not self._is_joined and item not in {CLOSE, RESET}:
                end.early.append(item)
                end.transport.pause_reading()
            elif isinstance(item, Signal):
                self._signal(end, item)
            else:
                self.traffic.sent[end.direction] += len(item)
                self._bytes += len(item)
                end.other.transport.write(item)
        if not self._is_over:
            self._schedule(end)

    def _signal(self, end: End, signal: Signal) -> None:
        if signal is not END:
            self.end(signal)
            return
        self._ended.add(end.direction)
        if len(self._ended) == len((UPSTREAM, DOWNSTREAM)):
            self.end(CLOSE)
            return
        if end.other.transport.can_write_eof():
            end.other.transport.write_eof()
        self._watch(self._passed())

    def _passed(self) -> int:
        self.settle()
        return self._bytes

    def _watch(self, before: int) -> None:
        """A peer that has gone without a word, or never ends its side, does not keep a connection for ever."""

        def check() -> None:
            if self._is_over:
                return
            now = self._passed()
            if now == before:
                self.end(CLOSE)
            else:
                self._watch(now)

        self._idle = self._loop.call_later(_HALF_OPEN, check)

    def _schedule(self, end: End) -> None:
        link = end.link
        assert link is not None  # noqa: S101 - only ends with a link deliver
        end.pass_on = end.other.transport.write if link.is_clear and self._is_joined else None
        if end.timer is not None:
            end.timer.cancel()
            end.timer = None
        due = link.due()
        if due is not None:
            end.timer = self._loop.call_at(due, self._drain, end)
        if not self._is_joined:
            return
        if link.held_bytes > _MOST_HELD:
            end.transport.pause_reading()
        else:
            self.may_read(end)

    def may_read(self, end: End) -> None:
        """Read on, unless there is too much held back or to write."""
        if self._is_over or not self._is_joined or end.link is None:
            return
        waiting = end.other.transport.get_write_buffer_size()
        if end.link.held_bytes <= _MOST_HELD and waiting <= _MOST_HELD and not end.transport.is_reading():
            end.transport.resume_reading()

    def _set_link(self, end: End, link: ToxicLink) -> None:
        end.link = link
        due = link.due()
        if due is not None:
            end.timer = self._loop.call_at(due, self._drain, end)

    def settle(self) -> None:
        """Book what passed without a toxic."""
        for end in (self.client, self.service):
            self.traffic.received[end.direction] += end.passed
            self.traffic.sent[end.direction] += end.passed
            self._bytes += end.passed
            end.passed = 0

    def lost(self, end: End, error: Exception | None) -> None:
        """One side is gone: what it has sent may still arrive, but nothing can be sent to it."""
        del error
        if self._is_over:
            return
        if end.direction in self._ended or end.link is None or end.link.is_clear:
            self.end(CLOSE)
        else:
            self.feed(end, END)
            self.feed(end.other, CLOSE)

    def end(self, how: Signal) -> None:
        """End both sides: by CLOSE what was written is sent first, by RESET nothing is."""
        if self._is_over:
            return
        self._is_over = True
        self.settle()
        if self._idle is not None:
            self._idle.cancel()
        for each in (self.client, self.service):
            if each.timer is not None:
                each.timer.cancel()
            transport = getattr(each, "transport", None)
            if transport is None:
                continue
            if how is RESET:
                sock = transport.get_extra_info("socket")
                if sock is not None:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                transport.abort()
            else:
                transport.close()
        if self._connecting is not None and not self._is_joined:
            self._connecting.cancel()
        self._forget(self)
