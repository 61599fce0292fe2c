"""What a saga is told, and what it asks for."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """How the customer pays; the token stands for a card that this shop never sees."""

    type: str
    token: str


# What happens: to the order, at the participants, and by the clock.


@dataclass(frozen=True, slots=True)
class OrderConfirmed:
    """The order was confirmed by a request: paid for by the customer, or by staff without a payment."""

    payment_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """The order was cancelled by a request."""

    reason: str


@dataclass(frozen=True, slots=True)
class PaymentCharged:
    """Money was taken, by our command or by a request."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """No money was taken, and `reason` says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """Money was paid back."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class InventoryCommitted:
    """The stock is the order's for good."""


@dataclass(frozen=True, slots=True)
class InventoryRefused:
    """The stock is not there any more, and `reason` says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class InventoryReleased:
    """The stock was given back."""


@dataclass(frozen=True, slots=True)
class TimeLimitPassed:
    """What was waited for has not come in time."""


SagaEvent = (
    OrderConfirmed
    | OrderCancelled
    | PaymentCharged
    | PaymentFailed
    | PaymentRefunded
    | InventoryCommitted
    | InventoryRefused
    | InventoryReleased
    | TimeLimitPassed
)


# What has to be done: by the participants, and on the order itself.


@dataclass(frozen=True, slots=True)
class ChargePayment:
    """PaymentService is to take the money."""

    customer_id: str
    amount: Decimal
    method: PaymentMethod


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """PaymentService is to pay back."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class CommitInventory:
    """InventoryService is to make the hold final."""


@dataclass(frozen=True, slots=True)
class ReleaseInventory:
    """InventoryService is to give the stock back."""


@dataclass(frozen=True, slots=True)
class ConfirmOrder:
    """The order is confirmed, and this is its payment."""

    payment_id: str | None


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """The order is cancelled."""

    reason: str


Command = ChargePayment | RefundPayment | CommitInventory | ReleaseInventory | ConfirmOrder | CancelOrder
