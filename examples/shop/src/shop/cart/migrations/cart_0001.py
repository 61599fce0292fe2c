"""Carts and their lines."""

import sqlalchemy as sa
from alembic import op

revision = "cart_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "carts",
        sa.Column("customer_id", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "cart_lines",
        sa.Column("customer_id", sa.String(), sa.ForeignKey("carts.customer_id", ondelete="CASCADE")),
        sa.Column("product_id", sa.String()),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "product_id"),
        sa.CheckConstraint("quantity > 0", "cart_lines_quantity_positive"),
    )


def downgrade() -> None:
    op.drop_table("cart_lines")
    op.drop_table("carts")
