"""Document B, "Unit Tests": Order."""

from decimal import Decimal

import pytest

from shop.orders.domain.errors import InvalidOrderError, OrderStateError
from shop.orders.domain.order import Order, OrderItem

VALID_ITEMS = [
    OrderItem("prod-1", "Widget", 2, Decimal("10.00")),
    OrderItem("prod-2", "Gadget", 1, Decimal("25.00")),
]


class TestCreate:
    # Document B, "should calculate total amount from items"
    def test_should_calculate_total_amount_from_items(self) -> None:
        order = Order.create(customer_id="customer-1", items=VALID_ITEMS)
        assert order.total_amount == Decimal("45.00")

    # Document B, "should set initial status to pending"
    def test_should_set_initial_status_to_pending(self) -> None:
        order = Order.create(customer_id="customer-1", items=VALID_ITEMS)
        assert order.status == "pending"

    # Document B, "should reject empty order"
    def test_should_reject_empty_order(self) -> None:
        with pytest.raises(InvalidOrderError):
            Order.create(customer_id="customer-1", items=[])

    # Document B, "should reject order with zero quantity"
    def test_should_reject_order_with_zero_quantity(self) -> None:
        with pytest.raises(InvalidOrderError):
            Order.create(customer_id="customer-1", items=[OrderItem("prod-1", "Widget", 0, Decimal(10))])

    # Document B, "should reject order with negative price"
    def test_should_reject_order_with_negative_price(self) -> None:
        with pytest.raises(InvalidOrderError):
            Order.create(customer_id="customer-1", items=[OrderItem("prod-1", "Widget", 1, Decimal(-5))])

    # Document B, "should enforce maximum items limit"
    def test_should_enforce_maximum_items_limit(self) -> None:
        too_many_items = [OrderItem(f"prod-{i}", f"Product {i}", 1, Decimal(1)) for i in range(101)]
        with pytest.raises(InvalidOrderError):
            Order.create(customer_id="customer-1", items=too_many_items)


class TestConfirm:
    # Document B, "should transition from pending to confirmed"
    def test_should_transition_from_pending_to_confirmed(self) -> None:
        order = Order.create(customer_id="c-1", items=VALID_ITEMS)
        order.confirm()
        assert order.status == "confirmed"

    # Document B, "should reject confirmation of cancelled order"
    def test_should_reject_confirmation_of_cancelled_order(self) -> None:
        order = Order.create(customer_id="c-1", items=VALID_ITEMS)
        order.cancel("customer requested")
        with pytest.raises(OrderStateError, match="Cannot confirm a cancelled order"):
            order.confirm()

    # Document B, "should be idempotent"
    def test_should_be_idempotent(self) -> None:
        order = Order.create(customer_id="c-1", items=VALID_ITEMS)
        order.confirm()
        order.confirm()
        assert order.status == "confirmed"


class TestCalculateTotal:
    # Document B, "should handle floating point correctly"
    def test_should_handle_floating_point_correctly(self) -> None:
        items = [OrderItem("p1", "A", 3, Decimal("0.1")), OrderItem("p2", "B", 3, Decimal("0.2"))]
        order = Order.create(customer_id="c-1", items=items)
        assert order.total_amount == Decimal("0.90")
