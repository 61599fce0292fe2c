"""How users pay."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0002"
down_revision = "identity_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("payment_type", sa.String()))
    op.add_column("users", sa.Column("payment_token", sa.String()))
    op.create_check_constraint(
        "users_payment_method_whole",
        "users",
        "(payment_type IS NULL) = (payment_token IS NULL)",
    )


def downgrade() -> None:
    op.drop_constraint("users_payment_method_whole", "users")
    op.drop_column("users", "payment_token")
    op.drop_column("users", "payment_type")
