"""What the API answers to each error of the domain."""

from collections.abc import Mapping

from shop.inventory.domain.errors import (
    InsufficientStockError,
    InvalidStockError,
    ProductNotFoundError,
    ReservationNotFoundError,
    ReservationStateError,
)
from shop.kit.errors import Explain, Problem


def _invalid(error: InvalidStockError) -> Problem:
    return Problem(400, "validation_error", str(error))


def _not_found(error: ProductNotFoundError | ReservationNotFoundError) -> Problem:
    return Problem(404, "not_found", str(error))


def _short(error: InsufficientStockError) -> Problem:
    items = [
        {"productId": item.product_id, "requested": item.requested, "available": item.available}
        for item in error.shortages
    ]
    return Problem(409, "insufficient_inventory", str(error), items)


def _wrong_state(error: ReservationStateError) -> Problem:
    return Problem(409, "invalid_state", str(error))


EXPLANATIONS: Mapping[type[Exception], Explain] = {
    InvalidStockError: _invalid,
    ProductNotFoundError: _not_found,
    ReservationNotFoundError: _not_found,
    InsufficientStockError: _short,
    ReservationStateError: _wrong_state,
}
