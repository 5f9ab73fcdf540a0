"""Tables of supervision: leads, their evidence and steps; the receipt and the contact of a doubt stand apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations import support

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APPEND_ONLY = ("lead_step", "lead_evidence", "lead_contact_view")
_STATES = (
    "'new', 'assigned', 'returned', 'accepted', 'verifying', 'no_case', 'rectify', 'case_filed', 'crime_transfer', 'fed_back', 'archived'"
)


def upgrade() -> None:
    """Create the tables; what was done to a lead is only ever added to."""
    _create_lead()
    _create_steps()
    _create_apart()
    for table in APPEND_ONLY:
        support.create_append_only_triggers(op, table)


def downgrade() -> None:
    """Drop the tables."""
    for table in APPEND_ONLY:
        support.drop_append_only_triggers(op, table)
    for table in ("lead_sequence", "doubt_receipt", "lead_contact", "lead_contact_view", "lead_evidence", "lead_step", "lead"):
        op.drop_table(table)


def _create_lead() -> None:
    op.create_table(
        "lead",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("range_id", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("authorisation_id", sa.Integer(), nullable=True),
        sa.Column("gi_id", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("wrongs", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("place_division", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("from_division", sa.String(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_lead_state")),
        sa.CheckConstraint("source IN ('doubt', 'statement', 'office')", name=op.f("ck_lead_source")),
        sa.CheckConstraint("subject_kind IN ('code', 'user', 'unknown')", name=op.f("ck_lead_subject_kind")),
        sa.CheckConstraint("state NOT IN ('no_case', 'returned') OR reason <> ''", name=op.f("ck_lead_reason")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_lead_owner_org_id")),
        sa.ForeignKeyConstraint(["range_id"], ["code_range.id"], name=op.f("fk_lead_range_id")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_lead_authorisation_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_lead_gi_id")),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_lead_assignee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("number", name=op.f("uq_lead_number")),
    )
    for column in ("owner_org_id", "authority_division", "code", "authorisation_id", "gi_id", "assignee_id", "received_at"):
        op.create_index(op.f(f"ix_lead_{column}"), "lead", [column])


def _create_steps() -> None:
    op.create_table(
        "lead_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_step_lead_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lead_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_step")),
    )
    op.create_table(
        "lead_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_evidence_lead_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_lead_evidence_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_evidence")),
    )
    op.create_table(
        "lead_contact_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_contact_view_lead_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lead_contact_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_contact_view")),
    )
    for table in APPEND_ONLY:
        op.create_index(op.f(f"ix_{table}_lead_id"), table, ["lead_id"])


def _create_apart() -> None:
    op.create_table(
        "lead_contact",
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("delete_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_contact_lead_id")),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_contact")),
    )
    op.create_index(op.f("ix_lead_contact_delete_on"), "lead_contact", ["delete_on"])
    op.create_table(
        "doubt_receipt",
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("check_text", sa.String(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("client_key", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_doubt_receipt_lead_id")),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_doubt_receipt")),
        sa.UniqueConstraint("form_key", name=op.f("uq_doubt_receipt_form_key")),
    )
    for column in ("client_key", "at"):
        op.create_index(op.f(f"ix_doubt_receipt_{column}"), "doubt_receipt", [column])
    op.create_table(
        "lead_sequence",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_lead_sequence")),
    )
