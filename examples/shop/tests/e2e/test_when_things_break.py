"""What becomes of orders while parts of the shop fail: each ends confirmed or cancelled, and stock and money add up."""

from collections.abc import Callable
from typing import Any

import pytest
from whole_shop import WholeShop
from whole_shop.journeys import Visit, notifications, wait_for_notification
from whole_shop.reckoning import Reckoning
from whole_shop.seeding import Customer

from accord import poll_until
from accord.infra import NatsServer
from accord.infra.nats.connection import NatsConnection
from accord.infra.nats.foreign import delete_streams

# A test may not take more than a minute: 200 orders are ten times twenty, on one shop.
ten_times = pytest.mark.parametrize(
    "books", [1, *(pytest.param(turn, marks=pytest.mark.soak) for turn in range(2, 11))], indirect=True
)
Execute = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def books(shop: WholeShop, ada: Customer, product: Callable[..., str]) -> Reckoning:
    """Ada's, who orders one of a hundred pieces each time."""
    return Reckoning(shop, Visit(shop, ada), ada.user_id, product(100), 100)


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


@ten_times
def test_orders_end_well_while_every_service_is_killed(shop: WholeShop, books: Reckoning) -> None:
    orders = 20
    victims = list(shop.services.values())
    pause = orders // len(victims)
    for number in range(orders):
        books.place()
        if victims and number % pause == 1:
            victim = victims.pop()
            victim.kill()
            victim.start()
    assert victims == []
    assert books.adds_up()["confirmed"] >= orders


@ten_times
def test_orders_end_well_while_the_bus_and_the_database_come_and_go(shop: WholeShop, books: Reckoning) -> None:
    def place_some() -> None:
        books.place()
        books.place()

    place_some()
    shop.bus.kill()
    place_some()  # what they have to say waits in the outbox
    shop.bus.start()
    place_some()
    shop.database.restart()
    place_some()
    if isinstance(shop.bus, NatsServer):
        lose_all_streams(shop.bus)
    place_some()
    assert books.adds_up()["confirmed"] >= 10


def lose_all_streams(bus: NatsServer) -> None:
    """The disk of the bus is gone: what it held, and who reads what."""
    with NatsConnection(bus.port, host=bus.host) as connection:
        delete_streams(connection)
