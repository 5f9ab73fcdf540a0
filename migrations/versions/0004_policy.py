"""Tables of policy."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_policy_parameter()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("policy_parameter")


def _create_policy_parameter() -> None:
    op.create_table(
        "policy_parameter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("division", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_policy_parameter_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_parameter")),
        sa.UniqueConstraint("key", "division", "valid_from", name=op.f("uq_policy_parameter_key_division_valid_from")),
    )
    op.create_index(op.f("ix_policy_parameter_key"), "policy_parameter", ["key"], unique=False)
