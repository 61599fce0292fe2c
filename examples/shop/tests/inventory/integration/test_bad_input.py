"""What InventoryService refuses, and what it keeps word for word."""

from urllib.parse import quote

import httpx
import pytest
from shop_doubles.bad_input import HTML, SQL, Bad, bodies, quantities, refuses_all
from shop_doubles.databases import rows
from sqlalchemy.ext.asyncio import AsyncEngine

STAFF = {"Authorization": "Bearer test-token"}
PEN = "/api/inventory/pen"
ASK, HOLD = "/api/inventory/availability", "/api/reservations"
LINE = {"productId": "pen", "quantity": 1}
NOT_THERE = {"status": 404, "error": "not_found"}
NOBODY = {"status": 401, "error": "unauthorized"}
TABLE = [
    *bodies("PUT", PEN, {"quantity": 5}, STAFF),
    *quantities("PUT", PEN, lambda number: {"quantity": number}, STAFF),
    *bodies("POST", ASK, {"items": [LINE]}),
    *quantities("POST", ASK, lambda number: {"items": [{**LINE, "quantity": number}]}),
    *bodies("POST", HOLD, {"orderId": "order-1", "items": [LINE]}),
    *quantities("POST", HOLD, lambda number: {"orderId": "order-1", "items": [{**LINE, "quantity": number}]}),
    Bad("no items", "POST", ASK, {"items": []}),
    Bad("no items", "POST", HOLD, {"orderId": "order-1", "items": []}),
    Bad("none of a product", "POST", HOLD, {"orderId": "order-1", "items": [{**LINE, "quantity": 0}]}),
    Bad("more than is there", "POST", HOLD, {"orderId": "order-1", "items": [{**LINE, "quantity": 6}]}, {}, 409,
        "insufficient_inventory"),
    Bad("a negative price", "PUT", PEN, {"quantity": 1, "unitPrice": -1}, STAFF),
    Bad("an absurd price", "PUT", PEN, {"quantity": 1, "unitPrice": 1e12}, STAFF),
    Bad("a price of a fraction of a cent", "PUT", PEN, {"quantity": 1, "unitPrice": 0.001}, STAFF),
    Bad("NUL in a name", "PUT", PEN, {"quantity": 1, "name": "a\0b"}, STAFF),
    Bad("NUL in a path", "PUT", "/api/inventory/a%00b", {"quantity": 1}, STAFF),
    Bad("NUL in a query", "GET", "/api/products?id=a%00b"),
    Bad("too many products", "GET", "/api/products?" + "&".join(["id=pen"] * 101)),
    Bad("no products", "GET", "/api/products"),
    Bad("nobody", "PUT", PEN, {"quantity": 1}, {}, **NOBODY),
    Bad("a forged token", "PUT", PEN, {"quantity": 1}, {"Authorization": "Bearer e30.e30.e30"}, **NOBODY),
    Bad("a customer", "PUT", PEN, {"quantity": 1}, {"X-User-Id": "ada"}, 403, "forbidden"),
    Bad("SQL for a product", "GET", f"/api/inventory/{quote(SQL, safe='')}", None, {}, **NOT_THERE),
    Bad("HTML for an order", "POST", f"{HOLD}/{quote(HTML, safe='')}/commit", None, {}, **NOT_THERE),
]  # fmt: skip


async def test_what_is_bad_is_refused_and_changes_nothing(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await api.put(PEN, json={"quantity": 5, "name": "Pen", "unitPrice": 1.0}, headers=STAFF)
    await refuses_all(api, TABLE)
    level = {"productId": "pen", "name": "Pen", "unitPrice": 1.0, "availableQuantity": 5}
    assert (await api.get(PEN)).json() == level
    assert await rows(engine, "SELECT order_id FROM reservations") == []


@pytest.mark.parametrize("text", [SQL, HTML, "名前 😀"])
async def test_a_text_is_a_text(api: httpx.AsyncClient, text: str) -> None:
    body = {"quantity": 1, "name": text, "unitPrice": 1.0}
    await api.put(PEN, json=body, headers=STAFF)
    (product,) = (await api.get("/api/products", params={"id": ["pen", text]})).json()["items"]
    assert product == {"productId": "pen", "name": text, "unitPrice": 1.0}
