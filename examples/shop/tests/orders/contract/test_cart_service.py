"""OrderService as a consumer of CartService: a customer's cart is ordered."""

from typing import Any

import pytest

from accord import match
from shop.kit.remote import RemoteServiceError
from shop.orders.adapters.cart_client import HttpCartClient
from shop.orders.service.ports import CartContents, RequestedItem

JSON = {"Content-Type": "application/json"}
CALLER = {"X-User-Id": "customer-1"}
FULL = "2 of product prod-1 are in the cart of customer-1, which is at version 3"


async def test_reads_a_cart(pact: Any) -> None:
    contract = pact("OrderService", "CartService")
    (
        contract.given(FULL)
        .upon_receiving("a request for the cart")
        .with_request("GET", "/api/cart", headers=CALLER)
        .will_respond_with(
            200,
            headers=JSON,
            body={
                "items": match.each_like({"productId": match.string("prod-1"), "quantity": match.integer(2)}, min=0),
                "version": match.integer(3),
            },
        )
    )
    with contract.in_process() as transport:
        async with HttpCartClient("http://cart", transport=transport) as client:
            contents = await client.contents("customer-1")
    assert contents == CartContents((RequestedItem("prod-1", 2),), 3)


async def test_empties_the_cart_that_it_ordered(pact: Any) -> None:
    contract = pact("OrderService", "CartService")
    (
        contract.given(FULL)
        .upon_receiving("a request to empty the cart of version 3")
        .with_request("DELETE", "/api/cart", headers=CALLER, query={"version": "3"})
        .will_respond_with(204)
    )
    with contract.in_process() as transport:
        async with HttpCartClient("http://cart", transport=transport) as client:
            await client.empty("customer-1", 3)


async def test_leaves_a_cart_that_has_changed(pact: Any) -> None:
    contract = pact("OrderService", "CartService")
    (
        contract.given(FULL)
        .upon_receiving("a request to empty the cart of version 2")
        .with_request("DELETE", "/api/cart", headers=CALLER, query={"version": "2"})
        .will_respond_with(409, headers=JSON, body={"error": "concurrent_modification"})
    )
    with contract.in_process() as transport:
        async with HttpCartClient("http://cart", transport=transport) as client:
            await client.empty("customer-1", 2)


async def test_is_not_told_what_is_in_the_cart(pact: Any) -> None:
    contract = pact("OrderService", "CartService")
    (
        contract.given("the database of CartService is broken")
        .upon_receiving("a request for the cart")
        .with_request("GET", "/api/cart", headers=CALLER)
        .will_respond_with(500)
    )
    with contract.in_process() as transport:
        async with HttpCartClient("http://cart", transport=transport) as client:
            with pytest.raises(RemoteServiceError, match="CartService: 500"):
                await client.contents("customer-1")
