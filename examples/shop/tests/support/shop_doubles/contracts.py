"""Where the pact files are, how every service verifies the ones it must keep, and messages as contracts see them."""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from accord import match
from accord.hub.client import HubPacts
from shop.kit.consumer import Handler, Reply
from shop.kit.envelope import Envelope
from shop_doubles.databases import execute, rows

CONTRACTS = Path(__file__).parents[3] / "contracts"

Step = Callable[[], Awaitable[object]]
State = Step | tuple[Step, Step]
"""What brings a state about; with what ends it, where the next state could not."""
Producer = Callable[[], Awaitable[dict[str, Any]]]


def a_message(event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    """The envelope, as far as a reader depends on it."""
    return {
        "eventId": match.string("0a1b2c3d"),
        "eventType": event_type,
        "eventVersion": 1,
        "timestamp": match.iso8601("2025-01-15T10:30:00.000Z"),
        "data": data,
    }


def reader(handlers: Mapping[str, Handler]) -> Callable[..., Awaitable[Sequence[Reply]]]:
    """What a service does with a message that the bus has delivered; it must know its version."""

    async def read(content: dict[str, Any], _metadata: object = None) -> Sequence[Reply]:
        message = Envelope.from_dict(content)
        handler = handlers[message.event_type]
        assert message.event_version in handler.versions
        return await handler.handle(message)

    return read


async def last_said(engine: AsyncEngine, event_type: str) -> dict[str, Any]:
    """What a service's outbox has last, of a type: what its relay hands to the bus, unchanged."""
    query = "SELECT payload FROM outbox WHERE event_type = :type ORDER BY position DESC LIMIT 1"
    (row,) = await rows(engine, query, type=event_type)
    payload: dict[str, Any] = row["payload"]
    return payload


def broken(engine: AsyncEngine, table: str) -> State:
    """The state of a database that lacks a table: whatever needs it is a crash, and answered with 500."""

    async def take_away() -> None:
        await execute(engine, f"ALTER TABLE {table} RENAME TO taken_away")

    async def put_back() -> None:
        await execute(engine, f"ALTER TABLE taken_away RENAME TO {table}")

    return take_away, put_back


def verification(
    verifier: Any,
    provider: str,
    app: FastAPI,
    states: Mapping[str, State],
    messages: Mapping[str, Producer] | None = None,
) -> Any:
    """A verification of the provider against all its pacts, ready to run.

    They come from the hub that `ACCORD_HUB_URL` names, else from the folder. The result is kept there too when
    `GIT_COMMIT` names the version that is verified, as a pipeline does.
    """
    version, hub = os.environ.get("GIT_COMMIT"), os.environ.get("ACCORD_HUB_URL")
    place = HubPacts(hub, publish=version is not None) if hub else CONTRACTS
    prepared = verifier(provider, version=version).app(app).pacts(place)
    for name, handler in states.items():
        prepared.state(name, *(handler if isinstance(handler, tuple) else (handler,)))
    for description, producer in (messages or {}).items():
        prepared.message(description, producer)
    return prepared.record_to(place) if version else prepared
