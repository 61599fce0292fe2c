"""OrderService as a consumer of InventoryService: stock asked for, held, committed and given back; and the catalogue."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from accord import match
from shop.kit.remote import RemoteServiceError
from shop.orders.adapters.inventory_client import HttpCatalogue, HttpInventoryClient
from shop.orders.domain.errors import InsufficientInventoryError, ItemShortage
from shop.orders.service.ports import ItemAvailability, Product, RequestedItem

IN_STOCK = "product prod-1 costs 10.00 and 5 are available"
HELD = "2 of product prod-1 are held for order-1"
RELEASED = "the hold of order-1 has been released"
BROKEN = "the database of InventoryService is broken"
NOTHING_HELD = "nothing is held for order-9"
TWO = [RequestedItem("prod-1", 2)]
SIX = [RequestedItem("prod-1", 6)]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def contract(pact: Any) -> Any:
    return pact("OrderService", "InventoryService")


@asynccontextmanager
async def calling(contract: Any) -> AsyncIterator[HttpInventoryClient]:
    with contract.in_process() as transport:
        async with HttpInventoryClient("http://inventory", transport=transport) as client:
            yield client


def lines(quantity: int) -> list[dict[str, Any]]:
    return [{"productId": "prod-1", "quantity": quantity}]


async def test_asks_what_is_available(contract: Any) -> None:
    (
        contract.given(IN_STOCK)
        .upon_receiving("a question whether 6 of prod-1 and 1 of prod-9 are available")
        .with_request(
            "POST",
            "/api/inventory/availability",
            headers=JSON,
            body={"items": [*lines(6), {"productId": "prod-9", "quantity": 1}]},
        )
        .will_respond_with(
            200,
            headers=JSON,
            body={
                "items": [
                    {"productId": "prod-1", "available": False, "availableQuantity": 5},
                    {"productId": "prod-9", "available": False, "availableQuantity": 0},
                ],
            },
        )
    )
    async with calling(contract) as client:
        found = await client.check_availability([*SIX, RequestedItem("prod-9", 1)])
    assert found == [ItemAvailability("prod-1", False, 5), ItemAvailability("prod-9", False, 0)]


async def test_asks_for_one_product(contract: Any) -> None:
    line = {
        "productId": match.string("prod-1"),
        "available": match.boolean(),
        "availableQuantity": match.integer(5),
    }
    (
        contract.given(IN_STOCK)
        .upon_receiving("a question whether 2 of prod-1 are available")
        .with_request("POST", "/api/inventory/availability", headers=JSON, body={"items": lines(2)})
        .will_respond_with(200, headers=JSON, body={"items": match.each_like(line)})
    )
    async with calling(contract) as client:
        assert await client.check_availability(TWO) == [ItemAvailability("prod-1", True, 5)]


async def test_holds_stock(contract: Any) -> None:
    (
        contract.given(IN_STOCK)
        .upon_receiving("a request to hold 2 of prod-1")
        .with_request("POST", "/api/reservations", headers=JSON, body={"orderId": "order-1", "items": lines(2)})
        .will_respond_with(201)
    )
    async with calling(contract) as client:
        await client.reserve("order-1", TWO)


async def test_is_told_what_is_short(contract: Any) -> None:
    (
        contract.given(IN_STOCK)
        .upon_receiving("a request to hold 6 of prod-1")
        .with_request("POST", "/api/reservations", headers=JSON, body={"orderId": "order-1", "items": lines(6)})
        .will_respond_with(
            409,
            headers=JSON,
            body={
                "error": "insufficient_inventory",
                "details": [{"productId": "prod-1", "requested": 6, "available": 5}],
            },
        )
    )
    async with calling(contract) as client:
        with pytest.raises(InsufficientInventoryError) as refusal:
            await client.reserve("order-1", SIX)
    assert refusal.value.shortages == (ItemShortage("prod-1", 6, 5),)


async def test_makes_a_hold_final(contract: Any) -> None:
    (
        contract.given(HELD)
        .upon_receiving("a request to commit the hold of order-1")
        .with_request("POST", "/api/reservations/order-1/commit")
        .will_respond_with(200)
    )
    async with calling(contract) as client:
        await client.commit("order-1")


@pytest.mark.parametrize(("state", "order_id"), [(HELD, "order-1"), (NOTHING_HELD, "order-9")])
async def test_gives_stock_back(contract: Any, state: str, order_id: str) -> None:
    (
        contract.given(state)
        .upon_receiving(f"a request to release the hold of {order_id}")
        .with_request("DELETE", f"/api/reservations/{order_id}")
        .will_respond_with(204)
    )
    async with calling(contract) as client:
        await client.release(order_id)


async def test_looks_products_up(contract: Any) -> None:
    (
        contract.given(IN_STOCK)
        .upon_receiving("a question for products prod-1 and prod-9")
        .with_request("GET", "/api/products", query={"id": ["prod-1", "prod-9"]})
        .will_respond_with(
            200,
            headers=JSON,
            body={
                "items": match.each_like(
                    {
                        "productId": match.string("prod-1"),
                        "name": match.string("Widget"),
                        "unitPrice": match.decimal(10.0),
                    },
                ),
            },
        )
    )
    with contract.in_process() as transport:
        async with HttpCatalogue("http://inventory", transport=transport) as catalogue:
            found = await catalogue.find(["prod-1", "prod-9"])
    assert found == {"prod-1": Product("prod-1", "Widget", Decimal("10.0"))}


class Failure(NamedTuple):
    """A call that is not answered as the client needs it."""

    state: str
    request: str
    body: Any
    status: int
    error: str
    act: Callable[[HttpInventoryClient], Awaitable[object]]


FAILURES = [
    Failure(
        RELEASED, "POST /api/reservations/order-1/commit", None, 409, "invalid_state",
        lambda client: client.commit("order-1"),
    ),
    Failure(
        NOTHING_HELD, "POST /api/reservations/order-9/commit", None, 404, "not_found",
        lambda client: client.commit("order-9"),
    ),
    Failure(
        IN_STOCK, "POST /api/reservations", {"orderId": "order-1", "items": lines(0)}, 400, "validation_error",
        lambda client: client.reserve("order-1", [RequestedItem("prod-1", 0)]),
    ),
    Failure(
        BROKEN, "POST /api/inventory/availability", {"items": lines(2)}, 500, "internal_error",
        lambda client: client.check_availability(TWO),
    ),
]  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: f"{failure.request} {failure.status}")
async def test_says_that_it_got_no_usable_answer(contract: Any, failure: Failure) -> None:
    method, _, path = failure.request.partition(" ")
    sent = {"headers": JSON, "body": failure.body} if failure.body else {}
    (
        contract.given(failure.state)
        .upon_receiving(f"{failure.request}, which is answered with {failure.status}")
        .with_request(method, path, **sent)
        .will_respond_with(failure.status, headers=JSON, body={"error": failure.error})
    )
    async with calling(contract) as client:
        with pytest.raises(RemoteServiceError, match=f"{failure.status} to"):
            await failure.act(client)


async def test_is_not_told_of_products(contract: Any) -> None:
    (
        contract.given(BROKEN)
        .upon_receiving("a question for product prod-1")
        .with_request("GET", "/api/products", query={"id": ["prod-1"]})
        .will_respond_with(500)
    )
    with contract.in_process() as transport:
        async with HttpCatalogue("http://inventory", transport=transport) as catalogue:
            with pytest.raises(RemoteServiceError, match="500 to"):
                await catalogue.find(["prod-1"])
