"""Telling what is there, holding it and giving it back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from shop.inventory.domain.errors import ProductNotFoundError
from shop.inventory.domain.stock import Line, Reservation, StockLevel, added_up
from shop.inventory.service.ports import Clock, StockRepository

HOLD_FOR = timedelta(minutes=15)


class InventoryService:
    """Keeps stock.

    Args:
        repository: keeps products and reservations.
        clock: the present moment.
        hold_for: how long a reservation lasts unless it is committed.
    """

    def __init__(self, repository: StockRepository, *, clock: Clock, hold_for: timedelta = HOLD_FOR) -> None:
        self._repository = repository
        self._clock = clock
        self._hold_for = hold_for

    async def level(self, product_id: str) -> StockLevel:
        """One product's stock.

        Raises:
            ProductNotFoundError: there is no such product.
        """
        levels = await self.levels([product_id])
        if product_id not in levels:
            raise ProductNotFoundError(product_id)
        return levels[product_id]

    async def levels(self, product_ids: Sequence[str]) -> Mapping[str, StockLevel]:
        """The known ones among these products."""
        return await self._repository.levels(product_ids, self._clock())

    async def put(
        self,
        product_id: str,
        on_hand: int,
        *,
        name: str | None = None,
        unit_price: Decimal | None = None,
    ) -> StockLevel:
        """Store what is on the shelf; a name or price left out stays as it was."""
        return await self._repository.put(product_id, on_hand, self._clock(), name=name, unit_price=unit_price)

    async def reserve(self, order_id: str, lines: Sequence[Line]) -> Reservation:
        """Hold stock for an order, all lines or none; again renews the hold.

        Raises:
            InsufficientStockError: at least one line asks for more than is available.
            ReservationStateError: the order already holds other lines.
        """
        now = self._clock()
        return await self._repository.hold(Reservation(order_id, added_up(lines), now + self._hold_for), now)

    async def commit(self, order_id: str) -> Reservation:
        """Make an order's hold final; again changes nothing.

        Raises:
            ReservationNotFoundError: nothing was ever held for this order.
            ReservationStateError: the reservation was released.
            InsufficientStockError: the hold expired and the stock has gone to others.
        """
        return await self._repository.commit(order_id, self._clock())

    async def release(self, order_id: str) -> None:
        """Give an order's stock back; again changes nothing."""
        await self._repository.release(order_id)
