"""Tables of anomalies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations import support

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "finding_evidence",
    "recorded_fact",
)


def upgrade() -> None:
    """Create the tables."""
    _create_finding()
    _create_finding_evidence()
    _create_recorded_fact()
    for table in APPEND_ONLY:
        support.create_append_only_triggers(op, table)


def downgrade() -> None:
    """Drop the tables."""
    for table in APPEND_ONLY:
        support.drop_append_only_triggers(op, table)
    op.drop_table("recorded_fact")
    op.drop_table("finding_evidence")
    op.drop_table("finding")


def _create_finding() -> None:
    op.create_table(
        "finding",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("facts_digest", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("parameter_version", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("first_found_at", UTCDateTime(), nullable=False),
        sa.Column("last_found_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("state <> 'dismissed' OR reason <> ''", name=op.f("ck_finding_dismissal_has_reason")),
        sa.CheckConstraint("state IN ('open', 'in_case', 'dismissed', 'cleared', 'settled')", name=op.f("ck_finding_state")),
        sa.CheckConstraint("severity BETWEEN 1 AND 3", name=op.f("ck_finding_severity")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_finding_authorisation_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_finding_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_finding_fingerprint")),
    )
    op.create_index(op.f("ix_finding_authorisation_id"), "finding", ["authorisation_id"])
    op.create_index(op.f("ix_finding_authority_division"), "finding", ["authority_division"])
    op.create_index("ix_finding_list", "finding", ["state", "ground", "year"])
    op.create_index(op.f("ix_finding_owner_org_id"), "finding", ["owner_org_id"])


def _create_finding_evidence() -> None:
    op.create_table(
        "finding_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("facts_digest", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("parameter_version", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_evidence_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_evidence")),
        sa.UniqueConstraint("finding_id", "number", name=op.f("uq_finding_evidence_finding_id_number")),
    )


def _create_recorded_fact() -> None:
    op.create_table(
        "recorded_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_recorded_fact_authorisation_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_recorded_fact_document_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_recorded_fact_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_fact")),
    )
    op.create_index(op.f("ix_recorded_fact_authorisation_id"), "recorded_fact", ["authorisation_id"])
