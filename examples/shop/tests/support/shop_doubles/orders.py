"""OrderService's ports as fakes, and orders to test with."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from shop.kit.envelope import Envelope
from shop.kit.outbox import EventPublisher
from shop.orders.domain.errors import (
    ConcurrentModificationError,
    InsufficientInventoryError,
    ItemShortage,
    PaymentDeclinedError,
)
from shop.orders.domain.order import Order, OrderItem
from shop.orders.domain.pricing import Quote
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.ports import (
    CartClient,
    CartContents,
    Catalogue,
    CustomerDirectory,
    InventoryClient,
    ItemAvailability,
    OrderRepository,
    PaymentClient,
    PaymentReceipt,
    PaymentRequest,
    PricingService,
    Product,
    RequestedItem,
)


def an_item(
    product_id: str = "prod-1",
    *,
    quantity: int = 2,
    unit_price: str = "10.00",
    name: str = "Widget",
) -> OrderItem:
    return OrderItem(product_id, name, quantity, Decimal(unit_price))


def an_order(**changes: Any) -> Order:
    """A new order of one line: two widgets at 10.00."""
    return Order.create(**{"customer_id": "customer-1", "items": [an_item()], **changes})


class FakeOrderRepository(OrderRepository):
    """Keeps copies in memory, with versions as the real one."""

    def __init__(self) -> None:
        self.stored: dict[str, Order] = {}
        self.published: list[Any] = []

    async def save(self, order: Order) -> None:
        current = self.stored[order.id].version if order.id in self.stored else 0
        if order.version != current:
            raise ConcurrentModificationError(order.id)
        self.published += order.events
        order.version += 1
        order.events.clear()
        self.stored[order.id] = deepcopy(order)

    async def find_by_id(self, order_id: str) -> Order | None:
        return deepcopy(self.stored.get(order_id))

    async def find_by_customer_id(self, customer_id: str, limit: int = 100) -> list[Order]:
        theirs = [deepcopy(order) for order in self.stored.values() if order.customer_id == customer_id]
        return sorted(theirs, key=lambda order: order.placed_at, reverse=True)[:limit]


class FakeInventory(InventoryClient):
    """Stock in memory. A product nobody set has none."""

    def __init__(self, **available: int) -> None:
        self.available = dict(available)
        self.held: dict[str, dict[str, int]] = {}
        self.committed: set[str] = set()
        self.calls: list[str] = []

    def set_available(self, product_id: str, quantity: int) -> None:
        self.available[product_id] = quantity

    async def check_availability(self, items: Sequence[RequestedItem]) -> list[ItemAvailability]:
        self.calls.append("check_availability")
        there = self.available
        return [
            ItemAvailability(product_id, quantity <= there.get(product_id, 0), there.get(product_id, 0))
            for product_id, quantity in _added_up(items).items()
        ]

    async def reserve(self, order_id: str, items: Sequence[RequestedItem]) -> None:
        self.calls.append("reserve")
        if order_id in self.held:
            return
        wanted = _added_up(items)
        there = self.available
        short = [
            ItemShortage(product_id, quantity, there.get(product_id, 0))
            for product_id, quantity in wanted.items()
            if quantity > there.get(product_id, 0)
        ]
        if short:
            raise InsufficientInventoryError(short)
        for product_id, quantity in wanted.items():
            there[product_id] -= quantity
        self.held[order_id] = wanted

    async def commit(self, order_id: str) -> None:
        self.calls.append("commit")
        self.committed.add(order_id)

    async def release(self, order_id: str) -> None:
        self.calls.append("release")
        self.committed.discard(order_id)
        for product_id, quantity in self.held.pop(order_id, {}).items():
            self.available[product_id] += quantity


class FakePayments(PaymentClient):
    """Charges in memory; a charge repeated is answered as before."""

    def __init__(self, *, has_funds: bool = True) -> None:
        self.has_funds = has_funds
        self.charges: dict[tuple[str, int], PaymentReceipt] = {}
        self.methods: list[PaymentMethod | None] = []
        self.refunds: list[str] = []

    async def process_payment(self, request: PaymentRequest) -> PaymentReceipt:
        self.methods.append(request.method)
        if not self.has_funds:
            raise PaymentDeclinedError("INSUFFICIENT_FUNDS", "Payment declined due to insufficient funds")
        key = (request.order_id, request.attempt)
        receipt = PaymentReceipt(
            f"pay_{len(self.charges) + 1}",
            request.order_id,
            "COMPLETED",
            request.amount,
            "2025-01-15T10:30:00.000Z",
        )
        return self.charges.setdefault(key, receipt)

    async def refund_payment(self, payment_id: str) -> None:
        if payment_id not in self.refunds:
            self.refunds.append(payment_id)


class FakeCatalogue(Catalogue):
    """Products in memory: prices by product id, names made of the ids."""

    def __init__(self, **prices: str) -> None:
        self.products = {
            product_id: Product(product_id, f"Product {product_id}", Decimal(price))
            for product_id, price in prices.items()
        }

    @classmethod
    def of(cls, prices: Mapping[str, str]) -> "FakeCatalogue":
        return cls(**prices)

    async def find(self, product_ids: Sequence[str]) -> Mapping[str, Product]:
        return {product_id: self.products[product_id] for product_id in product_ids if product_id in self.products}


class FakePricing(PricingService):
    """Always gives the same quote, and notes that it was asked."""

    def __init__(self, quote: Quote, calls: list[str] | None = None) -> None:
        self.quote = quote
        self.calls = [] if calls is None else calls

    async def calculate(
        self,
        items: Sequence[RequestedItem],
        customer_id: str,
        discount_code: str | None = None,
    ) -> Quote:
        self.calls.append("calculate")
        return self.quote


class FakeCustomers(CustomerDirectory):
    """Everybody has an address at example.com; whom a test gave a payment method has that."""

    def __init__(self, **methods: PaymentMethod) -> None:
        self.methods = methods

    async def email_of(self, customer_id: str) -> str:
        return f"{customer_id}@example.com"

    async def payment_method_of(self, customer_id: str) -> PaymentMethod | None:
        return self.methods.get(customer_id)


class FakeCarts(CartClient):
    """Carts in memory; customers whom nobody gave one have an empty one."""

    def __init__(self, **carts: tuple[RequestedItem, ...]) -> None:
        self.carts = {customer_id: CartContents(items, 1) for customer_id, items in carts.items()}
        self.failing = False

    async def contents(self, customer_id: str) -> CartContents:
        return self.carts.get(customer_id, CartContents(()))

    async def empty(self, customer_id: str, version: int) -> None:
        if self.failing:
            raise ConnectionError("CartService is down")
        if self.carts[customer_id].version == version:
            del self.carts[customer_id]


class RecordingPublisher(EventPublisher):
    """Keeps what was published; fails as long as a test wants it to."""

    def __init__(self) -> None:
        self.published_events: list[Envelope] = []
        self.failing = False

    async def publish(self, event: Envelope, key: str) -> None:
        if self.failing:
            raise ConnectionError("the bus is down")
        self.published_events.append(event)


def _added_up(items: Sequence[RequestedItem]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for item in items:
        wanted[item.product_id] = wanted.get(item.product_id, 0) + item.quantity
    return wanted
