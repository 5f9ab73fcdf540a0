"""An area version is proposed and approved; places have several successors and the box of their outline."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

from gi_registry.db import MultiPolygonType

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and add the column in place."""
    _create_proposal()
    _create_succession()
    op.execute("ALTER TABLE division ADD COLUMN box VARCHAR DEFAULT '' NOT NULL")


def downgrade() -> None:
    """Drop the tables and the column."""
    op.execute("ALTER TABLE division DROP COLUMN box")
    op.drop_table("division_succession")
    op.drop_table("area_proposal")


def _create_proposal() -> None:
    op.create_table(
        "area_proposal",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("geometry", MultiPolygonType(), nullable=True),
        sa.Column("uncertainty_m", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=True),
        sa.Column("map_review_no", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_document", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("area_version_id", sa.Integer(), nullable=True),
        *_checks(),
        *_keys(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_proposal")),
    )
    op.create_index("ix_area_proposal_gi_zone", "area_proposal", ["gi_id", "zone"])
    for column in ("authority_division", "owner_org_id"):
        op.create_index(op.f(f"ix_area_proposal_{column}"), "area_proposal", [column])


def _checks() -> list[sa.CheckConstraint]:
    said = {
        "kind": "kind IN ('version', 'end')",
        "state": "state IN ('proposed', 'approved', 'rejected', 'withdrawn')",
        "period": "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to",
        "uncertainty": "uncertainty_m >= 0",
        "two_persons": "state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by",
        "in_force": "state <> 'approved' OR kind = 'end' OR area_version_id IS NOT NULL",
        "decided": "(state = 'proposed') = (decided_at IS NULL)",
    }
    return [sa.CheckConstraint(condition, name=op.f(f"ck_area_proposal_{name}")) for name, condition in said.items()]


def _keys() -> list[sa.ForeignKeyConstraint]:
    said = {
        "owner_org_id": "organisation",
        "gi_id": "gi",
        "source_document": "document",
        "follows_id": "area_version",
        "proposed_by": "person",
        "decided_by": "person",
        "area_version_id": "area_version",
    }
    return [sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_area_proposal_{column}")) for column, table in said.items()]


def _create_succession() -> None:
    op.create_table(
        "division_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("successor_code", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["division.code"], name=op.f("fk_division_succession_code")),
        sa.ForeignKeyConstraint(["successor_code"], ["division.code"], name=op.f("fk_division_succession_successor_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_division_succession")),
        sa.UniqueConstraint("code", "successor_code", "since", name=op.f("uq_division_succession_code_successor_code_since")),
    )
