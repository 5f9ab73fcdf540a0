"""Tables of registry."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_gi()
    _create_protection()
    _create_authorisation()
    _create_authorisation_site()
    _create_authorisation_change()
    _create_authorisation_restriction()
    _create_product()


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("product")
    op.drop_table("authorisation_restriction")
    op.drop_table("authorisation_change")
    op.drop_table("authorisation_site")
    op.drop_table("authorisation")
    op.drop_table("protection")
    op.drop_table("gi")


def _create_gi() -> None:
    op.create_table(
        "gi",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=True),
        sa.Column("holder_org_id", sa.Integer(), nullable=True),
        sa.Column("holder_name", sa.String(), nullable=False),
        sa.Column("opening_on", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_gi_division_code")),
        sa.ForeignKeyConstraint(["holder_org_id"], ["organisation.id"], name=op.f("fk_gi_holder_org_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_gi_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gi")),
        sa.UniqueConstraint("code", name=op.f("uq_gi_code")),
    )
    op.create_index(op.f("ix_gi_authority_division"), "gi", ["authority_division"], unique=False)
    op.create_index(op.f("ix_gi_division_code"), "gi", ["division_code"], unique=False)
    op.create_index(op.f("ix_gi_holder_org_id"), "gi", ["holder_org_id"], unique=False)
    op.create_index(op.f("ix_gi_name"), "gi", ["name"], unique=False)
    op.create_index(op.f("ix_gi_owner_org_id"), "gi", ["owner_org_id"], unique=False)


def _create_protection() -> None:
    op.create_table(
        "protection",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("announcement_raw", sa.String(), nullable=False),
        sa.Column("announcement_issuer", sa.String(), nullable=False),
        sa.Column("announcement_year", sa.Integer(), nullable=True),
        sa.Column("announcement_number", sa.Integer(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("trade_mark_no", sa.String(), nullable=False),
        sa.Column("trade_mark_class", sa.String(), nullable=False),
        sa.Column("standard_no", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("capacity_basis", sa.String(), nullable=False),
        sa.CheckConstraint(
            "capacity_basis IN ('area', 'water', 'head', 'cellar', 'kiln', 'purchased', 'none')", name=op.f("ck_protection_capacity_basis")
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'formal_exam', 'technical_exam', 'refused', 'preliminary_published', 'opposed', 'recognised', 'change_review', 'revoked', 'registered', 'renewed', 'cancelled', 'invalidated', 'expired')",
            name=op.f("ck_protection_state"),
        ),
        sa.CheckConstraint("track IN ('A', 'B', 'C', 'D', 'AGI')", name=op.f("ck_protection_track")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to", name=op.f("ck_protection_validity")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_protection_gi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection")),
        sa.UniqueConstraint("track", "number", name=op.f("uq_protection_track_number")),
    )
    op.create_index(op.f("ix_protection_gi_id"), "protection", ["gi_id"], unique=False)


def _create_authorisation() -> None:
    op.create_table(
        "authorisation",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("protection_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("raw_name", sa.String(), nullable=False),
        sa.Column("raw_uscc", sa.String(), nullable=False),
        sa.Column("matched", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("announcement_raw", sa.String(), nullable=False),
        sa.Column("announcement_issuer", sa.String(), nullable=False),
        sa.Column("announcement_year", sa.Integer(), nullable=True),
        sa.Column("announcement_number", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("returned_from", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.CheckConstraint("origin IN ('import', 'form')", name=op.f("ck_authorisation_origin")),
        sa.CheckConstraint(
            "state IN ('draft', 'county_review', 'city_check', 'province_review', 'national_review', 'active', 'closed', 'correction_pending', 'change_review', 'rectifying', 'deregistered')",
            name=op.f("ck_authorisation_state"),
        ),
        sa.CheckConstraint(
            "(matched AND organisation_id IS NOT NULL) OR (NOT matched AND organisation_id IS NULL)", name=op.f("ck_authorisation_matched")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name=op.f("ck_authorisation_validity")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_authorisation_gi_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_authorisation_organisation_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_authorisation_owner_org_id")),
        sa.ForeignKeyConstraint(["protection_id"], ["protection.id"], name=op.f("fk_authorisation_protection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation")),
        sa.UniqueConstraint("number", name=op.f("uq_authorisation_number")),
    )
    op.create_index(op.f("ix_authorisation_authority_division"), "authorisation", ["authority_division"], unique=False)
    op.create_index(op.f("ix_authorisation_gi_id"), "authorisation", ["gi_id"], unique=False)
    op.create_index(op.f("ix_authorisation_organisation_id"), "authorisation", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_authorisation_owner_org_id"), "authorisation", ["owner_org_id"], unique=False)
    op.create_index(op.f("ix_authorisation_protection_id"), "authorisation", ["protection_id"], unique=False)
    op.create_index(
        "uq_authorisation_in_use",
        "authorisation",
        ["organisation_id", "protection_id"],
        unique=True,
        sqlite_where=sa.text("organisation_id IS NOT NULL AND state NOT IN ('deregistered', 'closed')"),
        postgresql_where=sa.text("organisation_id IS NOT NULL AND state NOT IN ('deregistered', 'closed')"),
    )


def _create_authorisation_site() -> None:
    op.create_table(
        "authorisation_site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_authorisation_site_authorisation_id")),
        sa.ForeignKeyConstraint(["division_code"], ["division.code"], name=op.f("fk_authorisation_site_division_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation_site")),
    )
    op.create_index(op.f("ix_authorisation_site_authorisation_id"), "authorisation_site", ["authorisation_id"], unique=False)


def _create_authorisation_change() -> None:
    op.create_table(
        "authorisation_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_authorisation_change_authorisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation_change")),
    )
    op.create_index(op.f("ix_authorisation_change_authorisation_id"), "authorisation_change", ["authorisation_id"], unique=False)


def _create_authorisation_restriction() -> None:
    op.create_table(
        "authorisation_restriction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("basis <> '' OR effect = 'sampling_weight'", name=op.f("ck_authorisation_restriction_basis")),
        sa.CheckConstraint(
            "effect IN ('freeze_activation', 'stop_allotment', 'cap_allotment', 'sampling_weight')",
            name=op.f("ck_authorisation_restriction_effect"),
        ),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_authorisation_restriction_authorisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisation_restriction")),
        sa.UniqueConstraint("source", "source_id", "authorisation_id", "effect", name="uq_authorisation_restriction_source"),
    )
    op.create_index(op.f("ix_authorisation_restriction_authorisation_id"), "authorisation_restriction", ["authorisation_id"], unique=False)


def _create_product() -> None:
    op.create_table(
        "product",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("content_per_label", sa.Integer(), nullable=False),
        sa.Column("marking_mode", sa.String(), nullable=False),
        sa.Column("standard_no", sa.String(), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("marking_mode IN ('item_code', 'batch_code', 'pre_printed')", name=op.f("ck_product_marking_mode")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_product_unit")),
        sa.CheckConstraint("content_per_label > 0", name=op.f("ck_product_content_per_label")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_product_authorisation_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_product_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("authorisation_id", "name", "grade", "unit", "content_per_label", name="uq_product_label"),
    )
    op.create_index(op.f("ix_product_authorisation_id"), "product", ["authorisation_id"], unique=False)
    op.create_index(op.f("ix_product_authority_division"), "product", ["authority_division"], unique=False)
    op.create_index(op.f("ix_product_owner_org_id"), "product", ["owner_org_id"], unique=False)
