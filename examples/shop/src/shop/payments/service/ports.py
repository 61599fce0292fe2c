"""What PaymentService needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shop.payments.domain.payment import Payment

Clock = Callable[[], datetime]
IdFactory = Callable[[], str]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order."""

    product_id: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """What payments need to know of an order."""

    id: str
    customer_id: str
    status: str
    total_amount: Decimal
    items: tuple[OrderLine, ...]
    placed_at: datetime


class OrderClient(ABC):
    """OrderService, as payments see it."""

    @abstractmethod
    async def get_order(self, order_id: str) -> OrderDetails:
        """An order's details.

        Raises:
            OrderNotFoundError: there is no such order.
        """


class PaymentRepository(ABC):
    """Keeps payments. A key stands for one payment, and an order has at most one that takes money."""

    @abstractmethod
    async def find_by_key(self, key: str) -> Payment | None: ...

    @abstractmethod
    async def find_by_id(self, payment_id: str) -> Payment | None: ...

    @abstractmethod
    async def open(self, payment: Payment) -> Payment:
        """Store a pending payment, or give the one that already has its key.

        Raises:
            AlreadyChargedError: the order has a pending or completed payment under another key.
        """

    @abstractmethod
    async def settle(self, payment: Payment) -> Payment:
        """Store the answer of a pending payment; give what is stored, which may be somebody else's same answer."""

    @abstractmethod
    async def store_refund(self, payment: Payment) -> Payment:
        """Store the moment of a refund; give what is stored."""


class Acquirer(ABC):
    """The third party that moves the money. It honours our keys: the same key twice moves money once."""

    @abstractmethod
    async def charge(
        self,
        key: str,
        customer_id: str,
        amount: Decimal,
        currency: str,
        token: str | None = None,
    ) -> bool:
        """Take money; False when the customer has too little, or the card that the token stands for is refused."""

    @abstractmethod
    async def refund(self, key: str) -> None:
        """Pay back what was taken under the key."""
