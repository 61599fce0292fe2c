"""Sagas, the inbox, parked messages, and the trace of what is in the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "orders_0002"
down_revision = "orders_0001"
branch_labels = None
depends_on = None

_STATES = "'awaiting_payment', 'charging', 'committing', 'confirmed', 'refunding', 'releasing', 'cancelled'"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("traceparent", sa.String()))
    _create_sagas()
    _create_inbox()


def downgrade() -> None:
    op.drop_table("parked_messages")
    op.drop_table("inbox")
    op.drop_table("sagas")
    op.drop_column("outbox", "traceparent")


def _create_sagas() -> None:
    op.create_table(
        "sagas",
        sa.Column("order_id", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("waits_until", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", "sagas_state_known"),
    )
    # Few sagas wait for anything; those that rest do not slow the look for overdue ones down.
    op.create_index("sagas_waiting", "sagas", ["waits_until"], postgresql_where=sa.text("waits_until IS NOT NULL"))


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(), primary_key=True),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "parked_messages",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("traceparent", sa.String()),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
    )
