"""Events of orders, as they come over the bus."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from shop.kit.consumer import Handler, Reply
from shop.kit.envelope import Envelope, MalformedEnvelopeError
from shop.kit.wire import Money, WireModel
from shop.notifications.domain.notification import OrderedItem, OrderNews
from shop.notifications.service.notifying import NotificationService

READS: Final = ("orders.events",)
PASSED_OVER: Final = frozenset({"order.placed", "order.cancelled"})
_CONFIRMS: Final = frozenset({"order.placed", "order.confirmed"})  # the two have one shape


class _Item(WireModel):
    product_name: str
    quantity: int


class _Order(WireModel):
    order_id: str
    customer_id: str
    customer_email: str
    total_amount: Money
    items: list[_Item]


class OrderEventHandler:
    """Sends an order's confirmation when an event tells of it: once, however many events do.

    In this shop that is `order.confirmed`; a shop that confirms what is merely placed hands it `order.placed`.

    Args:
        notifications: writes to customers.
    """

    def __init__(self, notifications: NotificationService) -> None:
        self._notifications = notifications

    async def handle(self, event: Mapping[str, Any]) -> None:
        """Take an event as it travels; fields that nobody here knows are left alone.

        Raises:
            MalformedEnvelopeError: it is another event, or lacks what the confirmation needs.
        """
        if event.get("eventType") not in _CONFIRMS:
            raise MalformedEnvelopeError(f"no event that confirms an order: {event.get('eventType')!r}")
        try:
            order = _Order.model_validate(event.get("data"))
        except ValidationError as error:
            raise MalformedEnvelopeError(f"{event['eventType']}: {error}") from error
        items = tuple(OrderedItem(item.product_name, item.quantity) for item in order.items)
        news = OrderNews(order.order_id, order.customer_id, order.customer_email, order.total_amount, items)
        await self._notifications.confirm_order(news)

    def handlers(self) -> dict[str, Handler]:
        """What to do about the events of the bus."""

        async def confirmed(message: Envelope) -> Sequence[Reply]:
            await self.handle(message.as_dict())
            return ()

        return {"order.confirmed": Handler(confirmed)}
