"""An acquirer that runs in process, for every place that has no contract with a bank."""

from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shop.payments.adapters.database import sandbox_accounts, sandbox_charges
from shop.payments.service.ports import Acquirer

REFUSED_TOKEN = "tok_declined"  # noqa: S105 - no secret: the sandbox's card that nothing can be bought with


class SandboxAcquirer(Acquirer):
    """Keeps accounts with a balance; a customer without one always has enough.

    Args:
        engine: where its books are.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def charge(
        self,
        key: str,
        customer_id: str,
        amount: Decimal,
        currency: str,  # noqa: ARG002 - the sandbox knows one currency
        token: str | None = None,
    ) -> bool:
        async with self._engine.begin() as connection:
            # The key goes in first: a second call waits for this transaction and then finds the answer.
            new = insert(sandbox_charges).values(key=key, customer_id=customer_id, amount=amount, approved=False)
            inserted = await connection.execute(new.on_conflict_do_nothing().returning(sandbox_charges.c.key))
            of_key = sandbox_charges.c.key == key
            if inserted.first() is None:
                return bool(await connection.scalar(select(sandbox_charges.c.approved).where(of_key)))
            approved = token != REFUSED_TOKEN and await _debit(connection, customer_id, amount)
            await connection.execute(update(sandbox_charges).where(of_key).values(approved=approved))
        return approved

    async def refund(self, key: str) -> None:
        async with self._engine.begin() as connection:
            charged = sandbox_charges.c
            refunded = await connection.execute(
                update(sandbox_charges)
                .where(charged.key == key, charged.approved, ~charged.refunded)
                .values(refunded=True)
                .returning(charged.customer_id, charged.amount),
            )
            row = refunded.first()
            if row is not None:
                account = sandbox_accounts.c
                await connection.execute(
                    update(sandbox_accounts)
                    .where(account.customer_id == row.customer_id)
                    .values(balance=account.balance + row.amount),
                )


async def _debit(connection: AsyncConnection, customer_id: str, amount: Decimal) -> bool:
    account = sandbox_accounts.c
    debited = await connection.execute(
        update(sandbox_accounts)
        .where(account.customer_id == customer_id, account.balance >= amount)
        .values(balance=account.balance - amount)
        .returning(account.customer_id),
    )
    if debited.first() is not None:
        return True
    known = await connection.scalar(select(account.customer_id).where(account.customer_id == customer_id))
    return known is None
