"""Tables of notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_notice()
    _create_service_consent()
    _create_service_record()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("service_record")
    op.drop_table("service_consent")
    op.drop_table("notice")


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("read_at", UTCDateTime(), nullable=True),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_inbox", "notice", ["organisation_id", "read_at"])


def _create_service_consent() -> None:
    op.create_table(
        "service_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_service_consent_document_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_service_consent_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_consent")),
    )
    op.create_index(op.f("ix_service_consent_organisation_id"), "service_consent", ["organisation_id"])


def _create_service_record() -> None:
    op.create_table(
        "service_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("document_name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("proof_document_id", sa.Integer(), nullable=True),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.Column("collect_at", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("method <> 'electronic' OR consent_id IS NOT NULL", name=op.f("ck_service_record_consent")),
        sa.CheckConstraint("method IN ('electronic', 'post', 'personal', 'public_notice')", name=op.f("ck_service_record_method")),
        sa.CheckConstraint(
            "method NOT IN ('post', 'personal') OR served_on IS NULL OR proof_document_id IS NOT NULL", name=op.f("ck_service_record_proof")
        ),
        sa.CheckConstraint("served_on IS NULL OR served_on >= sent_on", name=op.f("ck_service_record_order")),
        sa.ForeignKeyConstraint(["consent_id"], ["service_consent.id"], name=op.f("fk_service_record_consent_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_service_record_document_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_service_record_notice_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_service_record_organisation_id")),
        sa.ForeignKeyConstraint(["proof_document_id"], ["document.id"], name=op.f("fk_service_record_proof_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_record")),
    )
    op.create_index(op.f("ix_service_record_notice_id"), "service_record", ["notice_id"])
    op.create_index(op.f("ix_service_record_organisation_id"), "service_record", ["organisation_id"])
    op.create_index("ix_service_record_public", "service_record", ["method", "served_on"])
