"""What the API answers to each error of the domain."""

from collections.abc import Mapping

from shop.kit.errors import Explain, Problem
from shop.kit.remote import RemoteServiceError
from shop.kit.wire import wire_money
from shop.orders.domain.errors import (
    ConcurrentModificationError,
    InsufficientInventoryError,
    InvalidOrderError,
    OrderNotFoundError,
    OrderStateError,
    PaymentDeclinedError,
    PriceChangedError,
    ValidationError,
)


def _invalid(error: InvalidOrderError | ValidationError) -> Problem:
    return Problem(400, "validation_error", str(error))


def _not_found(error: OrderNotFoundError) -> Problem:
    return Problem(404, "not_found", str(error))


def _wrong_state(error: OrderStateError) -> Problem:
    return Problem(409, "invalid_state", str(error))


def _stale(error: ConcurrentModificationError) -> Problem:
    return Problem(409, "concurrent_modification", str(error))


def _short(error: InsufficientInventoryError) -> Problem:
    items = [
        {"productId": item.product_id, "requested": item.requested, "available": item.available}
        for item in error.shortages
    ]
    return Problem(409, "insufficient_inventory", str(error), items)


def _repriced(error: PriceChangedError) -> Problem:
    items = [
        {
            "productId": item.product_id,
            "sentUnitPrice": wire_money(item.sent),
            "currentUnitPrice": wire_money(item.current),
        }
        for item in error.changes
    ]
    return Problem(409, "price_changed", str(error), items)


def _declined(error: PaymentDeclinedError) -> Problem:
    return Problem(402, error.code, error.reason)


def _unavailable(error: RemoteServiceError) -> Problem:
    return Problem(503, "service_unavailable", f"{error.participant} gives no usable answer; try again")


EXPLANATIONS: Mapping[type[Exception], Explain] = {
    InvalidOrderError: _invalid,
    ValidationError: _invalid,
    OrderNotFoundError: _not_found,
    OrderStateError: _wrong_state,
    ConcurrentModificationError: _stale,
    InsufficientInventoryError: _short,
    PriceChangedError: _repriced,
    PaymentDeclinedError: _declined,
    RemoteServiceError: _unavailable,
}
