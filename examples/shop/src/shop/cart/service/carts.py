"""Filling and emptying carts."""

from shop.cart.domain.cart import Cart
from shop.cart.service.ports import CartRepository


class CartService:
    """Customers' carts.

    Args:
        repository: keeps them.
    """

    def __init__(self, repository: CartRepository) -> None:
        self._repository = repository

    async def cart(self, customer_id: str) -> Cart:
        """The customer's cart; everybody has one."""
        return await self._repository.find(customer_id)

    async def add(self, customer_id: str, product_id: str, quantity: int) -> Cart:
        """Put some more of a product in.

        Raises:
            InvalidCartError: the cart would be too large.
        """
        return await self._repository.change(customer_id, lambda cart: cart.add(product_id, quantity))

    async def set(self, customer_id: str, product_id: str, quantity: int) -> Cart:
        """Have so many of a product; none takes it out.

        Raises:
            InvalidCartError: the cart would be too large.
            NotInCartError: there is none to take out.
        """
        return await self._repository.change(customer_id, lambda cart: cart.set(product_id, quantity))

    async def remove(self, customer_id: str, product_id: str) -> Cart:
        """Take a product out.

        Raises:
            NotInCartError: it is not in.
        """
        return await self._repository.change(customer_id, lambda cart: cart.remove(product_id))

    async def empty(self, customer_id: str, seen_version: int | None = None) -> None:
        """Take everything out.

        Raises:
            CartChangedError: the cart is not any more the one that the caller saw.
        """
        await self._repository.change(customer_id, lambda cart: cart.empty(seen_version))
