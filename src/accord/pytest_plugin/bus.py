"""The fixtures ``bus`` and ``captured_events``: one word says what a test's messages travel by."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest

from accord.pytest_plugin.brokers import loaded_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from accord.infra.bus.port import Bus
    from accord.testing.event_capture import EventCapture

MARKER = (
    'bus(kind): what the fixture bus is: "mock", "memory", "nats", "kafka" or "rabbitmq"; each of the last three uses '
    "the fixture of the same name (accord)"
)
KINDS = ("mock", "memory", "nats", "kafka", "rabbitmq")
_WITHOUT_SOCKETS = ("mock", "memory")


@pytest.fixture
def bus_kind(request: pytest.FixtureRequest) -> str:
    """What ``bus`` is where no marker says: ``bus`` in the configuration; override it in a conftest."""
    return loaded_configuration(request).bus


@pytest.fixture
def open_bus(request: pytest.FixtureRequest, bus_kind: str) -> Callable[[], Bus]:
    """What makes further buses on the test's broker, such as other processes have.

    ``async with open_bus() as other``. In memory every bus is a world of its own.
    """
    marker = request.node.get_closest_marker("bus")
    kind = marker.args[0] if marker is not None and marker.args else bus_kind
    _check(request, kind)
    if kind in _WITHOUT_SOCKETS:
        return functools.partial(_made, kind, None)
    return functools.partial(_made, kind, request.getfixturevalue(kind))


@pytest.fixture
def bus(request: pytest.FixtureRequest, open_bus: Callable[[], Bus]) -> Iterator[Bus]:
    """A bus of the test's own; ``@pytest.mark.bus("nats")`` says what it runs on, ``memory`` by default.

    An asynchronous test finds it started, and it is stopped when the test returns.
    """
    made = open_bus()
    with _around(request.node, made):
        yield made


@pytest.fixture
def captured_events(bus: Bus) -> EventCapture:
    """Every message that is published on ``bus``, or beside it on its broker: ``await captured_events.expect({…})``."""
    from accord.testing.event_capture import EventCapture  # noqa: PLC0415 - only tests that use it pay

    return EventCapture(bus, ">")


def _check(request: pytest.FixtureRequest, kind: object) -> None:
    from accord.core.errors import UsageError  # noqa: PLC0415 - only tests that use it pay

    if kind not in KINDS:
        raise UsageError(f"{request.node.nodeid}: there is no bus {kind!r}; known: {', '.join(KINDS)}")
    levels: Any = request.config.pluginmanager.get_plugin("accord-levels")
    level = levels.of_item(request.node)
    if kind not in _WITHOUT_SOCKETS and level is not None and "network" in level.guards:
        raise UsageError(
            f"{request.node.nodeid} is of the level {level.name!r}, which has no sockets, and asks for the bus "
            f"{kind!r}. "
            'Take @pytest.mark.bus("memory"), or move the test to tests/integration.'
        )


def _made(kind: str, place: Any) -> Bus:
    if kind == "mock":
        from accord.infra.bus.mock import MockBus  # noqa: PLC0415 - only tests that use it pay; so below

        return MockBus()
    if kind == "memory":
        from accord.infra.bus.memory import MemoryBus  # noqa: PLC0415

        return MemoryBus()
    if kind == "nats":
        from accord.infra.bus.nats import NatsBus  # noqa: PLC0415

        return NatsBus(place.url, prefix="" if place.has_account else place.prefix)
    if kind == "kafka":
        from accord.infra.bus.kafka import KafkaBus  # noqa: PLC0415

        return KafkaBus(
            place.bootstrap, prefix=place.prefix, make_topic=functools.partial(_topic, place), session=_session(place)
        )
    from accord.infra.bus.rabbitmq import RabbitBus  # noqa: PLC0415

    return RabbitBus(place.url)


def _topic(place: Any, subject: str) -> None:
    """Make it with several partitions, for the members of a group to share, unless it is there already."""
    if f"{place.prefix}.{subject}" not in place.server.topics():
        place.topic(subject, partitions=4)


def _session(place: Any) -> float:
    return 1.0 if place.server.is_own else 6.0  # others may refuse so short a session


class _around:  # noqa: N801 - reads as a statement
    """Starts a bus before the body of an asynchronous test, and stops it after it, in the event loop of the test."""

    def __init__(self, item: Any, bus: Bus) -> None:
        self._item = item
        self._bus = bus

    def __enter__(self) -> None:
        self._test = test = self._item.obj
        if not inspect.iscoroutinefunction(test):
            return
        bus = self._bus

        @functools.wraps(test)
        async def run(*arguments: Any, **named: Any) -> Any:
            async with bus:
                return await test(*arguments, **named)

        self._item.obj = run

    def __exit__(self, *outcome: object) -> None:
        self._item.obj = self._test
