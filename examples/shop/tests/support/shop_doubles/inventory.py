"""InventoryService's port as a fake."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from shop.inventory.domain.errors import ReservationNotFoundError
from shop.inventory.domain.stock import Reservation, StockLevel
from shop.inventory.service.ports import StockRepository


class FakeStockRepository(StockRepository):
    """Reservations in memory, of stock without end."""

    def __init__(self) -> None:
        self.reservations: dict[str, Reservation] = {}

    async def levels(self, product_ids: Sequence[str], now: datetime) -> Mapping[str, StockLevel]:
        return {}

    async def put(
        self,
        product_id: str,
        on_hand: int,
        now: datetime,
        *,
        name: str | None = None,
        unit_price: Decimal | None = None,
    ) -> StockLevel:
        return StockLevel(product_id, name or product_id, unit_price, on_hand)

    async def find_reservation(self, order_id: str) -> Reservation | None:
        return self.reservations.get(order_id)

    async def hold(self, wanted: Reservation, now: datetime) -> Reservation:
        self.reservations[wanted.order_id] = wanted
        return wanted

    async def commit(self, order_id: str, now: datetime) -> Reservation:
        if order_id not in self.reservations:
            raise ReservationNotFoundError(order_id)
        self.reservations[order_id] = self.reservations[order_id].committed()
        return self.reservations[order_id]

    async def release(self, order_id: str) -> None:
        if order_id in self.reservations:
            self.reservations[order_id] = self.reservations[order_id].released()
