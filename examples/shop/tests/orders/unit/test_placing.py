from decimal import Decimal

import pytest
from shop_doubles.moments import NOON, StoppedClock
from shop_doubles.orders import FakeCustomers, FakeInventory, FakeOrderRepository, FakePricing, an_item

from shop.orders.domain.errors import (
    InsufficientInventoryError,
    InvalidOrderError,
    ItemShortage,
    OrderNotFoundError,
    ValidationError,
)
from shop.orders.domain.order import Address, Order
from shop.orders.domain.pricing import Quote
from shop.orders.service.placing import OrderService, PlacingPolicy
from shop.orders.service.ports import RequestedItem

ASKED = [RequestedItem("p1", 2)]


class BrokenRepository(FakeOrderRepository):
    async def save(self, order: Order) -> None:
        raise ConnectionError("the database is down")


class UnreleasableInventory(FakeInventory):
    async def release(self, order_id: str) -> None:
        raise ConnectionError("inventory is down")


class Shop:
    """An order service, its doubles and the order in which they were called."""

    def __init__(
        self,
        repository: FakeOrderRepository | None = None,
        inventory: FakeInventory | None = None,
        policy: PlacingPolicy | None = None,
    ) -> None:
        self.repository = repository or FakeOrderRepository()
        self.inventory = inventory or FakeInventory(p1=100)
        quote = Quote((an_item("p1"),), discount=Decimal(2), shipping=Decimal(5), tax=Decimal(1))
        self.pricing = FakePricing(quote, self.inventory.calls)
        self.service = OrderService(
            self.repository,
            self.pricing,
            self.inventory,
            customers=FakeCustomers(),
            clock=StoppedClock(),
            new_id=lambda: "order-1",
            policy=policy,
        )


async def test_an_order_is_stored_as_it_was_priced() -> None:
    shop = Shop()
    address = Address("123 Main St", "Springfield", "62701")
    order = await shop.service.create_order("c-1", ASKED, shipping_address=address)
    assert shop.repository.stored == {"order-1": order}
    assert (order.subtotal, order.total_amount) == (Decimal(20), Decimal(24))
    assert (order.placed_at, order.shipping_address) == (NOON, address)
    assert order.customer_email == "c-1@example.com"


async def test_stock_is_asked_before_prices_and_held_after() -> None:
    shop = Shop()
    await shop.service.create_order("c-1", ASKED)
    assert shop.inventory.calls == ["check_availability", "calculate", "reserve"]
    assert shop.inventory.available == {"p1": 98}


async def test_short_stock_prices_and_stores_nothing() -> None:
    shop = Shop(inventory=FakeInventory(p1=1))
    with pytest.raises(InsufficientInventoryError) as refusal:
        await shop.service.create_order("c-1", ASKED)
    assert refusal.value.shortages == (ItemShortage("p1", 2, 1),)
    assert shop.inventory.calls == ["check_availability"]
    assert shop.repository.stored == {}


async def test_the_lines_of_one_product_are_added_up() -> None:
    shop = Shop(inventory=FakeInventory(p1=3))
    with pytest.raises(InsufficientInventoryError) as refusal:
        await shop.service.create_order("c-1", ASKED * 2)
    assert refusal.value.shortages == (ItemShortage("p1", 4, 3),)


async def test_stock_that_goes_between_the_look_and_the_hold_is_refused() -> None:
    class LosingInventory(FakeInventory):
        async def reserve(self, order_id: str, items: object) -> None:
            raise InsufficientInventoryError([ItemShortage("p1", 2, 0)])

    shop = Shop(inventory=LosingInventory(p1=100))
    with pytest.raises(InsufficientInventoryError):
        await shop.service.create_order("c-1", ASKED)
    assert shop.repository.stored == {}


async def test_an_order_that_cannot_be_stored_gives_its_stock_back() -> None:
    shop = Shop(repository=BrokenRepository())
    with pytest.raises(ConnectionError, match="database"):
        await shop.service.create_order("c-1", ASKED)
    assert shop.inventory.available == {"p1": 100}


async def test_the_first_error_is_told_even_when_the_stock_cannot_be_given_back() -> None:
    shop = Shop(repository=BrokenRepository(), inventory=UnreleasableInventory(p1=100))
    with pytest.raises(ConnectionError, match="database"):
        await shop.service.create_order("c-1", ASKED)


async def test_an_invalid_order_holds_nothing() -> None:
    shop = Shop()
    shop.pricing.quote = Quote((an_item("p1", unit_price="-1.00"),))
    with pytest.raises(InvalidOrderError):
        await shop.service.create_order("c-1", ASKED)
    assert shop.inventory.held == {}


async def test_how_many_lines_are_allowed_is_a_setting() -> None:
    shop = Shop(policy=PlacingPolicy(most_items=1))
    with pytest.raises(ValidationError, match="Order cannot have more than 1 items"):
        await shop.service.create_order("c-1", ASKED * 2)


async def test_another_customers_order_does_not_exist() -> None:
    shop = Shop()
    await shop.service.create_order("c-1", ASKED)
    assert (await shop.service.get_order("order-1", visible_to="c-1")).customer_id == "c-1"
    assert (await shop.service.get_order("order-1")).customer_id == "c-1"
    with pytest.raises(OrderNotFoundError, match="Order not found"):
        await shop.service.get_order("order-1", visible_to="c-2")
