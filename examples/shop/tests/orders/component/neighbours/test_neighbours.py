"""OrderService while a neighbour fails, over real sockets: what it answers, what it leaves behind, and that it recovers."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest
from shop_doubles.databases import rows
from shop_doubles.troubles import ALL, ONE_OF_EACH_KIND, Trouble, on_the_way
from sqlalchemy.ext.asyncio import AsyncEngine

from accord.stub import Namespace

Breaks = Callable[[str, Trouble], AbstractContextManager[None]]
ORDER = {"items": [{"productId": "prod-1", "quantity": 2}]}
CARD = {"paymentMethod": {"type": "card", "token": "tok_visa"}}
LEFT = "SELECT id FROM orders UNION ALL SELECT order_id FROM sagas UNION ALL SELECT event_id FROM outbox"
LOST_ANSWER = on_the_way(lambda link: link.resets(direction="downstream"))


async def outcome(api: httpx.AsyncClient, path: str, body: object) -> tuple[int, str | None]:
    answer = await api.post(path, json=body)
    return answer.status_code, answer.json().get("error")


@pytest.mark.parametrize("trouble", {**ALL, "the answer is lost": LOST_ANSWER}.values(), ids={**ALL, "lost": None})
async def test_without_inventory_nothing_is_stored_and_nothing_said(
    connected: httpx.AsyncClient, engine: AsyncEngine, breaks: Breaks, trouble: Trouble
) -> None:
    with breaks("inventory", trouble):
        assert await outcome(connected, "/api/orders", ORDER) == (503, "service_unavailable")
        assert await outcome(connected, "/api/orders", {"items": []}) == (400, "validation_error")
    assert await rows(engine, LEFT) == []
    assert await outcome(connected, "/api/orders", ORDER) == (201, None)


async def test_a_hold_whose_answer_is_lost_is_given_back(
    connected: httpx.AsyncClient, neighbours: Namespace, in_between: Namespace
) -> None:
    lost = in_between.when("POST", "/api/reservations").fail("EMPTY_RESPONSE")
    assert await outcome(connected, "/api/orders", ORDER) == (503, "service_unavailable")
    neighbours.verify("DELETE", "/api/reservations/{id}", times=1)
    lost.remove()


@pytest.mark.parametrize("trouble", ONE_OF_EACH_KIND.values(), ids=ONE_OF_EACH_KIND)
async def test_without_users_an_order_is_placed_all_the_same(
    connected: httpx.AsyncClient, engine: AsyncEngine, breaks: Breaks, trouble: Trouble
) -> None:
    with breaks("users", trouble):
        assert await outcome(connected, "/api/orders", ORDER) == (201, None)
    assert await rows(engine, "SELECT customer_email FROM orders") == [{"customer_email": ""}]


@pytest.mark.parametrize("trouble", ONE_OF_EACH_KIND.values(), ids=ONE_OF_EACH_KIND)
async def test_without_carts_there_is_no_order_of_a_cart(
    connected: httpx.AsyncClient, engine: AsyncEngine, breaks: Breaks, trouble: Trouble
) -> None:
    with breaks("cart", trouble):
        assert await outcome(connected, "/api/orders", {}) == (503, "service_unavailable")
        assert await outcome(connected, "/api/orders", ORDER) == (201, None)
    assert await rows(engine, "SELECT count(*) AS orders FROM orders") == [{"orders": 1}]


async def test_a_cart_that_cannot_be_emptied_does_not_undo_the_order(
    connected: httpx.AsyncClient, in_between: Namespace, neighbours: Namespace
) -> None:
    in_between.when("DELETE", "/api/cart?version=3").answer(500, json={"error": "internal_error"})
    assert await outcome(connected, "/api/orders", {}) == (201, None)
    neighbours.verify("GET", "/api/cart", times=1)


@pytest.mark.parametrize("trouble", ONE_OF_EACH_KIND.values(), ids=ONE_OF_EACH_KIND)
async def test_without_payments_an_order_waits_to_be_paid(
    connected: httpx.AsyncClient, breaks: Breaks, trouble: Trouble
) -> None:
    order_id = (await connected.post("/api/orders", json=ORDER)).json()["orderId"]
    with breaks("payments", trouble):
        assert await outcome(connected, f"/api/orders/{order_id}/pay", CARD) == (503, "service_unavailable")
    assert (await connected.get(f"/api/orders/{order_id}")).json()["status"] == "pending"
    assert (await connected.post(f"/api/orders/{order_id}/pay", json=CARD)).json()["paymentStatus"] == "COMPLETED"


async def test_a_charge_whose_answer_was_lost_is_asked_for_again_word_for_word(
    connected: httpx.AsyncClient, neighbours: Namespace, breaks: Breaks
) -> None:
    order_id = (await connected.post("/api/orders", json=ORDER)).json()["orderId"]
    with breaks("payments", LOST_ANSWER):
        assert await outcome(connected, f"/api/orders/{order_id}/pay", CARD) == (503, "service_unavailable")
    assert await outcome(connected, f"/api/orders/{order_id}/pay", CARD) == (200, None)
    first, again = neighbours.requests("POST", "/payments")
    assert (
        first.json()
        == again.json()
        == {
            "orderId": order_id,
            "amount": 20.0,
            "currency": "USD",
            "customerId": "customer-1",
            **CARD,
        }
    )
    assert "idempotency-key" not in {name.lower() for name in again.headers}  # so it is the same charge
