"""Tables of origin: dated areas with versions that never share a day, and plots."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

from gi_registry.db import MultiPolygonType
from migrations.spatial import create_spatial_index, drop_spatial_index
from migrations.support import is_postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_area_version()
    _create_plot()
    for table in ("area_version", "plot"):
        create_spatial_index(table)
    _keep_apart()


def downgrade() -> None:
    """Drop the tables."""
    _drop_keep_apart()
    for table in ("plot", "area_version"):
        drop_spatial_index(table)
    op.drop_table("plot")
    op.drop_table("area_version")


# Half-open periods; one without a day (valid_from = valid_to) overlaps nothing.
_OVERLAP = """(NEW.valid_from IS NULL OR NEW.valid_to IS NULL OR NEW.valid_from < NEW.valid_to) AND EXISTS (
    SELECT 1 FROM area_version o WHERE o.gi_id = NEW.gi_id AND o.zone = NEW.zone AND o.id <> NEW.id
    AND (o.valid_from IS NULL OR o.valid_to IS NULL OR o.valid_from < o.valid_to)
    AND (NEW.valid_to IS NULL OR o.valid_from IS NULL OR o.valid_from < NEW.valid_to)
    AND (o.valid_to IS NULL OR NEW.valid_from IS NULL OR NEW.valid_from < o.valid_to))"""
_WHY = "area versions of one zone overlap"


def _keep_apart() -> None:
    if not is_postgresql(op):
        for verb in ("insert", "update"):
            op.execute(
                f"CREATE TRIGGER area_version_apart_{verb} AFTER {verb.upper()} ON area_version WHEN {_OVERLAP} "
                f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
            )
        return
    # The GI is locked first: two transactions that do not see each other's rows would both pass.
    op.execute(
        f"""CREATE FUNCTION gi_area_version_apart() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
        PERFORM 1 FROM gi WHERE id = NEW.gi_id FOR UPDATE;
        IF {_OVERLAP} THEN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'exclusion_violation'; END IF;
        RETURN NEW; END$$"""
    )
    op.execute(
        "CREATE TRIGGER area_version_apart AFTER INSERT OR UPDATE ON area_version FOR EACH ROW EXECUTE FUNCTION gi_area_version_apart()"
    )


def _drop_keep_apart() -> None:
    if is_postgresql(op):
        op.execute("DROP TRIGGER IF EXISTS area_version_apart ON area_version")
        op.execute("DROP FUNCTION IF EXISTS gi_area_version_apart()")
        return
    for verb in ("insert", "update"):
        op.execute(f"DROP TRIGGER IF EXISTS area_version_apart_{verb}")


def _create_area_version() -> None:
    op.create_table(
        "area_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
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
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("uncertainty_m >= 0", name=op.f("ck_area_version_uncertainty")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name=op.f("ck_area_version_period")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_area_version_gi_id")),
        sa.ForeignKeyConstraint(["source_document"], ["document.id"], name=op.f("fk_area_version_source_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_version")),
    )
    op.create_index("ix_area_version_gi_zone", "area_version", ["gi_id", "zone"], unique=False)


def _create_plot() -> None:
    op.create_table(
        "plot",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("crop", sa.String(), nullable=False),
        sa.Column("tenure", sa.String(), nullable=False),
        sa.Column("geometry", MultiPolygonType(), nullable=False),
        sa.Column("area_milli_mu", sa.BigInteger(), nullable=False),
        sa.Column("accuracy_m", sa.Integer(), nullable=False),
        sa.Column("capture", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.CheckConstraint("capture IN ('survey', 'phone', 'map', 'import')", name=op.f("ck_plot_capture")),
        sa.CheckConstraint("origin IN ('form', 'import')", name=op.f("ck_plot_origin")),
        sa.CheckConstraint("state IN ('declared', 'retired')", name=op.f("ck_plot_state")),
        sa.CheckConstraint("tenure IN ('own', 'contracted')", name=op.f("ck_plot_tenure")),
        sa.CheckConstraint("area_milli_mu >= 0 AND accuracy_m >= 0", name=op.f("ck_plot_measures")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name=op.f("ck_plot_period")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_plot_authorisation_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_plot_gi_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_plot_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot")),
        sa.UniqueConstraint("number", name=op.f("uq_plot_number")),
    )
    op.create_index(op.f("ix_plot_authorisation_id"), "plot", ["authorisation_id"], unique=False)
    op.create_index(op.f("ix_plot_authority_division"), "plot", ["authority_division"], unique=False)
    op.create_index(op.f("ix_plot_gi_id"), "plot", ["gi_id"], unique=False)
    op.create_index(op.f("ix_plot_owner_org_id"), "plot", ["owner_org_id"], unique=False)
