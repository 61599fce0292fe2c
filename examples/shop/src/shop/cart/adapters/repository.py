"""Carts in PostgreSQL."""

from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shop.cart.adapters.database import cart_lines, carts
from shop.cart.domain.cart import Cart
from shop.cart.service.ports import CartRepository


class SqlCartRepository(CartRepository):
    """The real repository. A change locks the cart's row, so that two at once come one after the other.

    Args:
        engine: the service's database.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, customer_id: str) -> Cart:
        async with self._engine.connect() as connection:
            version = await connection.scalar(select(carts.c.version).where(carts.c.customer_id == customer_id))
            return await _loaded(connection, customer_id, version or 0)

    async def change(self, customer_id: str, change: Callable[[Cart], None]) -> Cart:
        async with self._engine.begin() as connection:
            new = insert(carts).values(customer_id=customer_id, version=0)
            await connection.execute(new.on_conflict_do_nothing())
            locked = select(carts.c.version).where(carts.c.customer_id == customer_id).with_for_update()
            version = (await connection.execute(locked)).scalar_one()
            cart = await _loaded(connection, customer_id, version)
            change(cart)
            if cart.version != version:
                await _store(connection, cart)
        return cart


async def _loaded(connection: AsyncConnection, customer_id: str, version: int) -> Cart:
    lines = select(cart_lines.c.product_id, cart_lines.c.quantity).where(cart_lines.c.customer_id == customer_id)
    rows = await connection.execute(lines.order_by(cart_lines.c.place))
    return Cart(customer_id, {row.product_id: row.quantity for row in rows}, version)


async def _store(connection: AsyncConnection, cart: Cart) -> None:
    await connection.execute(delete(cart_lines).where(cart_lines.c.customer_id == cart.customer_id))
    lines = [
        {"customer_id": cart.customer_id, "product_id": product_id, "place": place, "quantity": quantity}
        for place, (product_id, quantity) in enumerate(cart.lines.items())
    ]
    if lines:
        await connection.execute(insert(cart_lines), lines)
    await connection.execute(
        update(carts).where(carts.c.customer_id == cart.customer_id).values(version=cart.version),
    )
