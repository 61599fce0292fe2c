"""OrderService's tables and their migrations."""

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shop.kit import database
from shop.kit.inbox import InboxTables
from shop.kit.outbox import outbox_table

MIGRATIONS = Path(__file__).parents[1] / "migrations"

metadata = MetaData()
_nothing = text("0")

orders = Table(
    "orders",
    metadata,
    Column("id", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("customer_email", String, nullable=False, server_default=""),
    Column("status", String, nullable=False, server_default="pending"),
    Column("subtotal", Numeric(12, 2), nullable=False, server_default=_nothing),
    Column("discount", Numeric(12, 2), nullable=False, server_default=_nothing),
    Column("shipping", Numeric(12, 2), nullable=False, server_default=_nothing),
    Column("tax", Numeric(12, 2), nullable=False, server_default=_nothing),
    Column("total_amount", Numeric(12, 2), nullable=False),
    Column("shipping_address", JSONB(none_as_null=True)),
    Column("payment_id", String),
    Column("declined_payments", Integer, nullable=False, server_default=_nothing),
    Column("cancel_reason", String),
    Column("placed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("version", Integer, nullable=False, server_default=text("1")),
)

order_items = Table(
    "order_items",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("order_id", String, ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
    Column("product_id", String, nullable=False),
    Column("product_name", String, nullable=False, server_default=""),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Numeric(12, 2), nullable=False),
)

outbox = outbox_table(metadata)
inbox = InboxTables.of(metadata)

sagas = Table(
    "sagas",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("payment_id", String),
    Column("reason", String),
    Column("waits_until", DateTime(timezone=True)),
    Column("version", Integer, nullable=False),
)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (`postgresql://…`) up to date."""
    database.upgrade(url, MIGRATIONS, revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to an older revision."""
    database.downgrade(url, MIGRATIONS, revision)
