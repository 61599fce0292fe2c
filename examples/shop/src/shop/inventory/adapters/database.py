"""InventoryService's tables and their migrations."""

from pathlib import Path

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, Numeric, String, Table

from shop.kit import database
from shop.kit.inbox import InboxTables
from shop.kit.outbox import outbox_table

MIGRATIONS = Path(__file__).parents[1] / "migrations"

metadata = MetaData()

stock = Table(
    "stock",
    metadata,
    Column("product_id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("unit_price", Numeric(12, 2)),
    Column("on_hand", Integer, nullable=False),
)

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

reservation_lines = Table(
    "reservation_lines",
    metadata,
    Column("order_id", String, ForeignKey("reservations.order_id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", String, ForeignKey("stock.product_id"), primary_key=True),
    Column("quantity", Integer, nullable=False),
)

outbox = outbox_table(metadata)
inbox = InboxTables.of(metadata)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (`postgresql://…`) up to date."""
    database.upgrade(url, MIGRATIONS, revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to an older revision."""
    database.downgrade(url, MIGRATIONS, revision)
