from datetime import timedelta
from decimal import Decimal

import pytest
from shop_doubles.moments import NOON
from shop_doubles.payments import a_charge

from shop.payments.domain.errors import InvalidChargeError
from shop.payments.domain.payment import Payment, PaymentStatus

LATER = NOON + timedelta(seconds=1)


def a_payment(**changes: object) -> Payment:
    return Payment("pay_1", "charge:12345", a_charge(), NOON, **changes)


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005", "NaN", "Infinity"])
def test_refuses_an_amount_nobody_pays(amount: str) -> None:
    with pytest.raises(InvalidChargeError):
        a_charge(amount=Decimal(amount))


def test_the_default_key_stands_for_one_charge_of_an_order() -> None:
    assert a_charge().default_key == "charge:12345"


def test_charges_that_say_the_same_are_the_same() -> None:
    assert a_charge(amount=Decimal(100)) == a_charge(amount=Decimal("100.00"))


def test_a_charge_that_fits_its_order_is_fine() -> None:
    a_charge().must_fit(Decimal(100), "customer-123")


@pytest.mark.parametrize(
    ("total", "customer", "field"),
    [("100.01", "customer-123", "amount"), ("100.00", "customer-456", "customerId")],
)
def test_a_charge_that_does_not_fit_names_the_field(total: str, customer: str, field: str) -> None:
    with pytest.raises(InvalidChargeError) as refusal:
        a_charge().must_fit(Decimal(total), customer)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("approved", "status"),
    [(True, PaymentStatus.COMPLETED), (False, PaymentStatus.DECLINED)],
)
def test_the_banks_answer_settles_a_pending_payment(approved: bool, status: PaymentStatus) -> None:  # noqa: FBT001 - a row of the table
    payment = a_payment().settled(approved=approved, at=LATER)
    assert (payment.status, payment.processed_at) == (status, LATER)


def test_a_settled_payment_stays_as_it_is() -> None:
    settled = a_payment(status=PaymentStatus.DECLINED)
    assert settled.settled(approved=True, at=LATER) == settled


def test_a_refund_happens_once() -> None:
    refunded = a_payment(status=PaymentStatus.COMPLETED).refunded(NOON)
    assert refunded.refunded(LATER).refunded_at == NOON


@pytest.mark.parametrize("status", [PaymentStatus.PENDING, PaymentStatus.DECLINED])
def test_what_took_no_money_cannot_be_refunded(status: PaymentStatus) -> None:
    with pytest.raises(InvalidChargeError, match="cannot be refunded"):
        a_payment(status=status).refunded(NOON)
