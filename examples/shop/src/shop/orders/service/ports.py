"""What OrderService needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shop.orders.domain.order import Order
from shop.orders.domain.pricing import Quote
from shop.orders.domain.saga import Saga
from shop.orders.domain.saga_messages import Command, PaymentMethod

Clock = Callable[[], datetime]
IdFactory = Callable[[], str]


@dataclass(frozen=True, slots=True)
class RequestedItem:
    """A line as the customer asks for it; `unit_price` is the price they were shown, if they say so."""

    product_id: str
    quantity: int
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemAvailability:
    """Whether stock can serve a line."""

    product_id: str
    available: bool
    available_quantity: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the catalogue lists it."""

    product_id: str
    name: str
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A charge; `attempt` counts the declined tries before it. Without a method the customer's account decides."""

    order_id: str
    amount: Decimal
    currency: str
    customer_id: str
    attempt: int = 0
    method: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class PaymentReceipt:
    """A charge that went through."""

    id: str
    order_id: str
    status: str
    amount: Decimal
    processed_at: str


class OrderRepository(ABC):
    """Keeps orders; an order and its events are stored together or not at all."""

    @abstractmethod
    async def save(self, order: Order) -> None:
        """Store an order, new or changed, with its events; afterwards it has none left and the next version.

        Raises:
            ConcurrentModificationError: somebody else stored it since it was read.
        """

    async def create_order(self, order: Order) -> None:
        """Store a new order with its `order.placed`."""
        await self.save(order)

    @abstractmethod
    async def find_by_id(self, order_id: str) -> Order | None: ...

    @abstractmethod
    async def find_by_customer_id(self, customer_id: str, limit: int = 100) -> list[Order]:
        """The customer's orders, the newest first."""


class InventoryClient(ABC):
    """InventoryService, as orders see it."""

    @abstractmethod
    async def check_availability(self, items: Sequence[RequestedItem]) -> list[ItemAvailability]: ...

    @abstractmethod
    async def reserve(self, order_id: str, items: Sequence[RequestedItem]) -> None:
        """Hold stock for an order, or hold it longer: all lines or none.

        Raises:
            InsufficientInventoryError: stock is short.
        """

    @abstractmethod
    async def commit(self, order_id: str) -> None:
        """Make a hold final: it does not expire any more."""

    @abstractmethod
    async def release(self, order_id: str) -> None:
        """Give the stock back; nothing happens when none is held."""


class PaymentClient(ABC):
    """PaymentService, as orders see it."""

    @abstractmethod
    async def process_payment(self, request: PaymentRequest) -> PaymentReceipt:
        """Charge the customer; the same attempt twice charges once.

        Raises:
            PaymentDeclinedError: the payment was refused.
        """

    @abstractmethod
    async def refund_payment(self, payment_id: str) -> None:
        """Pay back; twice pays back once."""


class Catalogue(ABC):
    """Names and prices of products."""

    @abstractmethod
    async def find(self, product_ids: Sequence[str]) -> Mapping[str, Product]:
        """The known ones among these products."""


class PricingService(ABC):
    """Prices a customer's lines."""

    @abstractmethod
    async def calculate(
        self,
        items: Sequence[RequestedItem],
        customer_id: str,
        discount_code: str | None = None,
    ) -> Quote:
        """What the customer owes.

        Raises:
            ValidationError: a product is not in the catalogue, or the discount code is unknown.
            PriceChangedError: a sent price is not the catalogue's.
        """


class FlagClient(ABC):
    """Feature flags by customer."""

    @abstractmethod
    async def is_enabled(self, flag: str, *, user_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class CartContents:
    """What a customer means to buy; `version` changes with every change."""

    items: tuple[RequestedItem, ...]
    version: int = 0


class CartClient(ABC):
    """CartService, as orders see it."""

    @abstractmethod
    async def contents(self, customer_id: str) -> CartContents:
        """What is in the customer's cart."""

    @abstractmethod
    async def empty(self, customer_id: str, version: int) -> None:
        """Take everything out of the cart that was seen; a cart that has changed since stays as it is."""


class CustomerDirectory(ABC):
    """What the shop knows of its customers."""

    @abstractmethod
    async def email_of(self, customer_id: str) -> str:
        """Where to write to; empty when nobody knows."""

    @abstractmethod
    async def payment_method_of(self, customer_id: str) -> PaymentMethod | None:
        """What the customer has stored to pay with; None when nothing, or when nobody knows."""


class SagaStore(ABC):
    """Keeps sagas; a saga and the commands it gives are stored together or not at all."""

    @abstractmethod
    def transaction(self) -> AbstractAsyncContextManager[object]:
        """What happens in this block, to orders too, happens together or not at all."""

    @abstractmethod
    async def find(self, order_id: str, *, overdue_at: datetime | None = None) -> Saga | None:
        """An order's saga; until the transaction ends nobody else gets it.

        Args:
            order_id: whose.
            overdue_at: only if it has waited for too long at this moment.
        """

    @abstractmethod
    async def save(self, saga: Saga, commands: Sequence[Command], *, waits_until: datetime | None) -> None:
        """Store a saga, new or changed, with the commands for its participants.

        Raises:
            ConcurrentModificationError: somebody else stored it since it was read.
        """

    @abstractmethod
    async def overdue(self, now: datetime, limit: int = 100) -> list[str]:
        """The orders whose sagas have waited for too long."""
