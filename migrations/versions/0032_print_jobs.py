"""Print jobs: who was asked to print an allotment, when the files were taken, printed, shipped and received."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_STATES = "'commissioned', 'handed_over', 'acknowledged', 'printed', 'shipped', 'received', 'ended'"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "print_job",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("allotment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wishes", sa.String(), nullable=False),
        sa.Column("commissioned_at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("takes", sa.Integer(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("acknowledged_at", UTCDateTime(), nullable=True),
        sa.Column("printed_at", UTCDateTime(), nullable=True),
        sa.Column("printed", sa.Integer(), nullable=False),
        sa.Column("shipped_at", UTCDateTime(), nullable=True),
        sa.Column("shipping", sa.String(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_print_job_state")),
        sa.CheckConstraint("kind IN ('', 'csv', 'svg', 'png')", name=op.f("ck_print_job_kind")),
        sa.CheckConstraint("takes >= 0 AND printed >= 0 AND received >= 0", name=op.f("ck_print_job_counts")),
        sa.ForeignKeyConstraint(["allotment_id"], ["allotment.id"], name=op.f("fk_print_job_allotment_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_print_job_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    op.create_index(op.f("ix_print_job_allotment_id"), "print_job", ["allotment_id"])
    op.create_index(op.f("ix_print_job_authority_division"), "print_job", ["authority_division"])
    op.create_index(op.f("ix_print_job_owner_org_id"), "print_job", ["owner_org_id"])
    open_only = sa.text("state <> 'ended'")
    op.create_index("uq_print_job_open", "print_job", ["allotment_id"], unique=True, sqlite_where=open_only, postgresql_where=open_only)


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("print_job")
