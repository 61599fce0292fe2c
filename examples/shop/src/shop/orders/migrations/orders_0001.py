"""Orders, their items and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "orders_0001"
down_revision = None
branch_labels = None
depends_on = None

_NOTHING = sa.text("0")


def upgrade() -> None:
    _create_orders()
    _create_items()
    _create_outbox()


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("order_items")
    op.drop_table("orders")


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("customer_email", sa.String(), nullable=False, server_default=""),
        sa.Column("status", sa.String(), nullable=False, server_default="pending"),
        sa.Column("subtotal", sa.Numeric(12, 2), nullable=False, server_default=_NOTHING),
        sa.Column("discount", sa.Numeric(12, 2), nullable=False, server_default=_NOTHING),
        sa.Column("shipping", sa.Numeric(12, 2), nullable=False, server_default=_NOTHING),
        sa.Column("tax", sa.Numeric(12, 2), nullable=False, server_default=_NOTHING),
        sa.Column("total_amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("shipping_address", postgresql.JSONB()),
        sa.Column("payment_id", sa.String()),
        sa.Column("declined_payments", sa.Integer(), nullable=False, server_default=_NOTHING),
        sa.Column("cancel_reason", sa.String()),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.CheckConstraint("status IN ('pending', 'confirmed', 'completed', 'cancelled')", "orders_status_known"),
        sa.CheckConstraint("total_amount >= 0", "orders_total_not_negative"),
    )
    op.create_index("orders_of_customer", "orders", ["customer_id", sa.text("placed_at DESC")])


def _create_items() -> None:
    op.create_table(
        "order_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("order_id", sa.String(), sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("product_name", sa.String(), nullable=False, server_default=""),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(12, 2), nullable=False),
        sa.CheckConstraint("quantity > 0", "order_items_quantity_positive"),
        sa.CheckConstraint("unit_price >= 0", "order_items_price_not_negative"),
    )
    op.create_index("order_items_of_order", "order_items", ["order_id"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", sa.String(), nullable=False, unique=True),
        sa.Column("aggregate_id", sa.String(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
    )
    # The relay looks for what is due; what was published does not slow it down.
    op.create_index("outbox_due", "outbox", ["position"], postgresql_where=sa.text("published_at IS NULL"))
