"""Tables of divisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_division()
    _create_calendar_day()
    _create_calendar_year()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
    op.drop_table("division")


def _create_division() -> None:
    op.create_table(
        "division",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.String(), nullable=True),
        sa.CheckConstraint("level IN ('province', 'city', 'county', 'township', 'village')", name=op.f("ck_division_level")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to", name=op.f("ck_division_validity")),
        sa.ForeignKeyConstraint(["parent_code"], ["division.code"], name=op.f("fk_division_parent_code")),
        sa.ForeignKeyConstraint(["successor_code"], ["division.code"], name=op.f("fk_division_successor_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_division")),
    )
    op.create_index(op.f("ix_division_name"), "division", ["name"], unique=False)
    op.create_index(op.f("ix_division_parent_code"), "division", ["parent_code"], unique=False)
    op.create_index(op.f("ix_division_path"), "division", ["path"], unique=False)


def _create_calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )


def _create_calendar_year() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
