"""PaymentRepository: one suite for the fake and the real one."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from shop_doubles.databases import rows
from shop_doubles.moments import NOON
from shop_doubles.payments import FakePaymentRepository, a_charge
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.payments.adapters.repository import SqlPaymentRepository
from shop.payments.domain.errors import AlreadyChargedError
from shop.payments.domain.payment import Payment
from shop.payments.service.ports import PaymentRepository

LATER = NOON + timedelta(seconds=1)
PENDING = Payment("pay_1", "charge:12345", a_charge(), NOON)

pytestmark = pytest.mark.postgres("rollback")  # one connection is enough: none of these works beside another


@pytest.fixture(params=["fake", "real"])
def repository(request: pytest.FixtureRequest) -> PaymentRepository:
    if request.param == "fake":
        return FakePaymentRepository()
    return SqlPaymentRepository(request.getfixturevalue("engine"))


async def test_gives_back_a_payment_as_it_was_stored(repository: PaymentRepository) -> None:
    await repository.open(PENDING)
    assert await repository.find_by_key("charge:12345") == PENDING
    assert await repository.find_by_id("pay_1") == PENDING
    assert await repository.find_by_id("pay_2") is None


async def test_a_key_stands_for_the_first_payment(repository: PaymentRepository) -> None:
    await repository.open(PENDING)
    other = replace(PENDING, id="pay_2", charge=a_charge(order_id="67890"))
    assert await repository.open(other) == PENDING


async def test_an_order_has_one_charge_at_a_time(repository: PaymentRepository) -> None:
    await repository.open(PENDING)
    with pytest.raises(AlreadyChargedError):
        await repository.open(replace(PENDING, id="pay_2", key="other"))


async def test_a_refused_charge_frees_its_order(repository: PaymentRepository) -> None:
    await repository.open(PENDING)
    await repository.settle(PENDING.settled(approved=False, at=LATER))
    again = replace(PENDING, id="pay_2", key="other")
    assert await repository.open(again) == again


async def test_the_first_answer_stays(repository: PaymentRepository) -> None:
    await repository.open(PENDING)
    settled = await repository.settle(PENDING.settled(approved=True, at=LATER))
    assert settled == PENDING.settled(approved=True, at=LATER)
    assert await repository.settle(PENDING.settled(approved=False, at=NOON)) == settled


async def test_the_first_refund_stays(repository: PaymentRepository) -> None:
    await repository.open(PENDING)
    settled = await repository.settle(PENDING.settled(approved=True, at=LATER))
    refunded = await repository.store_refund(settled.refunded(LATER))
    assert refunded.refunded_at == LATER
    assert await repository.store_refund(settled.refunded(NOON)) == refunded


async def test_amounts_are_exact(engine: AsyncEngine) -> None:
    await SqlPaymentRepository(engine).open(replace(PENDING, charge=a_charge(amount=Decimal("9999999999.99"))))
    assert await rows(engine, "SELECT amount::text AS amount FROM payments") == [{"amount": "9999999999.99"}]


async def test_a_payment_id_is_never_used_twice(engine: AsyncEngine) -> None:
    repository = SqlPaymentRepository(engine)
    await repository.open(PENDING)
    with pytest.raises((AlreadyChargedError, IntegrityError)):
        await repository.open(replace(PENDING, key="other", charge=a_charge(order_id="67890")))
