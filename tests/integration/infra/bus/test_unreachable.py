"""A broker that is not there is said in a sentence, soon, and without its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accord.core.errors import ResourceError
from accord.infra import KafkaBus, NatsBus, RabbitBus, ports

if TYPE_CHECKING:
    from accord.infra import Bus


@pytest.mark.parametrize("kind", ["nats", "kafka", "rabbitmq"])
async def test_a_broker_that_is_not_there_is_named(kind: str) -> None:
    port = next(ports.free_ports())
    buses: dict[str, Bus] = {
        "nats": NatsBus(f"nats://me:secret@127.0.0.1:{port}"),
        "kafka": KafkaBus(f"127.0.0.1:{port}"),
        "rabbitmq": RabbitBus(f"amqp://me:secret@127.0.0.1:{port}/x"),
    }
    with pytest.raises(ResourceError, match=f"the {kind} bus cannot use the broker at 127.0.0.1:{port}: ") as caught:
        await buses[kind].publish("orders.placed", 1)
    assert "secret" not in str(caught.value)
