"""Factories write to the session of the test, with either library, and are as before afterwards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from accord.core.errors import UsageError
from accord.testing import bound_to

if TYPE_CHECKING:
    from collections.abc import Callable

# Not beside everything else: pytest-randomly would import them at every start.
sys.path.append(str(Path(__file__).parents[3] / ".tools" / "python"))
_REASON = "factory_boy and polyfactory are not here: make tools"
factory = pytest.importorskip("factory", reason=_REASON)
SQLAlchemyModelFactory = pytest.importorskip("factory.alchemy", reason=_REASON).SQLAlchemyModelFactory
SQLAlchemyFactory = pytest.importorskip("polyfactory.factories.sqlalchemy_factory", reason=_REASON).SQLAlchemyFactory


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship()


class PolyCustomerFactory(SQLAlchemyFactory[Customer]):
    __set_primary_key__ = False


class BoyCustomerFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda number: f"customer {number}")


class BoyOrderFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Order

    customer = factory.SubFactory(BoyCustomerFactory)


def migrate(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL); "
            "CREATE TABLE orders (id serial PRIMARY KEY, customer_id int NOT NULL REFERENCES customers)"
        )


@pytest.fixture(scope="session")
def postgres_template() -> tuple[str, Callable[[str], None]]:
    return "factories", migrate


@pytest.mark.postgres("rollback")
@pytest.mark.parametrize("turn", [1, 2])
def test_both_libraries_write_to_the_session_that_is_rolled_back(postgres: Any, turn: int) -> None:
    with (
        postgres.engine() as engine,
        Session(engine) as session,
        bound_to(session, PolyCustomerFactory, BoyOrderFactory),
    ):
        PolyCustomerFactory.create_sync(name="Ada")
        order = BoyOrderFactory(customer__name="Bob")
        session.commit()
        assert session.scalars(select(Customer.name).order_by(Customer.id)).all() == ["Ada", "Bob"]
        assert session.scalars(select(Order.customer_id)).one() == order.customer.id


@pytest.mark.postgres("rollback")
async def test_polyfactory_writes_to_an_asynchronous_session(postgres: Any) -> None:
    async with postgres.async_engine() as engine, AsyncSession(engine) as session:
        with bound_to(session, PolyCustomerFactory):
            await PolyCustomerFactory.create_batch_async(3)
        assert await session.scalar(select(func.count()).select_from(Customer)) == 3


def test_factories_are_as_before_afterwards() -> None:
    with Session() as session, bound_to(session, PolyCustomerFactory, BoyOrderFactory):
        assert PolyCustomerFactory.__session__ is session
        assert BoyCustomerFactory._meta.sqlalchemy_session is session
    assert PolyCustomerFactory.__session__ is None
    assert BoyCustomerFactory._meta.sqlalchemy_session is BoyOrderFactory._meta.sqlalchemy_session is None


def test_what_has_no_session_is_refused() -> None:
    class Plain(factory.Factory):
        class Meta:
            model = dict

    with (
        Session() as session,
        pytest.raises(UsageError, match="Plain is no factory with a session"),
        bound_to(session, Plain),
    ):
        pass
    with pytest.raises(UsageError, match="cannot write to an AsyncSession"), bound_to(AsyncSession(), BoyOrderFactory):
        pass
