"""The bodies of the current form."""

from dataclasses import asdict
from typing import Annotated, Final, Self

from pydantic import AliasChoices, Field

from shop.kit.wire import Money, Name, Timestamp, WireModel
from shop.orders.domain.order import Address, Order, OrderItem
from shop.orders.domain.saga_messages import PaymentMethod
from shop.orders.service.ports import RequestedItem

TOTAL_FIELD: Final = "totalAmount"
"""The wire name of an order's total: here and nowhere else in the current form. Consumers hold us to it."""


class ItemIn(WireModel):
    """A line of a new order."""

    product_id: Name
    quantity: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    unit_price: Annotated[Money, Field(ge=0)] | None = None

    def as_requested(self) -> RequestedItem:
        return RequestedItem(self.product_id, self.quantity, self.unit_price)


class AddressIn(WireModel):
    """Where an order goes."""

    street: Name
    city: Name
    postal_code: Name = Field(validation_alias=AliasChoices("postalCode", "zipCode", "postal_code"))
    state: Name | None = None
    country: Name = "US"

    def as_address(self) -> Address:
        return Address(self.street, self.city, self.postal_code, self.state, self.country)


class PaymentMethodIn(WireModel):
    """How the customer pays."""

    type: Name
    token: Name

    def as_method(self) -> PaymentMethod:
        return PaymentMethod(self.type, self.token)


class PlaceOrder(WireModel):
    """A new order. `customerId` counts only from staff, who may order for a customer.

    With a payment method the order is charged at once and confirms by itself; without one it waits to be paid for.
    """

    items: list[ItemIn] | None = None
    shipping_address: AddressIn | None = None
    discount_code: Name | None = None
    customer_id: Name | None = None
    payment_method: PaymentMethodIn | None = None


class CancelOrder(WireModel):
    """Why an order is cancelled."""

    reason: Name = "cancelled by the customer"


class PayOrder(WireModel):
    """The payment of an order."""

    payment_method: PaymentMethodIn


class Paid(WireModel):
    """A paid order."""

    order_id: str
    payment_id: str | None
    payment_status: str


class ItemOut(WireModel):
    """A line of an order."""

    product_id: str
    product_name: str
    quantity: int
    unit_price: Money

    @classmethod
    def of(cls, item: OrderItem) -> Self:
        return cls(
            product_id=item.product_id,
            product_name=item.product_name,
            quantity=item.quantity,
            unit_price=item.unit_price,
        )


class AddressOut(WireModel):
    """Where an order goes."""

    street: str
    city: str
    postal_code: str
    state: str | None
    country: str


class OrderOut(WireModel):
    """An order in the current form."""

    id: str
    order_id: str
    customer_id: str
    status: str
    items: list[ItemOut]
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total_amount: Money = Field(serialization_alias=TOTAL_FIELD)
    placed_at: Timestamp
    payment_id: str | None
    shipping_address: AddressOut | None

    @classmethod
    def of(cls, order: Order) -> Self:
        """The order as the current form shows it."""
        return cls(
            id=order.id,
            order_id=order.id,
            customer_id=order.customer_id,
            status=order.status.value,
            items=[ItemOut.of(item) for item in order.items],
            subtotal=order.subtotal,
            discount=order.discount,
            shipping=order.shipping,
            tax=order.tax,
            total_amount=order.total_amount,
            placed_at=order.placed_at,
            payment_id=order.payment_id,
            shipping_address=AddressOut(**asdict(order.shipping_address)) if order.shipping_address else None,
        )
