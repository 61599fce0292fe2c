"""Exact amounts with two decimals."""

from decimal import ROUND_HALF_UP, Decimal

from shop.orders.domain.errors import InvalidOrderError

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LARGEST = Decimal("9999999999.99")  # what NUMERIC(12,2) holds


def money(value: Decimal | int | str) -> Decimal:
    """The amount with exactly two decimals.

    Raises:
        InvalidOrderError: it has a fraction of a cent, is no number, or is too large to keep.
    """
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise InvalidOrderError(f"Not an amount of money: {value}")
    exact = amount.quantize(CENT)
    if exact != amount:
        raise InvalidOrderError(f"An amount has at most two decimals: {value}")
    return exact


def rounded(value: Decimal) -> Decimal:
    """A calculated amount, half a cent rounded up."""
    return value.quantize(CENT, ROUND_HALF_UP)
