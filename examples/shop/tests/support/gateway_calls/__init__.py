"""Every call that the gateway passes on, by the service that answers it: what its contracts say."""

from gateway_calls import carts, orders, stock, users
from gateway_calls.call import Call

CALLS: tuple[Call, ...] = (*users.CALLS, *carts.CALLS, *orders.CALLS, *stock.CALLS)

__all__ = ["CALLS", "Call"]
