"""UserService's table and its migrations."""

from pathlib import Path

from sqlalchemy import Column, DateTime, MetaData, String, Table, text
from sqlalchemy.dialects.postgresql import ARRAY

from shop.kit import database

MIGRATIONS = Path(__file__).parents[1] / "migrations"

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False, unique=True),
    Column("password_hash", String, nullable=False),
    Column("roles", ARRAY(String), nullable=False, server_default=text("'{}'")),
    Column("payment_type", String),
    Column("payment_token", String),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` (`postgresql://…`) up to date."""
    database.upgrade(url, MIGRATIONS, revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database at `url` back to an older revision."""
    database.downgrade(url, MIGRATIONS, revision)
