"""Document A, "Unit Tests with Jest and pytest": OrderService."""

from decimal import Decimal

import pytest
from shop_doubles.orders import FakeInventory, FakeOrderRepository, FakePricing, an_item

from shop.orders.domain.errors import InsufficientInventoryError, ValidationError
from shop.orders.domain.order import OrderStatus
from shop.orders.domain.pricing import Quote
from shop.orders.service.placing import Charges, OrderService
from shop.orders.service.ports import RequestedItem

CUSTOMER_ID = "customer-123"
VALID_ITEMS = [RequestedItem("p1", 2), RequestedItem("p2", 1)]


# A: beforeEach - the happy path in set-up, each test overrides its own part.
@pytest.fixture
def order_repository() -> FakeOrderRepository:
    return FakeOrderRepository()


@pytest.fixture
def inventory_client() -> FakeInventory:
    return FakeInventory(p1=100, p2=100)


@pytest.fixture
def pricing_service(inventory_client: FakeInventory) -> FakePricing:
    # A: calculate resolves to subtotal 100, tax 10, total 110. The shop derives subtotal and total from priced lines.
    lines = (an_item("p1", quantity=2, unit_price="25.00"), an_item("p2", quantity=1, unit_price="50.00"))
    return FakePricing(Quote(lines, tax=Decimal(10)), inventory_client.calls)


@pytest.fixture
def order_service(
    order_repository: FakeOrderRepository,
    pricing_service: FakePricing,
    inventory_client: FakeInventory,
) -> OrderService:
    return OrderService(order_repository, pricing_service, inventory_client)


class TestCreateOrder:
    # Document A, "should create order with valid items"
    async def test_should_create_order_with_valid_items(
        self,
        order_service: OrderService,
        order_repository: FakeOrderRepository,
    ) -> None:
        order = await order_service.create_order(CUSTOMER_ID, VALID_ITEMS)
        assert order.customer_id == CUSTOMER_ID
        assert [(item.product_id, item.quantity) for item in order.items] == [("p1", 2), ("p2", 1)]
        assert order.subtotal == 100
        assert order.tax == 10
        assert order.total_amount == 110
        assert order.status is OrderStatus.PENDING  # A's 'PENDING' is how its form of the API shows it
        assert order.id
        # A: save toHaveBeenCalledWith objectContaining customerId - here the outcome instead of the call.
        assert [stored.customer_id for stored in order_repository.stored.values()] == [CUSTOMER_ID]

    # Document A, "should throw ValidationError for empty items"
    async def test_should_throw_validation_error_for_empty_items(self, order_service: OrderService) -> None:
        with pytest.raises(ValidationError):
            await order_service.create_order(CUSTOMER_ID, [])
        with pytest.raises(ValidationError, match="Order must have at least one item"):
            await order_service.create_order(CUSTOMER_ID, [])

    # Document A, "should throw ValidationError for too many items"
    async def test_should_throw_validation_error_for_too_many_items(self, order_service: OrderService) -> None:
        too_many_items = [RequestedItem("p1", 1)] * 51
        with pytest.raises(ValidationError, match="Order cannot have more than 50 items"):
            await order_service.create_order(CUSTOMER_ID, too_many_items)

    # Document A, "should throw InsufficientInventoryError when items unavailable"
    async def test_should_throw_insufficient_inventory_error_when_items_unavailable(
        self,
        order_service: OrderService,
        inventory_client: FakeInventory,
    ) -> None:
        inventory_client.set_available("p2", 0)
        with pytest.raises(InsufficientInventoryError):
            await order_service.create_order(CUSTOMER_ID, VALID_ITEMS)

    # Document A, "should check inventory before calculating pricing"
    async def test_should_check_inventory_before_calculating_pricing(
        self,
        order_service: OrderService,
        inventory_client: FakeInventory,
    ) -> None:
        await order_service.create_order(CUSTOMER_ID, VALID_ITEMS)
        assert inventory_client.calls.index("check_availability") < inventory_client.calls.index("calculate")


class TestCalculateDiscount:
    ORDER = Charges(subtotal=Decimal(200), shipping=Decimal(15))

    # Document A, "should apply percentage discount correctly"
    def test_should_apply_percentage_discount_correctly(self, order_service: OrderService) -> None:
        assert order_service.calculate_discount(self.ORDER, "SAVE10") == 20  # a tenth of 200

    # Document A, "should apply fixed discount correctly"
    def test_should_apply_fixed_discount_correctly(self, order_service: OrderService) -> None:
        assert order_service.calculate_discount(self.ORDER, "FLAT50") == 50

    # Document A, "should not exceed subtotal for fixed discount"
    def test_should_not_exceed_subtotal_for_fixed_discount(self, order_service: OrderService) -> None:
        assert order_service.calculate_discount(Charges(subtotal=Decimal(30)), "FLAT50") == 30

    # Document A, "should apply shipping discount correctly"
    def test_should_apply_shipping_discount_correctly(self, order_service: OrderService) -> None:
        assert order_service.calculate_discount(self.ORDER, "FREESHIP") == 15

    # Document A, "should throw for invalid discount code"
    def test_should_throw_for_invalid_discount_code(self, order_service: OrderService) -> None:
        with pytest.raises(ValidationError, match="Invalid discount code"):
            order_service.calculate_discount(self.ORDER, "INVALID")
