"""The commands that InventoryService takes, and what it answers; the same functions serve its HTTP API."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Final
from uuid import uuid4

from pydantic import Field

from shop.inventory.domain.errors import InsufficientStockError, InventoryError
from shop.inventory.domain.stock import Line
from shop.inventory.service.ports import Clock
from shop.inventory.service.stockkeeping import InventoryService
from shop.kit.consumer import Handler, Reply, data_of
from shop.kit.envelope import Envelope
from shop.kit.wire import WireModel

READS: Final = ("inventory.commands",)
EVENTS: Final = "inventory.events"
CHANNEL_OF: Final[Mapping[str, str]] = {
    "inventory-reserved": EVENTS,
    "inventory-committed": EVENTS,
    "inventory-released": EVENTS,
    "inventory-refused": EVENTS,
}
"""Where each message goes."""


class _OfOrder(WireModel):
    order_id: str


class _Line(WireModel):
    product_id: str
    quantity: Annotated[int, Field(strict=True, ge=1)]


class _Reserve(_OfOrder):
    items: Annotated[list[_Line], Field(min_length=1)]


class InventoryCommands:
    """Does what commands ask for, and says what came of it.

    Args:
        inventory: does it.
        clock: the present moment.
    """

    def __init__(self, inventory: InventoryService, clock: Clock) -> None:
        self._inventory = inventory
        self._clock = clock

    def handlers(self) -> dict[str, Handler]:
        """For each type of command who handles it."""
        return {
            "reserve-inventory": Handler(self.reserve),
            "commit-inventory": Handler(self.commit),
            "release-inventory": Handler(self.release),
        }

    async def reserve(self, command: Envelope) -> Sequence[Reply]:
        """Hold stock for an order."""
        wanted = data_of(command, _Reserve)
        lines = [Line(line.product_id, line.quantity) for line in wanted.items]
        return await self._answered(
            wanted.order_id,
            lambda: self._inventory.reserve(wanted.order_id, lines),
            "inventory-reserved",
        )

    async def commit(self, command: Envelope) -> Sequence[Reply]:
        """Make an order's hold final."""
        order_id = data_of(command, _OfOrder).order_id
        return await self._answered(order_id, lambda: self._inventory.commit(order_id), "inventory-committed")

    async def release(self, command: Envelope) -> Sequence[Reply]:
        """Give an order's stock back."""
        order_id = data_of(command, _OfOrder).order_id
        return await self._answered(order_id, lambda: self._inventory.release(order_id), "inventory-released")

    async def _answered(self, order_id: str, act: Callable[[], Awaitable[object]], done: str) -> Sequence[Reply]:
        try:
            await act()
        except InventoryError as error:  # refused before anything was changed: the transaction goes on
            code = "insufficient_inventory" if isinstance(error, InsufficientStockError) else "invalid_state"
            return [self._reply(order_id, "inventory-refused", code=code, reason=str(error))]
        return [self._reply(order_id, done)]

    def _reply(self, order_id: str, event_type: str, **data: str) -> Reply:
        return Reply(order_id, Envelope(str(uuid4()), event_type, self._clock(), {"orderId": order_id, **data}))
