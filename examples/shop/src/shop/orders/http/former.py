"""The former form, without /api: deprecated, kept until its last callers have moved.

The same requests; answers that say `total`, `createdAt` and `price`, and the status in capitals.
"""

from typing import Self

from shop.kit.wire import Money, Timestamp, WireModel
from shop.orders.domain.order import Order


class FormerItem(WireModel):
    """A line of an order."""

    product_id: str
    product_name: str
    quantity: int
    price: Money


class FormerOrder(WireModel):
    """An order in the former form."""

    id: str
    customer_id: str
    status: str
    items: list[FormerItem]
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money
    created_at: Timestamp
    payment_id: str | None

    @classmethod
    def of(cls, order: Order) -> Self:
        """The order as the former form shows it."""
        return cls(
            id=order.id,
            customer_id=order.customer_id,
            status=order.status.value.upper(),
            items=[
                FormerItem(
                    product_id=item.product_id,
                    product_name=item.product_name,
                    quantity=item.quantity,
                    price=item.unit_price,
                )
                for item in order.items
            ],
            subtotal=order.subtotal,
            discount=order.discount,
            shipping=order.shipping,
            tax=order.tax,
            total=order.total_amount,
            created_at=order.placed_at,
            payment_id=order.payment_id,
        )
