"""What can be wrong with a cart, in the domain's words."""


class CartError(Exception):
    """Base of CartService's own errors."""


class InvalidCartError(CartError):
    """A change would make a cart that nobody can order."""


class NotInCartError(CartError):
    """The product is not in the cart."""

    def __init__(self, product_id: str) -> None:
        super().__init__("Not in the cart")
        self.product_id = product_id


class CartChangedError(CartError):
    """The cart is not any more as the caller saw it."""

    def __init__(self) -> None:
        super().__init__("The cart has changed")
