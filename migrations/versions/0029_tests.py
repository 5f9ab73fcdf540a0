"""Institutions that test goods, test reports that bind to batches, the role that enters them, and what a line packs a day."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations.support import create_append_only_triggers, drop_append_only_triggers, is_postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BEFORE = (
    "'consumer', 'producer_operator', 'producer_approver', 'holder_manager', 'printer', 'county_handler', 'county_approver', "
    "'city_officer', 'province_officer', 'national_officer', 'auditor', 'system_admin', 'security_admin', 'audit_admin', 'system'"
)
_AFTER = _BEFORE.replace("'printer', ", "'printer', 'testing_institution', ")
_ENTERED = sa.text("state = 'entered'")


def upgrade() -> None:
    """Create the tables and let people hold the role."""
    _create_institution()
    _create_report()
    _create_binding()
    _let_hold(_AFTER)
    op.execute("ALTER TABLE product ADD COLUMN daily_capacity BIGINT CONSTRAINT ck_product_daily_capacity CHECK (daily_capacity > 0)")


def downgrade() -> None:
    """Drop the tables; who held the role holds none."""
    op.execute("ALTER TABLE product DROP COLUMN daily_capacity")
    op.execute("DELETE FROM role_grant WHERE role = 'testing_institution'")
    _let_hold(_BEFORE)
    drop_append_only_triggers(op, "test_report_batch")
    for table in ("test_report_batch", "test_report", "testing_institution"):
        op.drop_table(table)


def _scoped(table: str) -> list[Any]:
    return [
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f(f"fk_{table}_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_institution() -> None:
    op.create_table(
        "testing_institution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("cma_number", sa.String(), nullable=False),
        sa.Column("cnas_number", sa.String(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *_scoped("testing_institution"),
        sa.CheckConstraint("cma_number <> '' OR cnas_number <> ''", name=op.f("ck_testing_institution_accredited")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_testing_institution_period")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_testing_institution_organisation_id")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_testing_institution_organisation_id")),
    )
    _index("testing_institution", "owner_org_id", "authority_division")


def _create_report() -> None:
    op.create_table(
        "test_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("institution_name", sa.String(), nullable=False),
        sa.Column("accreditation", sa.String(), nullable=False),
        sa.Column("sampled_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("standard_no", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *_scoped("test_report"),
        sa.CheckConstraint("result IN ('fail', 'pass')", name=op.f("ck_test_report_result")),
        sa.CheckConstraint("entered_by IN ('import', 'institution', 'producer')", name=op.f("ck_test_report_entered_by")),
        sa.CheckConstraint("state IN ('entered', 'withdrawn')", name=op.f("ck_test_report_state")),
        sa.CheckConstraint("entered_by <> 'institution' OR institution_id IS NOT NULL", name=op.f("ck_test_report_institution")),
        sa.CheckConstraint("state <> 'withdrawn' OR reason <> ''", name=op.f("ck_test_report_withdrawal")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_test_report_authorisation_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["testing_institution.id"], name=op.f("fk_test_report_institution_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_test_report_document_id")),
    )
    _index("test_report", "owner_org_id", "authority_division", "authorisation_id", "institution_id")
    op.create_index(
        "uq_test_report_entered",
        "test_report",
        ["institution_name", "number"],
        unique=True,
        sqlite_where=_ENTERED,
        postgresql_where=_ENTERED,
    )


def _create_binding() -> None:
    op.create_table(
        "test_report_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["test_report.id"], name=op.f("fk_test_report_batch_report_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_test_report_batch_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_report_batch")),
        sa.UniqueConstraint("report_id", "batch_id", name=op.f("uq_test_report_batch_report_id_batch_id")),
    )
    _index("test_report_batch", "batch_id")
    create_append_only_triggers(op, "test_report_batch")


def _let_hold(roles: str) -> None:
    condition = f"role IN ({roles})"
    if is_postgresql(op):
        op.execute("ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_role")
        op.execute(f"ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_role CHECK ({condition})")
    else:
        _rebuild_grants(condition)


_KEPT = "id, person_id, role, division_code, valid_from, valid_to"


def _rebuild_grants(condition: str) -> None:
    """SQLite keeps a CHECK inside the table; nothing points at this one, and it has no triggers."""
    op.execute(f"CREATE TEMPORARY TABLE kept_grant AS SELECT {_KEPT} FROM role_grant")
    op.execute("DROP TABLE role_grant")
    op.execute(
        f"""CREATE TABLE role_grant (id INTEGER NOT NULL, person_id INTEGER NOT NULL, role VARCHAR NOT NULL,
        division_code VARCHAR NOT NULL, valid_from DATE NOT NULL, valid_to DATE,
        CONSTRAINT pk_role_grant PRIMARY KEY (id), CONSTRAINT ck_role_grant_role CHECK ({condition}),
        CONSTRAINT fk_role_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id))"""
    )
    op.execute(f"INSERT INTO role_grant ({_KEPT}) SELECT {_KEPT} FROM kept_grant")
    op.execute("DROP TABLE kept_grant")
    op.execute("CREATE INDEX ix_role_grant_person_id ON role_grant (person_id)")
    op.execute("CREATE UNIQUE INDEX uq_role_grant_open ON role_grant (person_id, role, division_code) WHERE valid_to IS NULL")
