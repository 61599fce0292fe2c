import httpx
import pytest
from shop_doubles.clients import answering, failing
from shop_doubles.orders import FakeCarts, FakeInventory, FakeOrderRepository, FakePricing, an_item

from shop.orders.adapters.customer_directory import HttpCustomerDirectory
from shop.orders.domain.errors import InsufficientInventoryError, ValidationError
from shop.orders.domain.pricing import Quote
from shop.orders.service.checkout import Checkout
from shop.orders.service.placing import OrderService
from shop.orders.service.ports import RequestedItem

QUOTE = Quote((an_item(),))
PENS = (RequestedItem("prod-1", 2),)


class Shop:
    """A checkout and its doubles."""

    def __init__(self, available: int = 5) -> None:
        self.repository = FakeOrderRepository()
        self.carts = FakeCarts(ada=PENS)
        orders = OrderService(self.repository, FakePricing(QUOTE), FakeInventory(**{"prod-1": available}))
        self.checkout = Checkout(orders, self.carts)


async def test_what_is_in_the_cart_is_ordered_and_taken_out() -> None:
    shop = Shop()
    order = await shop.checkout.order_cart("ada")
    assert [(item.product_id, item.quantity) for item in order.items] == [("prod-1", 2)]
    assert shop.carts.carts == {}


async def test_an_empty_cart_is_no_order() -> None:
    with pytest.raises(ValidationError, match="Order must have at least one item"):
        await Shop().checkout.order_cart("bob")


async def test_without_stock_the_cart_stays_full() -> None:
    shop = Shop(available=1)
    with pytest.raises(InsufficientInventoryError):
        await shop.checkout.order_cart("ada")
    assert shop.carts.carts["ada"].items == PENS


async def test_an_order_stands_although_its_cart_could_not_be_emptied() -> None:
    shop = Shop()
    shop.carts.failing = True
    order = await shop.checkout.order_cart("ada")
    assert order.id in shop.repository.stored


@pytest.mark.parametrize(
    "transport",
    [
        answering(404),
        answering(500),
        answering(200, json={"name": "Ada"}),
        answering(200, content=b"?"),
        failing(httpx.ConnectError("refused")),
        failing(httpx.ReadTimeout("slow")),
    ],
)
async def test_an_order_does_not_wait_for_an_address(transport: httpx.MockTransport) -> None:
    async with HttpCustomerDirectory("http://users", transport=transport) as directory:
        assert await directory.email_of("ada") == ""
