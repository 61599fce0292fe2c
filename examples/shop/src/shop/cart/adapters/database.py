"""CartService's tables and their migrations."""

from pathlib import Path

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from shop.kit import database

MIGRATIONS = Path(__file__).parents[1] / "migrations"

metadata = MetaData()

carts = Table(
    "carts",
    metadata,
    Column("customer_id", String, primary_key=True),
    Column("version", Integer, nullable=False),
)

cart_lines = Table(
    "cart_lines",
    metadata,
    Column("customer_id", String, ForeignKey("carts.customer_id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", String, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (`postgresql://…`) up to date."""
    database.upgrade(url, MIGRATIONS, revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to an older revision."""
    database.downgrade(url, MIGRATIONS, revision)
