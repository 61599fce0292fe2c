"""Faults from Python: links between services, and what is put on them for the length of a ``with`` block."""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any

from accord.core.errors import UsageError
from accord.faults.addresses import through, upstream_of
from accord.faults.toxics import ATTRIBUTES, DOWNSTREAM, UPSTREAM, read_toxic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from accord.faults.proxy import Proxy
    from accord.faults.server import BackgroundServer

ARROW = "->"


class Fault:
    """A fault on a link, for the length of a ``with`` block; several blocks inside each other add up.

    Args:
        begin: puts it on.
        end: takes it off.
    """

    def __init__(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        self._begin = begin
        self._end = end

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


class Link:
    """The way from one service to another, or to a database or broker.

    Attributes:
        source, target: the names of the two.
        url: what the client gets in place of the real URL; where an address was given, an address.
    """

    def __init__(self, source: str, target: str, real: str, background: BackgroundServer) -> None:
        self.source = source
        self.target = target
        self._background = background
        self._real = real
        self._name = f"{source}{ARROW}{target}"
        self._count = 0
        upstream = upstream_of(real)
        self._proxy: Proxy = background.call(lambda: background.server.proxies.add(self._name, "127.0.0.1:0", upstream))
        self.url = through(real, self.address)

    @property
    def address(self) -> str:
        """``host:port`` that the client connects to."""
        return self._proxy.listen

    @property
    def connections(self) -> int:
        """How many connections were opened through it."""
        return self._proxy.traffic.connections

    @property
    def bytes(self) -> Mapping[str, int]:
        """Bytes that arrived, by direction: ``upstream`` (to the service) and ``downstream``."""
        return dict(self._proxy.traffic.sent)

    def __str__(self) -> str:
        return self.url

    def latency(self, seconds: float, *, jitter: float = 0.0, direction: str = DOWNSTREAM, **chance: Any) -> Fault:
        """Answers come later.

        Args:
            seconds: by so much.
            jitter: more or less so much, by chance.
            direction: downstream delays answers, upstream requests.
            chance: see toxic().
        """
        return self._toxic("latency", direction, {"latency": _ms(seconds), "jitter": _ms(jitter)}, chance)

    def bandwidth(self, kilobytes: int, *, direction: str = DOWNSTREAM, **chance: Any) -> Fault:
        """So many kilobytes (1,000 bytes) a second."""
        return self._toxic("bandwidth", direction, {"rate": kilobytes}, chance)

    def slow_close(self, seconds: float, *, direction: str = DOWNSTREAM, **chance: Any) -> Fault:
        """The end of a connection comes later."""
        return self._toxic("slow_close", direction, {"delay": _ms(seconds)}, chance)

    def times_out(self, after: float | None = None, *, direction: str = DOWNSTREAM, **chance: Any) -> Fault:
        """No answer arrives; the service has acted all the same.

        Args:
            after: seconds until the connection is closed; None leaves it open, so that the client's own limit counts.
            direction: upstream: the request does not arrive either.
            chance: see toxic().
        """
        if after is not None and _ms(after) < 1:
            raise UsageError(f"times_out: after must be at least 0.001 seconds or None, not {after!r}")
        return self._toxic("timeout", direction, {"timeout": 0 if after is None else _ms(after)}, chance)

    def resets(self, after: float = 0.0, *, direction: str = UPSTREAM, **chance: Any) -> Fault:
        """The connection is reset as soon as data flows.

        Args:
            after: seconds from the first data.
            direction: upstream: the request does not arrive. downstream: the service has acted, its answer is lost.
            chance: see toxic().
        """
        return self._toxic("reset_peer", direction, {"timeout": _ms(after)}, chance)

    def slices(
        self, size: int, *, variation: int = 0, pause: float = 0.0, direction: str = DOWNSTREAM, **chance: Any
    ) -> Fault:
        """Data come in pieces of so many bytes, with so many seconds between."""
        values = {"average_size": size, "size_variation": variation, "delay": round(_checked(pause) * 1e6)}
        return self._toxic("slicer", direction, values, chance)

    def limits(
        self,
        bytes: int | None = None,  # noqa: A002 - the unit is the name
        *,
        requests: int | None = None,
        direction: str = DOWNSTREAM,
        **chance: Any,
    ) -> Fault:
        """The connection is closed after so many bytes, or where one more HTTP request begins than allowed."""
        if (bytes is None) == (requests is None):
            raise UsageError("limits needs either bytes= or requests=")
        if requests is not None:
            return self._toxic("limit_requests", UPSTREAM, {"requests": requests}, chance)
        return self._toxic("limit_data", direction, {"bytes": bytes}, chance)

    def loses(self, share: float, *, seed: int | None = None, **chance: Any) -> Fault:
        """Of new connections this share is reset at once; those that are open are closed first.

        Args:
            share: from 0 to 1.
            seed: the same one loses the same connections again.
            chance: see toxic().
        """
        return self._refuses({"toxicity": share, "seed": seed, "connections": {"after": 0}, **chance})

    def fails_first(self, count: int) -> Fault:
        """The first connections are reset at once; those that are open are closed first."""
        return self._refuses({"connections": {"first": count}})

    def down(self) -> Fault:
        """Nobody listens: connections are refused, and those that are open are closed."""
        return Fault(lambda: self._switch(enabled=False), lambda: self._switch(enabled=True))

    def toxic(self, kind: str, *, stream: str = DOWNSTREAM, **settings: Any) -> Fault:
        """Any toxic by its kind, as the API has it.

        Args:
            kind: its type.
            stream: upstream or downstream.
            settings: attributes, toxicity, connections ({"first": 3}, {"after": 2}, {"every": 2}), schedule
                ({"after": 1, "for": 2, "every": 5}, seconds) and seed.

        Raises:
            UsageError: there is no such kind.
        """
        if kind not in ATTRIBUTES:
            near = difflib.get_close_matches(str(kind), ATTRIBUTES, 1)
            advice = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ATTRIBUTES)}"
            raise UsageError(f"there is no toxic {kind!r}; {advice}")
        return self._with_document({"type": kind, "stream": stream, **settings})

    def remove(self) -> None:
        """Listen no more."""
        self._background.call(lambda: self._background.server.proxies.remove(self._name))

    def _refuses(self, settings: Mapping[str, Any]) -> Fault:
        fault = self._with_document({"type": "refuse", "stream": UPSTREAM, **settings})

        def begin() -> None:
            fault.__enter__()
            self._do(self._proxy.drop_connections)

        return Fault(begin, lambda: fault.__exit__(None, None, None))

    def _toxic(self, kind: str, stream: str, values: Mapping[str, Any], chance: Mapping[str, Any]) -> Fault:
        return self._with_document({"type": kind, "stream": stream, "attributes": values, **chance})

    def _with_document(self, document: Mapping[str, Any]) -> Fault:
        self._count += 1
        given = {key: value for key, value in document.items() if value is not None}
        toxic = read_toxic({**given, "name": f"{given['type']} {self._count}"})
        return Fault(lambda: self._do(self._proxy.add, toxic), lambda: self._do(self._proxy.remove, toxic.name))

    def _switch(self, *, enabled: bool) -> None:
        self._background.call(self._proxy.start if enabled else self._proxy.stop)

    def _do(self, function: Callable[..., None], *values: Any) -> None:
        async def there() -> None:
            function(*values)

        self._background.call(there)


def _ms(seconds: float) -> int:
    return round(_checked(seconds) * 1000)


def _checked(seconds: float) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
        raise UsageError(f"a time is a number of seconds from 0, not {seconds!r}")
    return seconds
