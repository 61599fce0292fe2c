"""Users in PostgreSQL."""

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from shop.identity.adapters.database import users
from shop.identity.domain.errors import EmailTakenError
from shop.identity.domain.user import PaymentMethod, User
from shop.identity.service.ports import UserRepository


class SqlUserRepository(UserRepository):
    """The real repository; its unique index decides who was first with an address.

    Args:
        engine: the service's database.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, user: User) -> None:
        new = insert(users).values(
            id=user.id,
            name=user.name,
            email=user.email,
            password_hash=user.password_hash,
            roles=sorted(user.roles),
        )
        try:
            async with self._engine.begin() as connection:
                await connection.execute(new)
        except IntegrityError as error:
            raise EmailTakenError from error

    async def find_by_id(self, user_id: str) -> User | None:
        return await self._find(users.c.id == user_id)

    async def find_by_email(self, email: str) -> User | None:
        return await self._find(users.c.email == email)

    async def payment_method_of(self, user_id: str) -> PaymentMethod | None:
        query = select(users.c.payment_type, users.c.payment_token).where(users.c.id == user_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return PaymentMethod(row.payment_type, row.payment_token) if row and row.payment_token else None

    async def store_payment_method(self, user_id: str, method: PaymentMethod) -> None:
        change = update(users).where(users.c.id == user_id)
        async with self._engine.begin() as connection:
            await connection.execute(change.values(payment_type=method.type, payment_token=method.token))

    async def _find(self, condition: ColumnElement[bool]) -> User | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(users).where(condition))).one_or_none()
        return User(row.id, row.name, row.email, row.password_hash, frozenset(row.roles)) if row else None
