"""The saga as a table: every state and every event, and what comes of them."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from shop_doubles.properties import given, st

from shop.orders.domain.errors import OrderStateError
from shop.orders.domain.saga import AT_REST, Saga, SagaState, begin, react
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

CARD = PaymentMethod("card", "tok_visa")
AWAITING, CHARGING, COMMITTING, CONFIRMED, REFUNDING, RELEASING, CANCELLED = SagaState
EVENTS: list[SagaEvent] = [
    OrderConfirmed("pay_1"),
    OrderCancelled("changed my mind"),
    PaymentCharged("pay_1"),
    PaymentFailed("no money"),
    PaymentRefunded("pay_1"),
    InventoryCommitted(),
    InventoryRefused("sold out"),
    InventoryReleased(),
    TimeLimitPassed(),
]
PAID = {COMMITTING, CONFIRMED, REFUNDING}
REFUND, RELEASE, COMMIT = RefundPayment("pay_1"), ReleaseInventory(), CommitInventory()
LATE = "not paid in time"
TABLE: dict[tuple[SagaState, type[SagaEvent]], tuple[SagaState, list[Command]] | type[OrderStateError]] = {
    (AWAITING, OrderConfirmed): (CONFIRMED, []),
    (CHARGING, OrderConfirmed): (CONFIRMED, []),
    (COMMITTING, OrderConfirmed): (CONFIRMED, []),
    (REFUNDING, OrderConfirmed): OrderStateError,
    (RELEASING, OrderConfirmed): OrderStateError,
    (CANCELLED, OrderConfirmed): OrderStateError,
    (AWAITING, OrderCancelled): (RELEASING, [RELEASE]),
    (CHARGING, OrderCancelled): (RELEASING, [RELEASE]),
    (COMMITTING, OrderCancelled): (REFUNDING, [REFUND]),
    (CONFIRMED, OrderCancelled): (REFUNDING, [REFUND]),
    (AWAITING, PaymentCharged): (COMMITTING, [COMMIT]),
    (CHARGING, PaymentCharged): (COMMITTING, [COMMIT]),
    (RELEASING, PaymentCharged): (RELEASING, [REFUND]),
    (CANCELLED, PaymentCharged): (CANCELLED, [REFUND]),
    (CHARGING, PaymentFailed): (RELEASING, [RELEASE]),
    (REFUNDING, PaymentRefunded): (RELEASING, [RELEASE]),
    (CANCELLED, PaymentRefunded): (CANCELLED, [RELEASE]),
    (COMMITTING, InventoryCommitted): (CONFIRMED, [ConfirmOrder("pay_1")]),
    (COMMITTING, InventoryRefused): (REFUNDING, [REFUND]),
    (RELEASING, InventoryReleased): (CANCELLED, [CancelOrder("it was so")]),
    (AWAITING, TimeLimitPassed): (RELEASING, [RELEASE]),
    (CHARGING, TimeLimitPassed): (RELEASING, [RELEASE]),
    (COMMITTING, TimeLimitPassed): (COMMITTING, [COMMIT]),
    (REFUNDING, TimeLimitPassed): (REFUNDING, [REFUND]),
    (RELEASING, TimeLimitPassed): (RELEASING, [RELEASE]),
}
"""What is not in it changes nothing and asks for nothing."""


def a_saga(state: SagaState) -> Saga:
    reason = "it was so" if state in {REFUNDING, RELEASING, CANCELLED} else None
    return Saga("order-1", state, "pay_1" if state in PAID else None, reason, version=3)


def name(value: object) -> str:
    return value.value if isinstance(value, SagaState) else type(value).__name__


@pytest.mark.parametrize(("state", "event"), list(product(SagaState, EVENTS)), ids=name)
def test_every_state_and_every_event(state: SagaState, event: SagaEvent) -> None:
    saga = a_saga(state)
    expected = TABLE.get((state, type(event)), (state, []))
    if expected is OrderStateError:
        with pytest.raises(OrderStateError, match="being cancelled"):
            react(saga, event)
        return
    moved, commands = react(saga, event)
    assert (moved.state, list(commands)) == expected
    assert moved.version == saga.version
    if moved.state is state and not commands:
        assert moved == saga


def test_the_table_names_nothing_that_is_not_there() -> None:
    assert {(state, type(event)) for state, event in product(SagaState, EVENTS)} >= set(TABLE)


@pytest.mark.parametrize(
    ("method", "total", "state", "commands"),
    [
        (None, "20.00", AWAITING, ()),
        (CARD, "20.00", CHARGING, (ChargePayment("customer-1", Decimal("20.00"), CARD),)),
        (CARD, "0.00", COMMITTING, (CommitInventory(),)),
        (None, "0.00", AWAITING, ()),
    ],
)
def test_begins(method: PaymentMethod | None, total: str, state: SagaState, commands: tuple[Command, ...]) -> None:
    assert begin("order-1", "customer-1", Decimal(total), method) == (Saga("order-1", state), commands)


def run(saga: Saga, *events: SagaEvent) -> tuple[Saga, list[Command]]:
    asked: list[Command] = []
    for event in events:
        saga, commands = react(saga, event)
        asked += commands
    return saga, asked


@pytest.mark.parametrize(
    ("state", "events", "asked", "reason"),
    [
        pytest.param(
            CHARGING,
            [PaymentFailed("no money"), InventoryReleased()],
            [RELEASE, CancelOrder("no money")],
            "no money",
            id="the payment fails",
        ),
        pytest.param(
            CHARGING,
            [PaymentCharged("pay_1"), InventoryRefused("sold out"), PaymentRefunded("pay_1"), InventoryReleased()],
            [COMMIT, REFUND, RELEASE, CancelOrder("sold out")],
            "sold out",
            id="the stock is gone",
        ),
        pytest.param(
            CONFIRMED,
            [OrderCancelled("mind"), PaymentRefunded("pay_1"), InventoryReleased()],
            [REFUND, RELEASE, CancelOrder("mind")],
            "mind",
            id="a confirmed order is cancelled",
        ),
        pytest.param(
            AWAITING,
            [TimeLimitPassed(), InventoryReleased()],
            [RELEASE, CancelOrder(LATE)],
            LATE,
            id="nobody pays",
        ),
        pytest.param(
            CHARGING,
            [TimeLimitPassed(), PaymentCharged("pay_1"), InventoryReleased(), PaymentRefunded("pay_1")],
            [RELEASE, REFUND, CancelOrder(LATE), RELEASE],
            LATE,
            id="the charge comes too late",
        ),
        pytest.param(
            AWAITING,
            [PaymentCharged("pay_1"), InventoryCommitted(), OrderCancelled("mind"), PaymentRefunded("pay_1")],
            [COMMIT, ConfirmOrder("pay_1"), REFUND, RELEASE],
            "mind",
            id="a request that crashed after the charge, healed, then cancelled",
        ),
    ],
)
def test_compensations(state: SagaState, events: list[SagaEvent], asked: list[Command], reason: str) -> None:
    saga, commands = run(a_saga(state), *events)
    assert (commands, saga.reason) == (asked, reason)


def test_staff_confirm_while_the_charge_is_on_its_way() -> None:
    saga, commands = run(a_saga(CHARGING), OrderConfirmed(None), PaymentCharged("pay_1"))
    assert (saga.state, saga.payment_id) == (CONFIRMED, "pay_1")
    assert commands == [ConfirmOrder("pay_1")]
    assert run(saga, OrderCancelled("mind"))[1] == [REFUND]


def test_another_payments_refund_is_not_ours() -> None:
    assert react(a_saga(REFUNDING), PaymentRefunded("pay_2")) == (a_saga(REFUNDING), ())


@given(st.lists(st.sampled_from(EVENTS), max_size=12), st.sampled_from([AWAITING, CHARGING]))
def test_whatever_comes_in_whatever_order_no_money_stays_with_a_cancelled_order(
    events: list[SagaEvent],
    first: SagaState,
) -> None:
    saga, charged, asked = Saga("order-1", first), False, list[Command]()
    for event in events:
        try:
            saga, commands = react(saga, event)
        except OrderStateError:
            continue
        charged |= isinstance(event, PaymentCharged)
        asked += commands
    if charged and saga.state is CANCELLED:
        assert REFUND in asked
    if saga.state not in AT_REST:
        _, reminders = react(saga, TimeLimitPassed())
        assert reminders  # it can never wait for ever


def test_the_version_is_the_stores_alone() -> None:
    saga = replace(a_saga(CHARGING), version=7)
    assert react(saga, PaymentCharged("pay_1"))[0].version == 7
