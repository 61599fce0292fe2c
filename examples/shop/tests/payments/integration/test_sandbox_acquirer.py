import asyncio
from decimal import Decimal

import pytest
from shop_doubles.databases import execute, rows
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.payments.adapters.sandbox_acquirer import SandboxAcquirer

TEN = Decimal("10.00")


@pytest.fixture
async def acquirer(engine: AsyncEngine) -> SandboxAcquirer:
    await execute(engine, "INSERT INTO sandbox_accounts VALUES ('rich', 100), ('poor', 0)")
    return SandboxAcquirer(engine)


async def balance(engine: AsyncEngine, customer: str) -> Decimal:
    (row,) = await rows(engine, "SELECT balance FROM sandbox_accounts WHERE customer_id = :customer", customer=customer)
    found: Decimal = row["balance"]
    return found


@pytest.mark.parametrize(("customer", "approved"), [("rich", True), ("poor", False), ("unknown", True)])
async def test_approves_who_has_enough(acquirer: SandboxAcquirer, customer: str, approved: bool) -> None:  # noqa: FBT001 - a row of the table
    assert await acquirer.charge("key", customer, TEN, "USD") is approved


async def test_the_same_key_takes_money_once(acquirer: SandboxAcquirer, engine: AsyncEngine) -> None:
    assert await asyncio.gather(*(acquirer.charge("key", "rich", TEN, "USD") for _ in range(5))) == [True] * 5
    assert await balance(engine, "rich") == 90


async def test_never_overdraws_an_account(acquirer: SandboxAcquirer, engine: AsyncEngine) -> None:
    keys = [f"key-{number}" for number in range(12)]
    approved = await asyncio.gather(*(acquirer.charge(key, "rich", TEN, "USD") for key in keys))
    assert (approved.count(True), approved.count(False)) == (10, 2)
    assert await balance(engine, "rich") == 0


async def test_pays_back_once_what_was_taken(acquirer: SandboxAcquirer, engine: AsyncEngine) -> None:
    await acquirer.charge("key", "rich", TEN, "USD")
    await acquirer.refund("key")
    await acquirer.refund("key")
    assert await balance(engine, "rich") == 100


async def test_pays_nothing_back_for_a_refused_charge(acquirer: SandboxAcquirer, engine: AsyncEngine) -> None:
    await acquirer.charge("key", "poor", TEN, "USD")
    await acquirer.refund("key")
    await acquirer.refund("no such key")
    assert await balance(engine, "poor") == 0
