"""What the API answers to each error of the domain."""

from collections.abc import Mapping

from shop.cart.domain.errors import CartChangedError, InvalidCartError, NotInCartError
from shop.kit.errors import Explain, Problem


def _invalid(error: InvalidCartError) -> Problem:
    return Problem(400, "validation_error", str(error))


def _missing(error: NotInCartError) -> Problem:
    return Problem(404, "not_found", str(error))


def _changed(error: CartChangedError) -> Problem:
    return Problem(409, "concurrent_modification", str(error))


EXPLANATIONS: Mapping[type[Exception], Explain] = {
    InvalidCartError: _invalid,
    NotInCartError: _missing,
    CartChangedError: _changed,
}
