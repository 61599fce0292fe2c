"""The whole shop, once for all journeys: each has customers and products of its own, so that none sees another."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from shop_audit.messages import note
from shop_audit.stream import Listener
from whole_shop import WholeShop
from whole_shop.seeding import Customer, customer, put_on_shelf

LIMITS = {
    "GATEWAY_REQUESTS_PER_SECOND": "1000",
    "GATEWAY_BURST": "1000",
    "GATEWAY_BREAKER_SECONDS": "1",  # services are killed here, and back in seconds
    "INVENTORY_HOLD_SECONDS": "20",  # stock that is held for an order that was never stored is free again so soon
    "SHOP_BUS_ACKNOWLEDGE_SECONDS": "3",  # what a killed reader had in hand comes again so soon
    "SHOP_BUS_TRY_AGAIN_MS": "200",  # a bus that is back is found so soon
}


@pytest.fixture(scope="session")
def whole_shop(traffic: Any) -> Iterator[WholeShop]:
    """On NATS; with SHOP_BUS=kafka on Apache Kafka. What the services ask of each other is audited."""
    with WholeShop(settings=LIMITS, kafka=os.environ.get("SHOP_BUS") == "kafka", traffic=traffic) as shop:
        yield shop


@pytest.fixture(scope="session")
def listener(whole_shop: WholeShop) -> Listener:
    return Listener(whole_shop.bus_url)


@pytest.fixture(autouse=True)
def audited(traffic: Any, listener: Listener) -> Iterator[None]:
    """What the services say on the bus is audited, too."""
    yield
    if traffic.is_recording:
        for channel, message in listener.news():
            note(traffic, channel, message)


@pytest.fixture
def shop(whole_shop: WholeShop) -> WholeShop:
    """The shop, with every service running: a journey before may have killed one."""
    for process in whole_shop.services.values():
        if not process.is_running:
            process.start()
    whole_shop.wait_until_ready()
    return whole_shop


@pytest.fixture
def ada(shop: WholeShop) -> Customer:
    """A customer with a card on file: her orders are paid at once."""
    return customer(shop.gateway, f"ada-{uuid4().hex}@example.com", pays_by="tok_visa")


@pytest.fixture
def bob(shop: WholeShop) -> Customer:
    """A customer without a card."""
    return customer(shop.gateway, f"bob-{uuid4().hex}@example.com")


@pytest.fixture
def product(shop: WholeShop) -> Callable[..., str]:
    """Puts a new product on the shelf and gives its id."""

    def put(quantity: int, price: float = 10.0) -> str:
        product_id = f"product-{uuid4().hex[:12]}"
        put_on_shelf(shop.gateway, product_id, quantity, price=price)
        return product_id

    return put


@pytest.fixture
def execute(shop: WholeShop) -> Callable[..., list[tuple[object, ...]]]:
    """Runs a statement in a service's database, as an operator might."""

    def run(service: str, statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(shop.database.url_of(service), autocommit=True) as connection:
            done = connection.execute(statement, values)  # type: ignore[arg-type]  # tests write their own statements
            return done.fetchall() if done.description else []

    return run
