"""Tables of codes, and the triggers that keep what is said of serials apart and for ever."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.support import create_append_only_triggers, drop_append_only_triggers, is_postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OVERLAP = """EXISTS (SELECT 1 FROM code_interval WHERE range_id = NEW.range_id AND layer = NEW.layer AND lifted_at IS NULL
    AND serial_from < NEW.serial_to AND NEW.serial_from < serial_to)"""
_BEYOND = "NEW.serial_to > (SELECT size FROM code_range WHERE id = NEW.range_id)"
_ONLY_LIFTED = " AND ".join(
    ["OLD.lifted_at IS NULL", "NEW.lifted_at IS NOT NULL"]
    + [
        f"OLD.{column} = NEW.{column}"
        for column in ("id", "range_id", "serial_from", "serial_to", "status", "layer", "at", "basis", "origin")
    ]
    + ["COALESCE(OLD.batch_id, 0) = COALESCE(NEW.batch_id, 0)"]
)


def upgrade() -> None:
    """Create the tables."""
    _create_signing_key()
    _create_allotment()
    _create_code_range()
    _create_code_interval()
    create_append_only_triggers(op, "code_interval", unless=_ONLY_LIFTED)
    _keep_apart()


def downgrade() -> None:
    """Drop the tables."""
    _drop_keep_apart()
    drop_append_only_triggers(op, "code_interval")
    op.drop_table("code_interval")
    op.drop_table("code_range")
    op.drop_table("allotment")
    op.drop_table("signing_key")


def _keep_apart() -> None:
    if not is_postgresql(op):
        for name, condition, why in (("apart", _OVERLAP, "overlaps another of its layer"), ("inside", _BEYOND, "is beyond its range")):
            op.execute(
                f"CREATE TRIGGER code_interval_{name} BEFORE INSERT ON code_interval WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, 'code_interval {why}'); END"
            )
        return
    # The range is locked first: two transactions that do not see each other's rows would both pass.
    op.execute(
        f"""CREATE FUNCTION gi_code_interval_apart() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
        PERFORM 1 FROM code_range WHERE id = NEW.range_id FOR UPDATE;
        IF {_OVERLAP} THEN RAISE EXCEPTION 'code_interval overlaps another of its layer' USING ERRCODE = 'exclusion_violation'; END IF;
        IF {_BEYOND} THEN RAISE EXCEPTION 'code_interval is beyond its range' USING ERRCODE = 'exclusion_violation'; END IF;
        RETURN NEW; END$$"""
    )
    op.execute("CREATE TRIGGER code_interval_apart BEFORE INSERT ON code_interval FOR EACH ROW EXECUTE FUNCTION gi_code_interval_apart()")


def _drop_keep_apart() -> None:
    on = " ON code_interval" if is_postgresql(op) else ""
    for name in ("apart", "inside"):
        op.execute(f"DROP TRIGGER IF EXISTS code_interval_{name}{on}")
    if is_postgresql(op):
        op.execute("DROP FUNCTION IF EXISTS gi_code_interval_apart()")


def _create_signing_key() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.String(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("id BETWEEN 0 AND 31", name=op.f("ck_signing_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )


def _create_allotment() -> None:
    op.create_table(
        "allotment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("content_per_label", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("cap_version", sa.String(), nullable=False),
        sa.Column("ordered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("printed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("origin IN ('order', 'import')", name=op.f("ck_allotment_origin")),
        sa.CheckConstraint("state IN ('allotted', 'printed', 'received', 'closed', 'void')", name=op.f("ck_allotment_state")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_allotment_unit")),
        sa.CheckConstraint(
            "count > 0 AND content_per_label > 0 AND quantity = count * content_per_label", name=op.f("ck_allotment_quantity")
        ),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_allotment_authorisation_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_allotment_gi_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_allotment_owner_org_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_allotment_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotment")),
        sa.UniqueConstraint("authorisation_id", "idempotency_key", name="uq_allotment_idempotency_key"),
        sa.UniqueConstraint("number", name=op.f("uq_allotment_number")),
    )
    op.create_index(op.f("ix_allotment_authorisation_id"), "allotment", ["authorisation_id"], unique=False)
    op.create_index(op.f("ix_allotment_authority_division"), "allotment", ["authority_division"], unique=False)
    op.create_index(op.f("ix_allotment_owner_org_id"), "allotment", ["owner_org_id"], unique=False)
    op.create_index(op.f("ix_allotment_product_id"), "allotment", ["product_id"], unique=False)


def _create_code_range() -> None:
    op.create_table(
        "code_range",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("allotment_id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("first_serial", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_serial = 0", name=op.f("ck_code_range_first_serial")),
        sa.CheckConstraint("length(label) = 5", name=op.f("ck_code_range_label")),
        sa.CheckConstraint("size BETWEEN 1 AND 1048576", name=op.f("ck_code_range_size")),
        sa.CheckConstraint("used >= 0 AND used <= size", name=op.f("ck_code_range_used")),
        sa.ForeignKeyConstraint(["allotment_id"], ["allotment.id"], name=op.f("fk_code_range_allotment_id")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_code_range_authorisation_id")),
        sa.ForeignKeyConstraint(["key_id"], ["signing_key.id"], name=op.f("fk_code_range_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_range")),
        sa.UniqueConstraint("label", name=op.f("uq_code_range_label")),
    )
    op.create_index(op.f("ix_code_range_allotment_id"), "code_range", ["allotment_id"], unique=False)
    op.create_index(op.f("ix_code_range_authorisation_id"), "code_range", ["authorisation_id"], unique=False)


def _create_code_interval() -> None:
    op.create_table(
        "code_interval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("range_id", sa.Integer(), nullable=False),
        sa.Column("serial_from", sa.Integer(), nullable=False),
        sa.Column("serial_to", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("lifted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("lift_basis", sa.String(), nullable=False),
        sa.CheckConstraint(
            "layer IN ('activation', 'exception') AND (layer = 'activation') = (status = 'activated')", name=op.f("ck_code_interval_layer")
        ),
        sa.CheckConstraint("status <> 'activated' OR batch_id IS NOT NULL", name=op.f("ck_code_interval_batch")),
        sa.CheckConstraint(
            "status IN ('activated', 'void', 'damaged', 'returned', 'frozen', 'recalled')", name=op.f("ck_code_interval_status")
        ),
        sa.CheckConstraint("serial_from >= 0 AND serial_from < serial_to", name=op.f("ck_code_interval_serials")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_code_interval_batch_id")),
        sa.ForeignKeyConstraint(["range_id"], ["code_range.id"], name=op.f("fk_code_interval_range_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_interval")),
    )
    op.create_index(op.f("ix_code_interval_batch_id"), "code_interval", ["batch_id"], unique=False)
    op.create_index("ix_code_interval_lookup", "code_interval", ["range_id", "layer", "serial_from"], unique=False)
