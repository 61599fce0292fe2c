"""What CartService needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from shop.cart.domain.cart import Cart


class CartRepository(ABC):
    """Keeps carts."""

    @abstractmethod
    async def find(self, customer_id: str) -> Cart:
        """The customer's cart; an empty one where nothing is stored."""

    @abstractmethod
    async def change(self, customer_id: str, change: Callable[[Cart], None]) -> Cart:
        """Apply a change to the stored cart, one change after the other; what it raises leaves the cart as it was."""
