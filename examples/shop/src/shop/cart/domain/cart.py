"""A customer's cart."""

from dataclasses import dataclass, field

from shop.cart.domain.errors import CartChangedError, InvalidCartError, NotInCartError

MOST_LINES = 50  # as many as an order may have
MOST_PIECES = 1_000_000


@dataclass(slots=True)
class Cart:
    """Products and quantities, in the order they were put in; `version` counts the changes."""

    customer_id: str
    lines: dict[str, int] = field(default_factory=dict)
    version: int = 0

    def add(self, product_id: str, quantity: int) -> None:
        """Put some more of a product in.

        Raises:
            InvalidCartError: the quantity is none, or too much together.
        """
        if quantity < 1:
            raise InvalidCartError("Quantity must be at least 1")
        self._put(product_id, self.lines.get(product_id, 0) + quantity)

    def set(self, product_id: str, quantity: int) -> None:
        """Have so many of a product; none takes it out.

        Raises:
            InvalidCartError: the quantity is negative or too much.
            NotInCartError: there is none to take out.
        """
        if quantity < 0:
            raise InvalidCartError("Quantity must not be negative")
        if quantity == 0:
            self.remove(product_id)
        else:
            self._put(product_id, quantity)

    def remove(self, product_id: str) -> None:
        """Take a product out.

        Raises:
            NotInCartError: it is not in.
        """
        if product_id not in self.lines:
            raise NotInCartError(product_id)
        del self.lines[product_id]
        self.version += 1

    def empty(self, seen_version: int | None = None) -> None:
        """Take everything out.

        Args:
            seen_version: of the cart that the caller saw; None empties any.

        Raises:
            CartChangedError: it is another by now.
        """
        if seen_version not in {None, self.version}:
            raise CartChangedError
        if self.lines:
            self.lines.clear()
            self.version += 1

    def _put(self, product_id: str, quantity: int) -> None:
        if quantity > MOST_PIECES:
            raise InvalidCartError(f"A cart cannot hold more than {MOST_PIECES} of one product")
        if product_id not in self.lines and len(self.lines) >= MOST_LINES:
            raise InvalidCartError(f"A cart cannot hold more than {MOST_LINES} products")
        self.lines[product_id] = quantity
        self.version += 1
