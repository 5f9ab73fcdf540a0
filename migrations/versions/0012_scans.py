"""Tables of scans, and the triggers that keep a first check what it was."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.support import drop_refusal, drop_refuse_truncate, refuse, refuse_truncate

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_REWRITTEN = (
    "NEW.first_at <> OLD.first_at OR NEW.count < OLD.count OR NEW.range_id <> OLD.range_id OR NEW.serial <> OLD.serial"
    " OR (OLD.suspect_at IS NOT NULL AND NEW.suspect_at IS NULL)"
)
_VERDICTS = "'first-check', 'repeat', 'suspect', 'not-activated', 'void', 'recalled', 'frozen', 'unknown'"


def upgrade() -> None:
    """Create the tables; a first check is never deleted, moved or counted down."""
    _create_first_check()
    _create_scan()
    refuse(op, "first_check", "update", when=_REWRITTEN, why="a first check stays as it was")
    refuse(op, "first_check", "delete", why="a first check stays as it was")
    refuse_truncate(op, "first_check")


def downgrade() -> None:
    """Drop the tables."""
    for verb in ("update", "delete"):
        drop_refusal(op, "first_check", verb)
    drop_refuse_truncate(op, "first_check")
    op.drop_table("scan")
    op.drop_table("first_check")


def _create_first_check() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "first_check",
        sa.Column("range_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("serial", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_at", moment(), nullable=False),
        sa.Column("last_at", moment(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("suspect_at", moment(), nullable=True),
        sa.Column("suspect_clients", sa.Integer(), nullable=True),
        sa.Column("suspect_provinces", sa.Integer(), nullable=True),
        sa.Column("suspect_hours", sa.Integer(), nullable=True),
        sa.CheckConstraint("(suspect_at IS NULL) = (suspect_clients IS NULL)", name=op.f("ck_first_check_suspect")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_first_check_count")),
        sa.CheckConstraint("last_at >= first_at", name=op.f("ck_first_check_order")),
        sa.CheckConstraint("serial >= 0", name=op.f("ck_first_check_serial")),
        sa.ForeignKeyConstraint(["range_id"], ["code_range.id"], name=op.f("fk_first_check_range_id")),
        sa.PrimaryKeyConstraint("range_id", "serial", name=op.f("pk_first_check")),
    )


def _create_scan() -> None:
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("range_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("merged_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"verdict IN ({_VERDICTS})", name=op.f("ck_scan_verdict")),
        sa.CheckConstraint("merged_count >= 0", name=op.f("ck_scan_merged_count")),
        sa.ForeignKeyConstraint(["range_id"], ["code_range.id"], name=op.f("fk_scan_range_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    op.create_index(op.f("ix_scan_at"), "scan", ["at"], unique=False)
    op.create_index("ix_scan_code", "scan", ["range_id", "serial", "at"], unique=False)
