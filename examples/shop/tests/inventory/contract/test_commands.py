"""InventoryService as a reader of OrderService's commands, with its own handlers."""

from typing import Any

import pytest
from shop_doubles.contracts import a_message, reader
from shop_doubles.inventory import FakeStockRepository
from shop_doubles.moments import StoppedClock

from accord import match
from shop.inventory.adapters.messages import InventoryCommands
from shop.inventory.domain.stock import Line, ReservationState
from shop.inventory.service.stockkeeping import InventoryService


@pytest.mark.parametrize(
    ("state", "command", "becomes"),
    [
        ("the payment of an order has been charged", "commit-inventory", ReservationState.COMMITTED),
        ("the payment of an order has failed", "release-inventory", ReservationState.RELEASED),
    ],
)
async def test_obeys(pact: Any, state: str, command: str, becomes: ReservationState) -> None:
    repository, clock = FakeStockRepository(), StoppedClock()
    inventory = InventoryService(repository, clock=clock)
    await inventory.reserve("order-1", [Line("prod-1", 2)])
    await (
        pact("InventoryService", "OrderService")
        .given(state)
        .expects_to_receive(f"a {command} command")
        .with_content(a_message(command, {"orderId": match.string("order-1")}))
        .averify(reader(InventoryCommands(inventory, clock).handlers()))
    )
    assert repository.reservations["order-1"].state is becomes
