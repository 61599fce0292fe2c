"""Payments, and the sandbox acquirer's books."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payments",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("idempotency_key", sa.String(), nullable=False, unique=True),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('PENDING', 'COMPLETED', 'DECLINED')", "payments_status_known"),
        sa.CheckConstraint("amount > 0", "payments_amount_positive"),
    )
    # What no code may get wrong: an order is never charged twice, whatever the keys.
    op.create_index(
        "payments_one_charge_per_order",
        "payments",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('PENDING', 'COMPLETED') AND refunded_at IS NULL"),
    )
    _create_sandbox()


def downgrade() -> None:
    op.drop_table("sandbox_charges")
    op.drop_table("sandbox_accounts")
    op.drop_table("payments")


def _create_sandbox() -> None:
    op.create_table(
        "sandbox_accounts",
        sa.Column("customer_id", sa.String(), primary_key=True),
        sa.Column("balance", sa.Numeric(12, 2), nullable=False),
        sa.CheckConstraint("balance >= 0", "sandbox_accounts_never_overdrawn"),
    )
    op.create_table(
        "sandbox_charges",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("refunded", sa.Boolean(), nullable=False, server_default="false"),
    )
