"""The saga of an order: from the reservation, made when it was placed, to confirmed or cancelled.

A state machine and nothing else: `react` takes where the saga stands and what has happened, and gives where it stands
then and what has to be done. It may be told anything at any time: messages come twice, late and out of order.

    awaiting payment ──charged──▶ committing ◀──charged── charging
        │ time limit               │      │ stock gone       │ refused, time limit
        │                          │      ▼                  │
        │                 committed│   refunding ◀──cancelled── confirmed
        ▼                          ▼      │ refunded
    releasing ◀────────────────────┼──────┘
        │ released                 ▼
        ▼                      confirmed
    cancelled
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shop.orders.domain.errors import OrderStateError
from shop.orders.domain.saga_messages import (
    CancelOrder,
    ChargePayment,
    Command,
    CommitInventory,
    ConfirmOrder,
    InventoryCommitted,
    InventoryRefused,
    InventoryReleased,
    OrderCancelled,
    OrderConfirmed,
    PaymentCharged,
    PaymentFailed,
    PaymentMethod,
    PaymentRefunded,
    RefundPayment,
    ReleaseInventory,
    SagaEvent,
    TimeLimitPassed,
)


class SagaState(StrEnum):
    """Where a saga stands; what it waits for is in the name."""

    AWAITING_PAYMENT = "awaiting_payment"
    CHARGING = "charging"
    COMMITTING = "committing"
    CONFIRMED = "confirmed"
    REFUNDING = "refunding"
    RELEASING = "releasing"
    CANCELLED = "cancelled"


AT_REST = frozenset({SagaState.CONFIRMED, SagaState.CANCELLED})
"""States that nothing is waited for in: no time limit runs."""


@dataclass(frozen=True, slots=True)
class Saga:
    """One order's saga.

    Args:
        order_id: whose.
        state: where it stands.
        payment_id: the payment that the order has, if it has one.
        reason: why the order is being cancelled, if it is.
        version: counts its stored states; 0 was never stored.
    """

    order_id: str
    state: SagaState
    payment_id: str | None = None
    reason: str | None = None
    version: int = 0


Step = tuple[Saga, tuple[Command, ...]]


def begin(order_id: str, customer_id: str, total: Decimal, method: PaymentMethod | None) -> Step:
    """The saga of an order that was just placed, whose stock is held."""
    if method is None:
        return Saga(order_id, SagaState.AWAITING_PAYMENT), ()
    if not total:  # nothing owed is nothing charged
        return Saga(order_id, SagaState.COMMITTING), (CommitInventory(),)
    return Saga(order_id, SagaState.CHARGING), (ChargePayment(customer_id, total, method),)


def react(saga: Saga, event: SagaEvent) -> Step:
    """What an event makes of a saga; an event that comes twice or too late changes nothing.

    Raises:
        OrderStateError: the order cannot be confirmed any more; whoever asked for it is told so.
    """
    return _REACTIONS[type(event)](saga, event)


def _order_confirmed(saga: Saga, event: OrderConfirmed) -> Step:
    if saga.state in {SagaState.REFUNDING, SagaState.RELEASING, SagaState.CANCELLED}:
        raise OrderStateError("Cannot confirm an order that is being cancelled")
    return replace(saga, state=SagaState.CONFIRMED, payment_id=event.payment_id or saga.payment_id), ()


def _order_cancelled(saga: Saga, event: OrderCancelled) -> Step:
    match saga.state:
        case SagaState.AWAITING_PAYMENT | SagaState.CHARGING | SagaState.COMMITTING | SagaState.CONFIRMED:
            return _undo(saga, event.reason)
        case _:
            return saga, ()


def _payment_charged(saga: Saga, event: PaymentCharged) -> Step:
    match saga.state:
        case SagaState.AWAITING_PAYMENT | SagaState.CHARGING:
            return replace(saga, state=SagaState.COMMITTING, payment_id=event.payment_id), (CommitInventory(),)
        case SagaState.CONFIRMED if saga.payment_id is None:  # by staff, while the charge was on its way
            return replace(saga, payment_id=event.payment_id), (ConfirmOrder(event.payment_id),)
        case SagaState.RELEASING | SagaState.CANCELLED:  # too late: money may not stay with a cancelled order
            return replace(saga, payment_id=event.payment_id), (RefundPayment(event.payment_id),)
        case _:
            return saga, ()


def _payment_failed(saga: Saga, event: PaymentFailed) -> Step:
    if saga.state is SagaState.CHARGING:
        return _undo(saga, event.reason)
    return saga, ()  # a customer who pays by hand may try again


def _payment_refunded(saga: Saga, event: PaymentRefunded) -> Step:
    if saga.state is SagaState.REFUNDING and event.payment_id == saga.payment_id:
        return replace(saga, state=SagaState.RELEASING), (ReleaseInventory(),)
    if saga.state is SagaState.CANCELLED:  # the charge that came too late may have held stock again
        return saga, (ReleaseInventory(),)
    return saga, ()


def _inventory_committed(saga: Saga, _event: InventoryCommitted) -> Step:
    if saga.state is SagaState.COMMITTING:
        return replace(saga, state=SagaState.CONFIRMED), (ConfirmOrder(saga.payment_id),)
    return saga, ()


def _inventory_refused(saga: Saga, event: InventoryRefused) -> Step:
    if saga.state is SagaState.COMMITTING:
        return _undo(saga, event.reason)
    return saga, ()


def _inventory_released(saga: Saga, _event: InventoryReleased) -> Step:
    if saga.state is SagaState.RELEASING:
        return replace(saga, state=SagaState.CANCELLED), (CancelOrder(saga.reason or "cancelled"),)
    return saga, ()


def _time_limit_passed(saga: Saga, _event: TimeLimitPassed) -> Step:
    match saga.state:
        case SagaState.AWAITING_PAYMENT | SagaState.CHARGING:
            return _undo(saga, "not paid in time")
        case SagaState.COMMITTING:
            return saga, (CommitInventory(),)  # said again: every participant acts once
        case SagaState.REFUNDING if saga.payment_id:
            return saga, (RefundPayment(saga.payment_id),)
        case SagaState.RELEASING:
            return saga, (ReleaseInventory(),)
        case _:
            return saga, ()


def _undo(saga: Saga, reason: str) -> Step:
    """Take back what was done, the last first: the money, then the stock, then the order."""
    if saga.payment_id:
        return replace(saga, state=SagaState.REFUNDING, reason=reason), (RefundPayment(saga.payment_id),)
    return replace(saga, state=SagaState.RELEASING, reason=reason), (ReleaseInventory(),)


_REACTIONS: Mapping[type[SagaEvent], Callable[[Saga, Any], Step]] = {
    OrderConfirmed: _order_confirmed,
    OrderCancelled: _order_cancelled,
    PaymentCharged: _payment_charged,
    PaymentFailed: _payment_failed,
    PaymentRefunded: _payment_refunded,
    InventoryCommitted: _inventory_committed,
    InventoryRefused: _inventory_refused,
    InventoryReleased: _inventory_released,
    TimeLimitPassed: _time_limit_passed,
}
