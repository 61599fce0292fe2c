"""What PaymentService refuses: no money moves."""

import httpx
from shop_doubles.bad_input import SQL, Bad, bodies, refuses_all
from shop_doubles.databases import rows
from sqlalchemy.ext.asyncio import AsyncEngine

PAY = "/api/payments"
CHARGE = {"orderId": "12345", "amount": 100.0, "currency": "USD", "customerId": "customer-123"}
NOT_THERE = {"status": 404, "error": "not_found"}
TABLE = [
    # A whole number is an amount as well, so `amount` has a line of its own for each wrong one.
    *bodies("POST", PAY, CHARGE),
    *(
        Bad(f"an amount of {amount}", "POST", PAY, {**CHARGE, "amount": amount})
        for amount in (0, -100.0, 0.001, 1e300, 10**400, "100.00", True, None)
    ),
    Bad("NaN", "POST", PAY, b'{"orderId": "12345", "amount": NaN, "currency": "USD", "customerId": "customer-123"}'),
    Bad("another amount than the order's", "POST", PAY, {**CHARGE, "amount": 99.99}),
    Bad("another customer's order", "POST", PAY, {**CHARGE, "customerId": "eve"}),
    Bad("a currency that is none", "POST", PAY, {**CHARGE, "currency": "usd"}),
    Bad("SQL for a currency", "POST", PAY, {**CHARGE, "currency": SQL}),
    Bad("half a payment method", "POST", PAY, {**CHARGE, "paymentMethod": {"type": "card"}}),
    Bad("an endless token", "POST", PAY, {**CHARGE, "paymentMethod": {"type": "card", "token": "x" * 201}}),
    Bad("an empty key", "POST", PAY, CHARGE, {"Idempotency-Key": ""}),
    Bad("an endless key", "POST", PAY, CHARGE, {"Idempotency-Key": "x" * 201}),
    Bad("SQL for an order", "POST", PAY, {**CHARGE, "orderId": SQL}, {}, **NOT_THERE),
    Bad("NUL in an id", "GET", f"{PAY}/a%00b"),
    Bad("no such payment", "GET", f"{PAY}/1'%20OR%20'1'='1", None, {}, **NOT_THERE),
    Bad("no such payment", "POST", f"{PAY}/pay_1/refund", None, {}, **NOT_THERE),
]


async def test_what_is_bad_is_refused_and_moves_no_money(api: httpx.AsyncClient, engine: AsyncEngine) -> None:
    await refuses_all(api, TABLE)
    assert await rows(engine, "SELECT id FROM payments UNION ALL SELECT key FROM sandbox_charges") == []
