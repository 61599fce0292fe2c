"""Stock and reservations."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stock",
        sa.Column("product_id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_price", sa.Numeric(12, 2)),  # without a price a product is not sold
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", "stock_never_negative"),
        sa.CheckConstraint("unit_price >= 0", "stock_price_not_negative"),
    )
    op.create_table(
        "reservations",
        sa.Column("order_id", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('held', 'committed', 'released')", "reservations_state_known"),
    )
    op.create_table(
        "reservation_lines",
        sa.Column("order_id", sa.String(), sa.ForeignKey("reservations.order_id", ondelete="CASCADE")),
        sa.Column("product_id", sa.String(), sa.ForeignKey("stock.product_id")),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "product_id"),
        sa.CheckConstraint("quantity > 0", "reservation_lines_quantity_positive"),
    )
    op.create_index("reservation_lines_of_product", "reservation_lines", ["product_id"])


def downgrade() -> None:
    op.drop_table("reservation_lines")
    op.drop_table("reservations")
    op.drop_table("stock")
