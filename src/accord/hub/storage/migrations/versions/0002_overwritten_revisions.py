"""What a pact said before it was merged with another"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "overwritten",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("publication_id", _ID, nullable=False),
        sa.Column("content_id", _ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name="fk_overwritten_publication_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name="fk_overwritten_content_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_overwritten"),
    )
    op.create_index("ix_overwritten_publication_id", "overwritten", ["publication_id"])
    op.create_index("ix_overwritten_content_id", "overwritten", ["content_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("overwritten")
