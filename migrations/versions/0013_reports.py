"""Tables of reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations.support import create_append_only_triggers, drop_append_only_triggers

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the reports, every filing of them, and the reminders that went out."""
    op.create_table(
        "annual_report",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("amends_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nil", sa.Boolean(), nullable=False),
        sa.Column("nil_since", sa.Date(), nullable=True),
        sa.Column("nil_reason", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("filed_content", sa.JSON(), nullable=False),
        sa.Column("filed_hash", sa.String(), nullable=True),
        sa.Column("filed_at", UTCDateTime(), nullable=True),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("filed_version", sa.Integer(), nullable=True),
        sa.Column("first_filed_on", sa.Date(), nullable=True),
        sa.Column("filings", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=True),
        sa.Column("checked_at", UTCDateTime(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("accepted_at", UTCDateTime(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("returned_at", UTCDateTime(), nullable=True),
        sa.Column("returned_reasons", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("window_version", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("origin IN ('form', 'import')", name=op.f("ck_annual_report_origin")),
        sa.CheckConstraint(
            "state IN ('draft', 'filed', 'withdrawn', 'county_checked', 'returned', 'superseded', 'accepted')",
            name=op.f("ck_annual_report_state"),
        ),
        sa.CheckConstraint("state IN ('draft', 'withdrawn') OR filed_hash IS NOT NULL", name=op.f("ck_annual_report_filed")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_annual_report_year")),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_annual_report_accepted_by")),
        sa.ForeignKeyConstraint(["amends_id"], ["annual_report.id"], name=op.f("fk_annual_report_amends_id")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_annual_report_authorisation_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["person.id"], name=op.f("fk_annual_report_checked_by")),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_annual_report_filed_by")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_annual_report_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_report")),
        sa.UniqueConstraint("authorisation_id", "year", "revision", name="uq_annual_report_revision"),
        sa.UniqueConstraint("number", name=op.f("uq_annual_report_number")),
        sa.UniqueConstraint("receipt_number", name=op.f("uq_annual_report_receipt_number")),
    )
    op.create_index(op.f("ix_annual_report_amends_id"), "annual_report", ["amends_id"], unique=False)
    op.create_index(op.f("ix_annual_report_authorisation_id"), "annual_report", ["authorisation_id"], unique=False)
    op.create_index(op.f("ix_annual_report_authority_division"), "annual_report", ["authority_division"], unique=False)
    op.create_index(op.f("ix_annual_report_owner_org_id"), "annual_report", ["owner_org_id"], unique=False)
    op.create_index(op.f("ix_annual_report_state"), "annual_report", ["state"], unique=False)
    op.create_index(op.f("ix_annual_report_year"), "annual_report", ["year"], unique=False)
    op.create_index(
        "uq_annual_report_accepted",
        "annual_report",
        ["authorisation_id", "year"],
        unique=True,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "uq_annual_report_editable",
        "annual_report",
        ["authorisation_id", "year"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'returned')"),
        postgresql_where=sa.text("state IN ('draft', 'returned')"),
    )
    op.create_index(
        "uq_annual_report_standing",
        "annual_report",
        ["authorisation_id", "year"],
        unique=True,
        sqlite_where=sa.text("state IN ('filed', 'county_checked', 'accepted') AND amends_id IS NULL"),
        postgresql_where=sa.text("state IN ('filed', 'county_checked', 'accepted') AND amends_id IS NULL"),
    )
    op.create_table(
        "report_filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("filed_at", UTCDateTime(), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=True),
        sa.Column("signed_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_report_filing_filed_by")),
        sa.ForeignKeyConstraint(["report_id"], ["annual_report.id"], name=op.f("fk_report_filing_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_filing")),
        sa.UniqueConstraint("receipt_number", name=op.f("uq_report_filing_receipt_number")),
        sa.UniqueConstraint("report_id", "sequence", name="uq_report_filing_sequence"),
    )
    op.create_index(op.f("ix_report_filing_report_id"), "report_filing", ["report_id"], unique=False)
    op.create_table(
        "report_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_report_reminder_authorisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reminder")),
        sa.UniqueConstraint("authorisation_id", "year", "days_before", name="uq_report_reminder_once"),
    )
    create_append_only_triggers(op, "report_filing")


def downgrade() -> None:
    """Drop the tables."""
    drop_append_only_triggers(op, "report_filing")
    op.drop_table("report_reminder")
    op.drop_table("report_filing")
    op.drop_table("annual_report")
