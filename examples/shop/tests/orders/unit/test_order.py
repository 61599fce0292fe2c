from collections.abc import Callable
from decimal import Decimal

import pytest
from shop_doubles.orders import an_item, an_order
from shop_doubles.properties import given, st

from shop.orders.domain.errors import InvalidOrderError, OrderError, OrderStateError
from shop.orders.domain.events import OrderCancelled, OrderConfirmed, OrderPlaced
from shop.orders.domain.order import Order, OrderItem, OrderStatus

lines = st.builds(
    OrderItem,
    product_id=st.sampled_from(["p1", "p2"]),
    product_name=st.just("Widget"),
    quantity=st.integers(1, 1000),
    unit_price=st.decimals(min_value=0, max_value=1000, places=2),
)


def in_status(status: OrderStatus) -> Order:
    order = an_order()
    if status is OrderStatus.CANCELLED:
        order.cancel("changed my mind")
    elif status is not OrderStatus.PENDING:
        order.confirm()
        if status is OrderStatus.COMPLETED:
            order.complete()
    order.events.clear()
    return order


class TestCreate:
    @given(st.lists(lines, min_size=1, max_size=100))
    def test_the_total_is_the_exact_sum_of_the_lines(self, items: list[OrderItem]) -> None:
        cents = sum(int(item.unit_price * 100) * item.quantity for item in items)
        assert an_order(items=items).total_amount == Decimal(cents) / 100

    def test_the_total_takes_off_the_discount_and_adds_shipping_and_tax(self) -> None:
        order = an_order(discount=Decimal(2), shipping=Decimal(5), tax=Decimal("1.80"))
        assert (order.subtotal, order.total_amount) == (Decimal("20.00"), Decimal("24.80"))

    def test_refuses_a_total_below_zero(self) -> None:
        with pytest.raises(InvalidOrderError, match="negative"):
            an_order(discount=Decimal("20.01"))

    def test_refuses_a_total_too_large_to_keep(self) -> None:
        with pytest.raises(InvalidOrderError):
            an_order(items=[an_item(quantity=2, unit_price="9999999999.99")])

    def test_refuses_a_fraction_of_a_cent(self) -> None:
        with pytest.raises(InvalidOrderError, match="two decimals"):
            an_order(items=[an_item(unit_price="1.005")])

    def test_a_hundred_lines_are_fine(self) -> None:
        assert len(an_order(items=[an_item()] * 100).items) == 100

    def test_every_order_has_an_id_of_its_own(self) -> None:
        assert an_order().id != an_order().id

    def test_the_moment_has_whole_milliseconds(self) -> None:
        assert an_order().placed_at.microsecond % 1000 == 0

    def test_tells_that_it_was_placed(self) -> None:
        order = an_order(customer_email="customer@example.com")
        (event,) = order.events
        assert isinstance(event, OrderPlaced)
        assert event.order == order.summary()
        assert event.occurred_at == order.placed_at


def confirm(order: Order) -> None:
    order.confirm()


def pay(order: Order) -> None:
    order.paid("pay_1")


def cancel(order: Order) -> None:
    order.cancel("changed my mind")


def complete(order: Order) -> None:
    order.complete()


PENDING, CONFIRMED, COMPLETED, CANCELLED = OrderStatus
TRANSITIONS: dict[tuple[OrderStatus, Callable[[Order], None]], OrderStatus | str] = {
    (PENDING, confirm): CONFIRMED,
    (PENDING, pay): CONFIRMED,
    (PENDING, cancel): CANCELLED,
    (PENDING, complete): "Cannot complete a pending order",
    (CONFIRMED, confirm): CONFIRMED,
    (CONFIRMED, pay): CONFIRMED,
    (CONFIRMED, cancel): CANCELLED,
    (CONFIRMED, complete): COMPLETED,
    (COMPLETED, confirm): "Cannot confirm a completed order",
    (COMPLETED, pay): "Cannot confirm a completed order",
    (COMPLETED, cancel): "Cannot cancel a completed order",
    (COMPLETED, complete): COMPLETED,
    (CANCELLED, confirm): "Cannot confirm a cancelled order",
    (CANCELLED, pay): "Cannot confirm a cancelled order",
    (CANCELLED, cancel): CANCELLED,
    (CANCELLED, complete): "Cannot complete a cancelled order",
}


class TestStatus:
    @pytest.mark.parametrize(("start", "step"), TRANSITIONS, ids=lambda part: getattr(part, "__name__", part))
    def test_every_step_from_every_status(self, start: OrderStatus, step: Callable[[Order], None]) -> None:
        order = in_status(start)
        expected = TRANSITIONS[start, step]
        if isinstance(expected, OrderStatus):
            step(order)
            assert order.status is expected
        else:
            with pytest.raises(OrderStateError, match=expected):
                step(order)
            assert order.status is start

    def test_a_repeated_step_tells_nothing_new(self) -> None:
        order = in_status(OrderStatus.PENDING)
        for step in (confirm, confirm, cancel, cancel):
            step(order)
        assert [type(event) for event in order.events] == [OrderConfirmed, OrderCancelled]

    def test_a_refused_step_tells_nothing(self) -> None:
        order = in_status(OrderStatus.COMPLETED)
        with pytest.raises(OrderError):
            order.cancel("too late")
        assert order.events == []

    def test_a_paid_order_keeps_its_payment(self) -> None:
        order = in_status(OrderStatus.PENDING)
        order.paid("pay_1")
        assert (order.status, order.payment_id) == (OrderStatus.CONFIRMED, "pay_1")

    def test_a_cancelled_order_keeps_the_reason(self) -> None:
        order = an_order()
        order.cancel("changed my mind")
        assert order.cancel_reason == "changed my mind"
