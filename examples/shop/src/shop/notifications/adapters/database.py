"""NotificationService's tables and their migrations."""

from pathlib import Path

from sqlalchemy import Column, DateTime, MetaData, String, Table, Text, UniqueConstraint

from shop.kit import database
from shop.kit.inbox import InboxTables

MIGRATIONS = Path(__file__).parents[1] / "migrations"

metadata = MetaData()

notifications = Table(
    "notifications",
    metadata,
    Column("id", String, primary_key=True),
    Column("order_id", String, nullable=False),
    Column("customer_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("order_id", "type", name="notifications_one_of_each_type"),
)
inbox = InboxTables.of(metadata)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (`postgresql://…`) up to date."""
    database.upgrade(url, MIGRATIONS, revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to an older revision."""
    database.downgrade(url, MIGRATIONS, revision)
