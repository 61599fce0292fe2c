"""What becomes of orders while parts of the shop fail: each ends confirmed or cancelled, and stock and money add up."""

from collections.abc import Callable
from typing import Any

import pytest
from whole_shop import WholeShop
from whole_shop.journeys import Visit, notifications, wait_for_notification
from whole_shop.seeding import Customer

from accord import poll_until

ENDS = {"confirmed", "cancelled"}
Execute = Callable[..., list[tuple[Any, ...]]]


def test_a_refused_payment_is_compensated(
    shop: WholeShop,
    ada: Customer,
    product: Callable[..., str],
    execute: Execute,
) -> None:
    execute("payments", "INSERT INTO sandbox_accounts VALUES (%s, 0)", ada.user_id)
    visit, pen = Visit(shop, ada), product(5)
    order_id = visit.order(pen, 5)
    visit.wait_for(order_id, "cancelled")
    poll_until(lambda: visit.available(pen) == 5, timeout=30, description="the stock to be given back")
    assert notifications(shop, order_id) == []


def test_inventory_dies_in_the_middle_of_the_saga(
    shop: WholeShop,
    ada: Customer,
    product: Callable[..., str],
) -> None:
    visit, pen = Visit(shop, ada), product(10)
    order_id = visit.order(pen, 3)
    shop.services["inventory"].kill()
    shop.services["inventory"].start()
    visit.wait_for(order_id, "confirmed")
    shop.wait_until_ready()
    assert visit.available(pen) == 7


def test_an_event_twice_is_one_notification(
    shop: WholeShop,
    ada: Customer,
    product: Callable[..., str],
    execute: Execute,
) -> None:
    visit, pen = Visit(shop, ada), product(10)
    order_id = visit.order(pen)
    wait_for_notification(shop, order_id)
    again = "UPDATE outbox SET published_at = NULL WHERE aggregate_id = %s AND event_type = 'order.confirmed'"
    execute("orders", again, order_id)
    relayed = "SELECT 1 FROM outbox WHERE aggregate_id = %s AND published_at IS NULL"
    poll_until(lambda: not execute("orders", relayed, order_id), timeout=30, description="the event to be sent again")
    later = visit.order(pen)  # what comes after it on the bus has been handled, so it has been, too
    wait_for_notification(shop, later)
    assert len(notifications(shop, order_id)) == 1


@pytest.mark.parametrize("killed", ["orders", "payments", "notifications"])
def test_orders_end_well_while_a_service_is_killed(
    shop: WholeShop,
    ada: Customer,
    product: Callable[..., str],
    execute: Execute,
    killed: str,
) -> None:
    visit, pen, orders = Visit(shop, ada), product(100), []
    for number in range(6):
        if number == 3:
            shop.services[killed].kill()
            shop.services[killed].start()
            shop.services[killed].wait_until_ready()
        orders.append(visit.order(pen))

    def all_have_ended() -> bool:
        return all(visit.status_of(order_id) in ENDS for order_id in orders)

    poll_until(all_have_ended, timeout=60, description="every order to end")
    ended = [visit.status_of(order_id) for order_id in orders]
    confirmed = [order_id for order_id, status in zip(orders, ended, strict=True) if status == "confirmed"]
    assert visit.available(pen) == 100 - len(confirmed)
    taken = "SELECT order_id FROM payments WHERE status = 'COMPLETED' AND refunded_at IS NULL AND order_id = ANY(%s)"
    assert sorted(str(order_id) for (order_id,) in execute("payments", taken, orders)) == sorted(confirmed)
    for order_id in confirmed:
        wait_for_notification(shop, order_id)
        assert len(notifications(shop, order_id)) == 1
