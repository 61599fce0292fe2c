"""What NotificationService refuses over HTTP, and which messages it parks: it has nothing to write for them."""

import json
from typing import Any

from shop_doubles.bad_input import HTML, SQL, Bad, refuses_all
from shop_doubles.bus import a_message
from shop_doubles.clients import client_of
from shop_doubles.databases import rows
from shop_doubles.notifications import order_data
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.kit.bus import Delivery
from shop.kit.settings import Stage
from shop.notifications.main import create_app
from shop.notifications.settings import Settings

OF_ORDER = "/api/notifications"
TABLE = [
    Bad("no order", "GET", OF_ORDER),
    Bad("an empty id", "GET", f"{OF_ORDER}?orderId="),
    Bad("an endless id", "GET", f"{OF_ORDER}?orderId={'x' * 201}"),
    Bad("NUL in an id", "GET", f"{OF_ORDER}?orderId=a%00b"),
    Bad("no such method", "POST", OF_ORDER, {}, {}, 405, "method_not_allowed"),
    Bad("a huge body", "POST", OF_ORDER, b"x" * (2 << 20), {}, 413, "payload_too_large"),
]
GOOD = a_message("order.confirmed", **order_data("order-1")).as_dict()


def message(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


BAD_MESSAGES = [
    b"",
    b"no JSON",
    b"\xff\xfe",
    b"[" * 100_000,
    b"[]",
    b"null",
    b'{"eventId": "1"}',
    message(eventVersion=2),
    message(eventVersion="one"),
    message(eventType="order.exploded"),
    message(eventType=SQL),
    message(timestamp="yesterday"),
    message(data=None),
    message(data=[]),
    message(data={}),
    message(data=order_data(orderId=None)),
    message(data=order_data(totalAmount="45.00")),
    message(data=order_data(totalAmount=float("nan"))),
    message(data=order_data(items=[{"productName": HTML}])),
]


async def test_what_is_bad_is_refused(engine: AsyncEngine) -> None:
    async with client_of(create_app(Settings(stage=Stage.PRODUCTION), engine=engine)) as api:
        await refuses_all(api, TABLE)
        answer = await api.get(OF_ORDER, params={"orderId": SQL})
    assert (answer.status_code, answer.json()) == (200, [])


async def test_what_no_reader_understands_is_parked_at_once(engine: AsyncEngine) -> None:
    app = create_app(Settings(stage=Stage.PRODUCTION), engine=engine)
    async with client_of(app):
        for body in BAD_MESSAGES:
            await app.state.consumer.receive(Delivery("orders.events", body))
    assert app.state.consumer.counts == {"parked": len(BAD_MESSAGES)}
    assert len(await rows(engine, "SELECT reason FROM parked_messages")) == len(BAD_MESSAGES)
    assert await rows(engine, "SELECT id FROM notifications") == []


async def test_a_text_is_a_text(engine: AsyncEngine) -> None:
    app = create_app(Settings(stage=Stage.PRODUCTION), engine=engine)
    items = [{"productName": f"{SQL} {HTML}", "quantity": 2}]
    async with client_of(app) as api:
        await app.state.consumer.receive(Delivery("orders.events", message(data=order_data("order-1", items=items))))
        (sent,) = (await api.get(OF_ORDER, params={"orderId": "order-1"})).json()
    assert f"{SQL} {HTML}" in sent["text"]
