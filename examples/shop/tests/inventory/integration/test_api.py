"""InventoryService's API, in process, on a real database."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from shop_doubles.databases import rows
from shop_doubles.moments import StoppedClock
from sqlalchemy.ext.asyncio import AsyncEngine

STAFF = {"Authorization": "Bearer test-token"}
QUARTER = timedelta(minutes=15)


async def stock(api: httpx.AsyncClient, **quantities: int) -> None:
    for product_id, quantity in quantities.items():
        body = {"quantity": quantity, "name": f"Product {product_id}", "unitPrice": 10.0}
        response = await api.put(f"/api/inventory/{product_id}", json=body, headers=STAFF)
        assert response.status_code == 200, response.text


async def reserve(api: httpx.AsyncClient, order_id: str, **quantities: int) -> httpx.Response:
    items = [{"productId": product_id, "quantity": quantity} for product_id, quantity in quantities.items()]
    return await api.post("/api/reservations", json={"orderId": order_id, "items": items})


async def available(api: httpx.AsyncClient, product_id: str) -> int:
    quantity: int = (await api.get(f"/api/inventory/{product_id}")).json()["availableQuantity"]
    return quantity


class TestStock:
    @pytest.mark.parametrize("path", ["/inventory/widget", "/api/inventory/widget"])
    async def test_staff_says_what_is_there_and_all_may_read_it(self, api: httpx.AsyncClient, path: str) -> None:
        expected = {"productId": "widget", "name": "Widget", "unitPrice": 10.0, "availableQuantity": 5}
        body = {"quantity": 5, "name": "Widget", "unitPrice": 10}
        put = await api.put(path, json=body, headers=STAFF)
        assert (put.status_code, put.json()) == (200, expected)
        read = await api.get(path)
        assert (read.status_code, read.json()) == (200, expected)
        assert '"unitPrice":10.0' in read.text.replace(" ", "")

    async def test_a_recount_keeps_name_and_price(self, api: httpx.AsyncClient) -> None:
        await stock(api, widget=5)
        response = await api.put("/api/inventory/widget", json={"quantity": 7}, headers=STAFF)
        assert response.json() == {
            "productId": "widget",
            "name": "Product widget",
            "unitPrice": 10.0,
            "availableQuantity": 7,
        }

    async def test_a_product_needs_no_more_than_a_quantity(self, api: httpx.AsyncClient) -> None:
        response = await api.put("/api/inventory/widget", json={"quantity": 100}, headers=STAFF)
        assert (response.json()["name"], response.json()["unitPrice"]) == ("widget", None)

    async def test_a_product_without_a_price_is_not_sold(self, api: httpx.AsyncClient) -> None:
        await api.put("/api/inventory/widget", json={"quantity": 100}, headers=STAFF)
        assert (await api.get("/api/products", params={"id": "widget"})).json() == {"items": []}

    async def test_an_unknown_product_is_404(self, api: httpx.AsyncClient) -> None:
        response = await api.get("/api/inventory/nothing")
        assert (response.status_code, response.json()["message"]) == (404, "Product not found")

    @pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"X-User-Id": "customer-1"}, 403)])
    async def test_only_staff_changes_stock(
        self,
        api: httpx.AsyncClient,
        headers: dict[str, str],
        status: int,
    ) -> None:
        assert (await api.put("/api/inventory/widget", json={"quantity": 1}, headers=headers)).status_code == status

    @pytest.mark.parametrize(
        "body",
        [{}, {"quantity": -1}, {"quantity": 1.5}, {"quantity": 1, "unitPrice": -1}, {"quantity": 1, "name": ""}],
    )
    async def test_a_wrong_body_is_400(self, api: httpx.AsyncClient, body: dict[str, Any]) -> None:
        response = await api.put("/api/inventory/widget", json=body, headers=STAFF)
        assert (response.status_code, response.json()["error"]) == (400, "validation_error")

    async def test_the_catalogue_lists_what_it_knows(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=1, b=1)
        response = await api.get("/api/products", params={"id": ["b", "a", "nothing"]})
        assert response.json() == {
            "items": [
                {"productId": "a", "name": "Product a", "unitPrice": 10.0},
                {"productId": "b", "name": "Product b", "unitPrice": 10.0},
            ],
        }

    async def test_availability_is_told_product_by_product(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=5)
        lines = [
            {"productId": "a", "quantity": 3},
            {"productId": "b", "quantity": 1},
            {"productId": "a", "quantity": 3},
        ]
        response = await api.post("/api/inventory/availability", json={"items": lines})
        assert response.json() == {
            "items": [
                {"productId": "a", "requested": 6, "available": False, "availableQuantity": 5},
                {"productId": "b", "requested": 1, "available": False, "availableQuantity": 0},
            ],
        }


class TestReserve:
    async def test_holds_stock_until_a_moment(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=5)
        response = await reserve(api, "order-1", a=2)
        assert response.status_code == 201
        assert response.json() == {
            "orderId": "order-1",
            "state": "held",
            "expiresAt": "2025-01-15T10:45:00.000Z",
            "items": [{"productId": "a", "quantity": 2}],
        }
        assert await available(api, "a") == 3

    async def test_ten_at_once_for_five_units(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=5)
        answers = await asyncio.gather(*(reserve(api, f"order-{number}", a=1) for number in range(10)))
        statuses = [answer.status_code for answer in answers]
        assert (statuses.count(201), statuses.count(409)) == (5, 5)
        assert await available(api, "a") == 0

    async def test_orders_that_name_products_in_another_order_do_not_deadlock(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=100, b=100)
        one_way = [reserve(api, f"one-{number}", a=1, b=1) for number in range(8)]
        other_way = [reserve(api, f"other-{number}", b=1, a=1) for number in range(8)]
        answers = await asyncio.gather(*one_way, *other_way)
        assert {answer.status_code for answer in answers} == {201}

    async def test_all_lines_or_none(self, api: httpx.AsyncClient, engine: AsyncEngine) -> None:
        await stock(api, a=5, b=1)
        response = await reserve(api, "order-1", a=2, b=2)
        assert response.status_code == 409
        assert response.json()["error"] == "insufficient_inventory"
        assert response.json()["details"] == [{"productId": "b", "requested": 2, "available": 1}]
        assert await available(api, "a") == 5
        assert await rows(engine, "SELECT 1 FROM reservations") == []

    async def test_again_holds_no_more_but_longer(self, api: httpx.AsyncClient, clock: StoppedClock) -> None:
        await stock(api, a=2)
        await reserve(api, "order-1", a=2)
        clock.advance(timedelta(minutes=5))
        again = await reserve(api, "order-1", a=2)
        assert (again.status_code, again.json()["expiresAt"]) == (201, "2025-01-15T10:50:00.000Z")
        assert await available(api, "a") == 0

    async def test_other_items_for_an_order_that_holds_are_refused(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=5)
        await reserve(api, "order-1", a=1)
        response = await reserve(api, "order-1", a=2)
        assert (response.status_code, response.json()["error"]) == (409, "invalid_state")

    async def test_what_expired_is_there_for_others(self, api: httpx.AsyncClient, clock: StoppedClock) -> None:
        await stock(api, a=1)
        await reserve(api, "order-1", a=1)
        clock.advance(QUARTER)
        assert await available(api, "a") == 1
        assert (await reserve(api, "order-2", a=1)).status_code == 201
        assert (await reserve(api, "order-1", a=1)).status_code == 409

    @pytest.mark.parametrize(
        "body",
        [
            {"orderId": "order-1", "items": []},
            {"items": [{"productId": "a", "quantity": 1}]},
            {"orderId": "order-1", "items": [{"productId": "a", "quantity": 0}]},
        ],
    )
    async def test_a_wrong_body_is_400(self, api: httpx.AsyncClient, body: dict[str, Any]) -> None:
        assert (await api.post("/api/reservations", json=body)).status_code == 400


class TestCommit:
    async def test_takes_the_stock_off_the_shelf_once(
        self,
        api: httpx.AsyncClient,
        engine: AsyncEngine,
        clock: StoppedClock,
    ) -> None:
        await stock(api, a=5)
        await reserve(api, "order-1", a=2)
        for _ in range(2):
            response = await api.post("/api/reservations/order-1/commit")
            assert (response.status_code, response.json()["state"]) == (200, "committed")
        clock.advance(QUARTER)
        assert await available(api, "a") == 3
        assert await rows(engine, "SELECT on_hand FROM stock") == [{"on_hand": 3}]

    async def test_a_committed_order_holds_no_second_time(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=5)
        await reserve(api, "order-1", a=2)
        await api.post("/api/reservations/order-1/commit")
        assert (await reserve(api, "order-1", a=2)).json()["state"] == "committed"
        assert await available(api, "a") == 3

    async def test_an_expired_hold_counts_while_the_stock_is_there(
        self,
        api: httpx.AsyncClient,
        clock: StoppedClock,
    ) -> None:
        await stock(api, a=1)
        await reserve(api, "order-1", a=1)
        clock.advance(QUARTER)
        assert (await api.post("/api/reservations/order-1/commit")).status_code == 200

    async def test_an_expired_hold_is_refused_once_the_stock_is_gone(
        self,
        api: httpx.AsyncClient,
        clock: StoppedClock,
    ) -> None:
        await stock(api, a=1)
        await reserve(api, "order-1", a=1)
        clock.advance(QUARTER)
        await reserve(api, "order-2", a=1)
        response = await api.post("/api/reservations/order-1/commit")
        assert (response.status_code, response.json()["error"]) == (409, "insufficient_inventory")

    async def test_what_was_never_held_is_404(self, api: httpx.AsyncClient) -> None:
        assert (await api.post("/api/reservations/order-1/commit")).status_code == 404

    async def test_what_was_released_is_409(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=1)
        await reserve(api, "order-1", a=1)
        await api.delete("/api/reservations/order-1")
        assert (await api.post("/api/reservations/order-1/commit")).status_code == 409


class TestRelease:
    @pytest.mark.parametrize("committed", [False, True])
    async def test_gives_the_stock_back_once(self, api: httpx.AsyncClient, committed: bool) -> None:  # noqa: FBT001 - a row of the table
        await stock(api, a=5)
        await reserve(api, "order-1", a=2)
        if committed:
            await api.post("/api/reservations/order-1/commit")
        for _ in range(2):
            assert (await api.delete("/api/reservations/order-1")).status_code == 204
        assert await available(api, "a") == 5

    async def test_releasing_what_was_never_held_is_fine(self, api: httpx.AsyncClient) -> None:
        assert (await api.delete("/api/reservations/order-1")).status_code == 204

    async def test_a_commit_and_a_release_at_once_lose_no_piece(self, api: httpx.AsyncClient) -> None:
        await stock(api, a=5)
        await reserve(api, "order-1", a=2)
        await asyncio.gather(
            api.post("/api/reservations/order-1/commit"),
            api.delete("/api/reservations/order-1"),
        )
        assert await available(api, "a") == 5


async def test_health_says_whether_the_database_answers(api: httpx.AsyncClient) -> None:
    assert (await api.get("/health")).json() == {"status": "ok", "service": "InventoryService"}


def test_the_openapi_document_promises_400_and_never_422(app: FastAPI) -> None:
    for path in app.openapi()["paths"].values():
        for operation in path.values():
            assert "422" not in operation["responses"]
