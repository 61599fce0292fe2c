"""The saga as the rest of the shop sees it: over HTTP and on the bus."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.bus import Colleague, a_message, delivery_of
from shop_doubles.databases import execute, rows
from shop_doubles.orders import FakeInventory
from sqlalchemy.ext.asyncio import AsyncEngine

from accord import poll_until
from shop.kit.trace import Trace

CARD = {"type": "card", "token": "tok_visa"}
ITEMS = [{"productId": "prod-1", "quantity": 1}]


async def place(api: httpx.AsyncClient, **more: Any) -> str:
    placed = await api.post("/api/orders", json={"items": ITEMS, **more})
    assert (placed.status_code, placed.json()["status"]) == (201, "pending")
    order_id: str = placed.json()["orderId"]
    return order_id


async def becomes(api: httpx.AsyncClient, order_id: str, status: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        order: dict[str, Any] = (await api.get(f"/api/orders/{order_id}")).json()
        return order if order["status"] == status else None

    order = await poll_until(there, description=f"{order_id} to become {status}", timeout=20)
    assert order
    return order


def trace_ids(colleague: Colleague) -> list[str | None]:
    return [Trace.continued(header).trace_id if header else None for header in colleague.traces]


def charged(order_id: str, **more: Any) -> Any:
    return a_message("payment-charged", orderId=order_id, paymentId="pay_1", amount=10.0, **more)


@dataclass(frozen=True)
class Neighbours:
    """The services at the bus, in the test's hands."""

    payments: Colleague
    inventory: Colleague

    async def pay_and_commit(self, order_id: str) -> None:
        await self.payments.say(charged(order_id))
        await self.inventory.has_heard("commit-inventory")
        await self.inventory.say(a_message("inventory-committed", orderId=order_id))


@pytest.fixture
def neighbours(payment_service: Colleague, inventory_service: Colleague) -> Neighbours:
    return Neighbours(payment_service, inventory_service)


async def test_an_order_with_a_payment_method_confirms_by_itself(
    api: httpx.AsyncClient, neighbours: Neighbours, public: Colleague
) -> None:
    order_id = await place(api, paymentMethod=CARD)
    (command,) = await neighbours.payments.has_heard("charge-payment")
    assert command["data"]["orderId"] == order_id
    assert command["data"]["paymentMethod"] == CARD
    await neighbours.pay_and_commit(order_id)
    assert (await becomes(api, order_id, "confirmed"))["paymentId"] == "pay_1"
    told = await public.has_heard("order.placed", "order.confirmed")
    assert told[1]["data"] == told[0]["data"]
    assert trace_ids(neighbours.payments) == trace_ids(public)[:1] != [None]  # the request's own


async def test_so_does_one_whose_customer_has_stored_a_method(
    api: httpx.AsyncClient,
    payment_service: Colleague,
) -> None:
    placed = await api.post("/api/orders", json={"items": ITEMS}, headers={"X-User-Id": "customer-2"})
    assert placed.status_code == 201
    (command,) = await payment_service.has_heard("charge-payment")
    assert command["data"]["paymentMethod"] == {"type": "card", "token": "tok_stored"}


async def test_a_refused_payment_gives_the_stock_back_and_then_cancels(
    api: httpx.AsyncClient, neighbours: Neighbours, public: Colleague
) -> None:
    order_id = await place(api, paymentMethod=CARD)
    await neighbours.payments.has_heard("charge-payment")
    reason = "Payment declined due to insufficient funds"
    failed = a_message("payment-failed", orderId=order_id, code="INSUFFICIENT_FUNDS", reason=reason)
    await neighbours.payments.say(failed)
    await neighbours.inventory.has_heard("release-inventory")
    assert (await api.get(f"/api/orders/{order_id}")).json()["status"] == "pending"
    await neighbours.inventory.say(a_message("inventory-released", orderId=order_id))
    await becomes(api, order_id, "cancelled")
    told = await public.has_heard("order.placed", "order.cancelled")
    assert told[1]["data"]["reason"] == reason


async def test_a_cancelled_order_is_paid_back_and_released(api: httpx.AsyncClient, neighbours: Neighbours) -> None:
    order_id = await place(api)
    paid = await api.post(f"/api/orders/{order_id}/pay", json={"paymentMethod": CARD})
    assert (paid.status_code, paid.json()["paymentStatus"]) == (200, "COMPLETED")
    cancelled = await api.post(f"/api/orders/{order_id}/cancel", json={"reason": "changed my mind"})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    (command,) = await neighbours.payments.has_heard("refund-payment")
    assert command["data"] == {"orderId": order_id, "paymentId": "pay_1"}
    await neighbours.payments.say(a_message("payment-refunded", orderId=order_id, paymentId="pay_1", amount=10.0))
    await neighbours.inventory.has_heard("release-inventory")


async def test_a_request_that_crashed_after_the_charge_is_healed(
    api: httpx.AsyncClient, neighbours: Neighbours
) -> None:
    order_id = await place(api)  # /pay charged, and crashed before the order was stored
    await neighbours.pay_and_commit(order_id)
    assert (await becomes(api, order_id, "confirmed"))["paymentId"] == "pay_1"


async def test_an_event_twice_acts_once(
    app: FastAPI, api: httpx.AsyncClient, neighbours: Neighbours, engine: AsyncEngine
) -> None:
    order_id = await place(api, paymentMethod=CARD)
    once = charged(order_id)
    for _ in range(3):
        await app.state.consumer.receive(delivery_of(once))
    await neighbours.inventory.has_heard("commit-inventory")
    assert app.state.consumer.counts == {"handled": 1, "repeated": 2}
    assert len(await rows(engine, "SELECT * FROM inbox")) == 1


async def test_nobody_pays_in_time(
    api: httpx.AsyncClient,
    engine: AsyncEngine,
    inventory_service: Colleague,
) -> None:
    order_id = await place(api)
    await execute(engine, "UPDATE sagas SET waits_until = now() - interval '1 second'")
    await inventory_service.has_heard("release-inventory")
    refused = await api.post(f"/api/orders/{order_id}/pay", json={"paymentMethod": CARD})
    assert (refused.status_code, refused.json()["error"]) == (409, "invalid_state")
    await inventory_service.say(a_message("inventory-released", orderId=order_id))
    await becomes(api, order_id, "cancelled")


async def test_ten_orders_for_five_units(
    api: httpx.AsyncClient,
    payment_service: Colleague,
    inventory: FakeInventory,
    engine: AsyncEngine,
) -> None:
    body = {"items": ITEMS, "paymentMethod": CARD}
    answers = await asyncio.gather(*(api.post("/api/orders", json=body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 5
    await payment_service.has_heard(*["charge-payment"] * 5)
    assert inventory.available == {"prod-1": 0}
    placed = await rows(engine, "SELECT count(*) AS events FROM outbox WHERE event_type = 'order.placed'")
    assert placed == [{"events": 5}]
