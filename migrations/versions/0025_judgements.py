"""Verdicts on plots are kept, with the passes that judge them again and what these found changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_VERDICTS = "'inside', 'uncertain', 'outside'"
_REASONS = "'inside', 'near-boundary', 'no-version', 'no-outline', 'partly-outside', 'outside'"


def upgrade() -> None:
    """Create the tables; their rows can be computed again at any time."""
    _create_judgement()
    _create_run()
    _create_change()


def downgrade() -> None:
    """Drop the tables."""
    for table in ("judging_change", "judging_run", "plot_judgement"):
        op.drop_table(table)


def _create_judgement() -> None:
    op.create_table(
        "plot_judgement",
        sa.Column("plot_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("area_version_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("plot_version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("tolerance_m", sa.Integer(), nullable=False),
        sa.Column("share_inside", sa.Integer(), nullable=True),
        sa.Column("judged_for", sa.Date(), nullable=False),
        sa.Column("judged_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(f"verdict IN ({_VERDICTS})", name=op.f("ck_plot_judgement_verdict")),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name=op.f("ck_plot_judgement_reason")),
        sa.CheckConstraint("share_inside IS NULL OR share_inside BETWEEN 0 AND 1000", name=op.f("ck_plot_judgement_share")),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_plot_judgement_plot_id")),
        sa.ForeignKeyConstraint(["area_version_id"], ["area_version.id"], name=op.f("fk_plot_judgement_area_version_id")),
        sa.PrimaryKeyConstraint("plot_id", "area_version_id", name=op.f("pk_plot_judgement")),
    )
    op.create_index("ix_plot_judgement_area_version_id", "plot_judgement", ["area_version_id"])


def _create_run() -> None:
    op.create_table(
        "judging_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("judged_for", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("cursor_gi", sa.Integer(), nullable=False),
        sa.Column("cursor_plot", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("done >= 0 AND changed >= 0 AND total >= 0", name=op.f("ck_judging_run_counts")),
        sa.CheckConstraint("gi_id IS NOT NULL OR zone IS NULL", name=op.f("ck_judging_run_scope")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_judging_run_gi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_run")),
    )
    op.create_index("ix_judging_run_gi_id", "judging_run", ["gi_id"])


def _create_change() -> None:
    op.create_table(
        "judging_change",
        sa.Column("run_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("plot_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("was_verdict", sa.String(), nullable=False),
        sa.Column("was_reason", sa.String(), nullable=False),
        sa.Column("was_distance_m", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"verdict IN ({_VERDICTS})", name=op.f("ck_judging_change_verdict")),
        sa.CheckConstraint(f"reason IN ({_REASONS})", name=op.f("ck_judging_change_reason")),
        sa.CheckConstraint(f"was_verdict IN ({_VERDICTS})", name=op.f("ck_judging_change_was_verdict")),
        sa.CheckConstraint(f"was_reason IN ({_REASONS})", name=op.f("ck_judging_change_was_reason")),
        sa.ForeignKeyConstraint(["run_id"], ["judging_run.id"], name=op.f("fk_judging_change_run_id")),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_judging_change_plot_id")),
        sa.PrimaryKeyConstraint("run_id", "plot_id", name=op.f("pk_judging_change")),
    )
    op.create_index("ix_judging_change_plot_id", "judging_change", ["plot_id"])
