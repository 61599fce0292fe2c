"""PaymentService's tables and their migrations."""

from pathlib import Path

from sqlalchemy import Boolean, Column, DateTime, MetaData, Numeric, String, Table

from shop.kit import database
from shop.kit.inbox import InboxTables
from shop.kit.outbox import outbox_table

MIGRATIONS = Path(__file__).parents[1] / "migrations"

metadata = MetaData()

payments = Table(
    "payments",
    metadata,
    Column("id", String, primary_key=True),
    Column("idempotency_key", String, nullable=False, unique=True),
    Column("order_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("status", String, nullable=False),
    Column("processed_at", DateTime(timezone=True), nullable=False),
    Column("refunded_at", DateTime(timezone=True)),
)

outbox = outbox_table(metadata)
inbox = InboxTables.of(metadata)

# The sandbox acquirer's own books: a real third party keeps them elsewhere, and no query joins the two.
sandbox_accounts = Table(
    "sandbox_accounts",
    metadata,
    Column("customer_id", String, primary_key=True),
    Column("balance", Numeric(12, 2), nullable=False),
)
sandbox_charges = Table(
    "sandbox_charges",
    metadata,
    Column("key", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("amount", Numeric(12, 2), nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("refunded", Boolean, nullable=False, server_default="false"),
)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (`postgresql://…`) up to date."""
    database.upgrade(url, MIGRATIONS, revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to an older revision."""
    database.downgrade(url, MIGRATIONS, revision)
