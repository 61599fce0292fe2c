"""Whether everything adds up in the end, however much went wrong: orders, stock, money, notifications."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import psycopg

from accord import poll_until
from whole_shop.journeys import Visit, notifications
from whole_shop.shop import WholeShop

_CARD = {"type": "card", "token": "tok_visa"}
PATIENCE = 120.0  # seconds until all is settled: what a killed reader had in hand comes again only after a while
_WITH_MESSAGES = ("orders", "payments", "inventory", "notifications")


class Reckoning:
    """The books of one customer who orders one product, one piece each.

    Args:
        shop: where.
        visit: the customer.
        user_id: the customer's id.
        product_id: ordered by nobody else.
        on_shelf: how many there were.
    """

    def __init__(self, shop: WholeShop, visit: Visit, user_id: str, product_id: str, on_shelf: int) -> None:
        self._shop = shop
        self._visit = visit
        self._user_id = user_id
        self._product_id = product_id
        self._on_shelf = on_shelf
        self._parked = self.parked()

    def place(self) -> None:
        """Order one piece, and again until an order is taken; one whose answer was lost may have been taken, too."""

        # With a card in hand: who pays by the card on file has to pay by hand while UserService is away.
        body = {"items": [{"productId": self._product_id, "quantity": 1}], "paymentMethod": _CARD}

        def taken() -> bool:
            answer = self._visit.call("POST", "/api/orders", body)  # raises when the gateway itself is away
            assert answer.status_code == HTTPStatus.CREATED, answer.text
            return True

        poll_until(taken, timeout=PATIENCE, interval=0.05, description="an order to be taken")

    def adds_up(self) -> dict[str, int]:
        """Wait until every order has ended, and everything agrees; gives how many ended how.

        Raises:
            PollTimeout: something does not agree; the text has what.
        """
        self._shop.wait_until_ready()
        poll_until(self._all_have_ended, timeout=PATIENCE, description="every order to end")
        confirmed = self._orders("confirmed")

        def stock_agrees() -> bool:
            assert self._visit.available(self._product_id) == self._on_shelf - len(confirmed)
            return True

        poll_until(stock_agrees, timeout=PATIENCE, description="the stock to agree with the orders")
        assert self._paid() == confirmed
        poll_until(lambda: self._notified(confirmed), timeout=PATIENCE, description="a notification of each order")
        assert self.parked() == self._parked
        return {"confirmed": len(confirmed), "cancelled": len(self._orders("cancelled"))}

    def parked(self) -> list[str]:
        """Why messages were parked, in all services."""
        return [row[0] for name in _WITH_MESSAGES for row in self._ask(name, "SELECT reason FROM parked_messages")]

    def _all_have_ended(self) -> bool:
        open_ones = "SELECT id, status FROM orders WHERE customer_id = %s AND status NOT IN ('confirmed', 'cancelled')"
        left = self._ask("orders", open_ones, self._user_id)
        assert not left
        return True

    def _orders(self, status: str) -> list[str]:
        of_status = "SELECT id FROM orders WHERE customer_id = %s AND status = %s ORDER BY id"
        return [row[0] for row in self._ask("orders", of_status, self._user_id, status)]

    def _paid(self) -> list[str]:
        taken = (
            "SELECT order_id FROM payments WHERE customer_id = %s AND status = 'COMPLETED' AND refunded_at IS NULL "
            "ORDER BY order_id"
        )
        return [row[0] for row in self._ask("payments", taken, self._user_id)]

    def _notified(self, confirmed: Sequence[str]) -> bool:
        for order_id in confirmed:
            assert [each["type"] for each in notifications(self._shop, order_id)] == ["order_confirmation"]
        return True

    def _ask(self, service: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._shop.database.url_of(service)) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]
