"""Day files of scans, with what is counted over them: digests, busiest hours of copied codes, counts by range and day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "scan_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=False),
        sa.Column("watched_at", UTCDateTime(), nullable=True),
        sa.Column("dropped_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("rows >= 0 AND octets > 0", name=op.f("ck_scan_day_size")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_scan_day_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_day")),
        sa.UniqueConstraint("day", name=op.f("uq_scan_day_day")),
    )
    op.create_table(
        "scan_peak",
        sa.Column("range_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.Column("provinces", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("begins_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("fastest_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("clients > 0 AND provinces >= 0 AND hours > 0", name=op.f("ck_scan_peak_counted")),
        sa.CheckConstraint("ends_at >= begins_at", name=op.f("ck_scan_peak_order")),
        sa.ForeignKeyConstraint(["range_id"], ["code_range.id"], name=op.f("fk_scan_peak_range_id")),
        sa.PrimaryKeyConstraint("range_id", "serial", name=op.f("pk_scan_peak")),
    )
    op.create_table(
        "scan_count",
        sa.Column("range_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("first_checks", sa.Integer(), nullable=False),
        sa.Column("unactivated", sa.Integer(), nullable=False),
        sa.Column("unactivated_codes", sa.Integer(), nullable=False),
        sa.Column("hurried_codes", sa.Integer(), nullable=False),
        sa.CheckConstraint("checks >= 0 AND first_checks >= 0 AND unactivated >= unactivated_codes", name=op.f("ck_scan_count_counts")),
        sa.ForeignKeyConstraint(["range_id"], ["code_range.id"], name=op.f("fk_scan_count_range_id")),
        sa.PrimaryKeyConstraint("range_id", "day", name=op.f("pk_scan_count")),
    )


def downgrade() -> None:
    """Drop the tables; the files stay."""
    for table in ("scan_count", "scan_peak", "scan_day"):
        op.drop_table(table)
