"""Crashes at the worst moments."""

import pytest

from shop.kit.bus import Delivery
from shop.kit.consumer import Consumer


def crash_before_acknowledging(monkeypatch: pytest.MonkeyPatch) -> list[Delivery]:
    """The first message is handled, its effect committed, and its acknowledgement lost; gives all deliveries."""
    handle = Consumer.receive
    deliveries: list[Delivery] = []

    async def receive(consumer: Consumer, delivery: Delivery) -> None:
        deliveries.append(delivery)
        await handle(consumer, delivery)
        if len(deliveries) == 1:
            raise ConnectionError("killed before the acknowledgement")

    monkeypatch.setattr(Consumer, "receive", receive)
    return deliveries
