"""What InventoryService needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from shop.inventory.domain.stock import Reservation, StockLevel

Clock = Callable[[], datetime]


class StockRepository(ABC):
    """Keeps products and reservations. What it answers about stock leaves out holds that have expired."""

    @abstractmethod
    async def levels(self, product_ids: Sequence[str], now: datetime) -> Mapping[str, StockLevel]:
        """The known ones among these products."""

    @abstractmethod
    async def put(
        self,
        product_id: str,
        on_hand: int,
        now: datetime,
        *,
        name: str | None = None,
        unit_price: Decimal | None = None,
    ) -> StockLevel:
        """Store what is on the shelf; a name or price left out stays as it was."""

    @abstractmethod
    async def find_reservation(self, order_id: str) -> Reservation | None: ...

    @abstractmethod
    async def hold(self, wanted: Reservation, now: datetime) -> Reservation:
        """Hold all lines or none; an order's own hold is renewed, a committed one stays.

        Raises:
            InsufficientStockError: at least one line asks for more than is available.
            ReservationStateError: the order already holds other lines.
        """

    @abstractmethod
    async def commit(self, order_id: str, now: datetime) -> Reservation:
        """Take held stock off the shelf.

        Raises:
            ReservationNotFoundError: nothing was ever held for this order.
            ReservationStateError: the reservation was released.
            InsufficientStockError: the hold expired and the stock has gone to others.
        """

    @abstractmethod
    async def release(self, order_id: str) -> None:
        """Give stock back, committed stock too; nothing happens when none is held."""
