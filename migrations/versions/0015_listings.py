"""Tables of listings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations import support

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APPEND_ONLY = ("listing_step",)


def upgrade() -> None:
    """Create the tables."""
    _create_listing_case()
    _create_listing_step()
    _create_defence_point()
    _create_listing_sequence()
    for table in APPEND_ONLY:
        support.create_append_only_triggers(op, table)


def downgrade() -> None:
    """Drop the tables."""
    for table in APPEND_ONLY:
        support.drop_append_only_triggers(op, table)
    op.drop_table("listing_sequence")
    op.drop_table("defence_point")
    op.drop_table("listing_step")
    op.drop_table("listing_case")


def _create_listing_case() -> None:
    op.create_table(
        "listing_case",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("clocks", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("order_document_id", sa.Integer(), nullable=True),
        sa.Column("order_service_id", sa.Integer(), nullable=True),
        sa.Column("rectify_until", sa.Date(), nullable=True),
        sa.Column("notice_document_id", sa.Integer(), nullable=True),
        sa.Column("notice_service_id", sa.Integer(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("window_ends_on", sa.Date(), nullable=True),
        sa.Column("window_provisional", sa.Boolean(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_number", sa.String(), nullable=True),
        sa.Column("decision_document_id", sa.Integer(), nullable=True),
        sa.Column("decision_service_id", sa.Integer(), nullable=True),
        sa.Column("authority_name", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("basis_version", sa.String(), nullable=False),
        sa.Column("objection_until", sa.Date(), nullable=True),
        sa.Column("publication_basis", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("publish_until", sa.Date(), nullable=True),
        sa.Column("unpublished_on", sa.Date(), nullable=True),
        sa.Column("prewarned_on", sa.Date(), nullable=True),
        sa.Column("verifier_id", sa.Integer(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("remover_id", sa.Integer(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removal_number", sa.String(), nullable=True),
        sa.Column("removal_document_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "published_on IS NULL OR (publication_basis <> '' AND publish_until IS NOT NULL)",
            name=op.f("ck_listing_case_publication_needs_basis"),
        ),
        sa.CheckConstraint(
            "published_on IS NULL OR state IN ('listed', 'objected', 'rectification_filed', 'rectification_verified') "
            "OR unpublished_on IS NOT NULL",
            name=op.f("ck_listing_case_publication_ends"),
        ),
        sa.CheckConstraint(
            "state <> 'removed' OR (remover_id IS NOT NULL AND verifier_id IS NOT NULL AND remover_id <> verifier_id)",
            name=op.f("ck_listing_case_removal_needs_second_officer"),
        ),
        sa.CheckConstraint(
            "state IN ('lead', 'triage', 'dismissed', 'verifying', 'rectification_ordered', 'notice_issued', "
            "'defence_open', 'defence_filed', 'proposed', 'defence_answered', 'listed', 'objected', 'corrected', "
            "'rectification_filed', 'rectification_verified', 'removed', 'expired', 'withdrawn')",
            name=op.f("ck_listing_case_state"),
        ),
        sa.CheckConstraint("state NOT IN ('dismissed', 'withdrawn') OR reason <> ''", name=op.f("ck_listing_case_ending_has_reason")),
        sa.CheckConstraint(
            "state NOT IN ('listed', 'objected', 'rectification_filed', 'rectification_verified', 'removed', "
            "'corrected', 'expired') OR (decider_id IS NOT NULL AND decider_id <> handler_id)",
            name=op.f("ck_listing_case_listed_needs_second_officer"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('listed', 'objected', 'rectification_filed', 'rectification_verified', 'removed', "
            "'corrected', 'expired') OR (decision_number IS NOT NULL AND decision_document_id IS NOT NULL)",
            name=op.f("ck_listing_case_listed_needs_decision"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('listed', 'objected', 'rectification_filed', 'rectification_verified', 'removed', "
            "'corrected', 'expired') OR (served_on IS NOT NULL AND notice_service_id IS NOT NULL)",
            name=op.f("ck_listing_case_listed_needs_service"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('listed', 'objected', 'rectification_filed', 'rectification_verified', 'removed', "
            "'corrected', 'expired') OR (window_ends_on IS NOT NULL AND decided_on IS NOT NULL AND served_on < "
            "window_ends_on AND window_ends_on < decided_on AND NOT window_provisional)",
            name=op.f("ck_listing_case_listed_needs_window_over"),
        ),
        sa.CheckConstraint("severity BETWEEN 1 AND 3", name=op.f("ck_listing_case_severity")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_listing_case_authorisation_id")),
        sa.ForeignKeyConstraint(["decider_id"], ["person.id"], name=op.f("fk_listing_case_decider_id")),
        sa.ForeignKeyConstraint(["decision_document_id"], ["document.id"], name=op.f("fk_listing_case_decision_document_id")),
        sa.ForeignKeyConstraint(["decision_service_id"], ["service_record.id"], name=op.f("fk_listing_case_decision_service_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_listing_case_finding_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_listing_case_gi_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["person.id"], name=op.f("fk_listing_case_handler_id")),
        sa.ForeignKeyConstraint(["notice_document_id"], ["document.id"], name=op.f("fk_listing_case_notice_document_id")),
        sa.ForeignKeyConstraint(["notice_service_id"], ["service_record.id"], name=op.f("fk_listing_case_notice_service_id")),
        sa.ForeignKeyConstraint(["order_document_id"], ["document.id"], name=op.f("fk_listing_case_order_document_id")),
        sa.ForeignKeyConstraint(["order_service_id"], ["service_record.id"], name=op.f("fk_listing_case_order_service_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_listing_case_owner_org_id")),
        sa.ForeignKeyConstraint(["removal_document_id"], ["document.id"], name=op.f("fk_listing_case_removal_document_id")),
        sa.ForeignKeyConstraint(["remover_id"], ["person.id"], name=op.f("fk_listing_case_remover_id")),
        sa.ForeignKeyConstraint(["verifier_id"], ["person.id"], name=op.f("fk_listing_case_verifier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_case")),
        sa.UniqueConstraint("decision_number", name=op.f("uq_listing_case_decision_number")),
        sa.UniqueConstraint("number", name=op.f("uq_listing_case_number")),
        sa.UniqueConstraint("removal_number", name=op.f("uq_listing_case_removal_number")),
    )
    op.create_index(op.f("ix_listing_case_authorisation_id"), "listing_case", ["authorisation_id"])
    op.create_index(op.f("ix_listing_case_authority_division"), "listing_case", ["authority_division"])
    op.create_index(op.f("ix_listing_case_finding_id"), "listing_case", ["finding_id"])
    op.create_index(op.f("ix_listing_case_gi_id"), "listing_case", ["gi_id"])
    op.create_index(op.f("ix_listing_case_owner_org_id"), "listing_case", ["owner_org_id"])
    op.create_index("ix_listing_case_published", "listing_case", ["published_on", "unpublished_on"])
    op.create_index("ix_listing_case_queue", "listing_case", ["state", "due_on"])
    op.create_index(
        "uq_listing_case_open",
        "listing_case",
        ["authorisation_id", "ground"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('removed', 'corrected', 'expired', 'dismissed', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('removed', 'corrected', 'expired', 'dismissed', 'withdrawn')"),
    )


def _create_listing_step() -> None:
    op.create_table(
        "listing_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("by_party", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["listing_case.id"], name=op.f("fk_listing_step_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_listing_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_step")),
    )
    op.create_index("ix_listing_step_case", "listing_step", ["case_id", "id"])


def _create_defence_point() -> None:
    op.create_table(
        "defence_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("(answer = '') = (outcome = '')", name=op.f("ck_defence_point_answered")),
        sa.CheckConstraint("outcome IN ('', 'accepted', 'partly', 'rejected')", name=op.f("ck_defence_point_outcome")),
        sa.ForeignKeyConstraint(["case_id"], ["listing_case.id"], name=op.f("fk_defence_point_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_point")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_defence_point_case_id_number")),
    )


def _create_listing_sequence() -> None:
    op.create_table(
        "listing_sequence",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_listing_sequence")),
    )
