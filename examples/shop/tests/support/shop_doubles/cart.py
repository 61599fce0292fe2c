"""CartService's port as a fake."""

from collections.abc import Callable
from copy import deepcopy

from shop.cart.domain.cart import Cart
from shop.cart.service.ports import CartRepository


class FakeCartRepository(CartRepository):
    """Carts in memory."""

    def __init__(self) -> None:
        self.carts: dict[str, Cart] = {}

    async def find(self, customer_id: str) -> Cart:
        return deepcopy(self.carts.get(customer_id, Cart(customer_id)))

    async def change(self, customer_id: str, change: Callable[[Cart], None]) -> Cart:
        cart = await self.find(customer_id)
        change(cart)
        self.carts[customer_id] = cart
        return deepcopy(cart)
