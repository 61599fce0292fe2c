"""The bodies."""

from typing import Annotated, Self

from pydantic import Field

from shop.cart.domain.cart import MOST_PIECES, Cart
from shop.kit.wire import Name, WireModel


class AddItem(WireModel):
    """What to put in."""

    product_id: Name
    quantity: Annotated[int, Field(strict=True, ge=1, le=MOST_PIECES)]


class SetQuantity(WireModel):
    """How many to have; 0 takes the product out."""

    quantity: Annotated[int, Field(strict=True, ge=0, le=MOST_PIECES)]


class CartItem(WireModel):
    """A line of a cart."""

    product_id: str
    quantity: int


class CartOut(WireModel):
    """A cart; `version` changes with every change."""

    items: list[CartItem]
    version: int

    @classmethod
    def of(cls, cart: Cart) -> Self:
        items = [CartItem(product_id=product_id, quantity=quantity) for product_id, quantity in cart.lines.items()]
        return cls(items=items, version=cart.version)
