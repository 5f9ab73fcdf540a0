"""What a plot tells of its ground: variety, season, place, land record, farmer and the county's verification; files of plots; statistics."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.support import is_postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TEXTS = ("variety", "season", "land_record", "division_code")
_KEYS = (("farmer_id", "farmer"), ("verified_by", "person"))


def upgrade() -> None:
    """Create the tables and add the columns in place: rebuilding the table would cost SQLite its triggers."""
    _create_farmer()
    _create_plot_file()
    _create_official_area()
    for name in _TEXTS:
        op.execute(f"ALTER TABLE plot ADD COLUMN {name} VARCHAR DEFAULT '' NOT NULL")
    for name, table in _KEYS:
        op.execute(f"ALTER TABLE plot ADD COLUMN {name} INTEGER CONSTRAINT fk_plot_{name} REFERENCES {table} (id)")
    op.execute("ALTER TABLE plot ADD COLUMN verified_on DATE")
    _let_converted_from_be("'', 'gcj02', 'bd09'")


def downgrade() -> None:
    """Drop the columns and the tables; what was converted from BD-09 stays marked as converted."""
    op.execute("UPDATE plot SET converted_from = 'gcj02' WHERE converted_from = 'bd09'")
    _let_converted_from_be("'', 'gcj02'")
    for name in ("verified_on", *(name for name, _table in reversed(_KEYS)), *reversed(_TEXTS)):
        op.execute(f"ALTER TABLE plot DROP COLUMN {name}")
    op.drop_table("official_area")
    op.drop_table("plot_file")
    op.drop_table("farmer")


def _let_converted_from_be(values: str) -> None:
    """Widen or narrow the CHECK of a column; SQLite cannot alter one, so the column is made anew, without rebuilding the table."""
    check = f"CONSTRAINT ck_plot_converted_from CHECK (converted_from IN ({values}))"
    if is_postgresql(op):
        op.execute("ALTER TABLE plot DROP CONSTRAINT ck_plot_converted_from")
        op.execute(f"ALTER TABLE plot ADD {check}")
        return
    op.execute("ALTER TABLE plot RENAME COLUMN converted_from TO converted_before")
    op.execute(f"ALTER TABLE plot ADD COLUMN converted_from VARCHAR DEFAULT '' NOT NULL {check}")
    op.execute("UPDATE plot SET converted_from = converted_before")
    op.execute("ALTER TABLE plot DROP COLUMN converted_before")


def _create_farmer() -> None:
    op.create_table(
        "farmer",
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_farmer_authorisation_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_farmer_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farmer")),
        sa.UniqueConstraint("authorisation_id", "name", "contract_number", name=op.f("uq_farmer_authorisation_id_name_contract_number")),
    )
    op.create_index(op.f("ix_farmer_authority_division"), "farmer", ["authority_division"], unique=False)
    op.create_index(op.f("ix_farmer_owner_org_id"), "farmer", ["owner_org_id"], unique=False)


def _create_plot_file() -> None:
    op.create_table(
        "plot_file",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("stored", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'stored', 'dropped')", name=op.f("ck_plot_file_state")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_plot_file_authorisation_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_plot_file_owner_org_id")),
        sa.ForeignKeyConstraint(["sha256"], ["document_content.sha256"], name=op.f("fk_plot_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot_file")),
    )
    op.create_index(op.f("ix_plot_file_authorisation_id"), "plot_file", ["authorisation_id"], unique=False)
    op.create_index(op.f("ix_plot_file_authority_division"), "plot_file", ["authority_division"], unique=False)
    op.create_index(op.f("ix_plot_file_owner_org_id"), "plot_file", ["owner_org_id"], unique=False)


def _create_official_area() -> None:
    op.create_table(
        "official_area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("division_code", sa.String(), nullable=False),
        sa.Column("crop", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("area_milli_mu", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("area_milli_mu >= 0", name=op.f("ck_official_area_area")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_official_area_gi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_area")),
        sa.UniqueConstraint("gi_id", "division_code", "crop", "year", name=op.f("uq_official_area_gi_id_division_code_crop_year")),
    )
