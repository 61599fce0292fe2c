"""Discount codes."""

from decimal import Decimal
from enum import Enum
from typing import assert_never

from shop.orders.domain.errors import InvalidDiscountError
from shop.orders.domain.money import rounded


class DiscountCode(Enum):
    """The codes the shop honours."""

    SAVE10 = "SAVE10"
    FLAT50 = "FLAT50"
    FREESHIP = "FREESHIP"


_SAVE10_SHARE = Decimal("0.10")
_FLAT50_AMOUNT = Decimal("50.00")


def discount_for(code: str, *, subtotal: Decimal, shipping: Decimal) -> Decimal:
    """What a code takes off: SAVE10 a tenth, FLAT50 fifty but never above the subtotal, FREESHIP the shipping.

    Raises:
        InvalidDiscountError: the shop honours no such code.
    """
    try:
        known = DiscountCode(code)
    except ValueError:
        raise InvalidDiscountError(code) from None
    match known:
        case DiscountCode.SAVE10:
            return rounded(subtotal * _SAVE10_SHARE)
        case DiscountCode.FLAT50:
            return min(_FLAT50_AMOUNT, subtotal)
        case DiscountCode.FREESHIP:
            return shipping
        case _:
            assert_never(known)
