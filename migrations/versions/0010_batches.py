"""Tables of batches: yield caps, batches, and a ledger whose entries are sealed by their transfer."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations.support import create_append_only_triggers, drop_append_only_triggers, is_postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_yield_cap()
    _create_batch()
    _create_batch_plot()
    _create_ledger_account()
    _create_ledger_transfer()
    _create_ledger_entry()
    for table in _KEPT:
        create_append_only_triggers(op, table)
    create_append_only_triggers(op, "yield_cap", unless=_ONLY_SUPERSEDED)
    _keep_balanced()


def downgrade() -> None:
    """Drop the tables."""
    _drop_keep_balanced()
    for table in (*reversed(_KEPT), "yield_cap"):
        drop_append_only_triggers(op, table)
    op.drop_table("ledger_entry")
    op.drop_table("ledger_transfer")
    op.drop_table("ledger_account")
    op.drop_table("batch_plot")
    op.drop_table("batch")
    op.drop_table("yield_cap")


_KEPT = ("batch_plot", "ledger_transfer", "ledger_entry")
_CAP_COLUMNS = ("id", "gi_id", "zone", "year", "unit", "revision", "per_mu", "status", "decided_on", "basis", "created_at")
_ONLY_SUPERSEDED = " AND ".join(["OLD.superseded_by IS NULL", *(f"OLD.{column} = NEW.{column}" for column in _CAP_COLUMNS)])

# A transfer is inserted after its entries (the foreign key is deferred), so that one trigger can see them all.
_UNBALANCED = """NOT EXISTS (SELECT 1 FROM ledger_entry WHERE transfer_id = NEW.id) OR EXISTS (
    SELECT 1 FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id WHERE e.transfer_id = NEW.id
    GROUP BY a.unit, CASE WHEN a.kind IN ('capacity', 'reserved', 'used') THEN 1 ELSE 0 END HAVING SUM(e.amount) <> 0)"""
_SEALED = "EXISTS (SELECT 1 FROM ledger_transfer WHERE id = NEW.transfer_id)"
_CHECKS = (
    ("ledger_transfer", "balanced", "AFTER", _UNBALANCED, "a ledger transfer must be zero-sum"),
    ("ledger_entry", "sealed", "BEFORE", _SEALED, "a ledger transfer is sealed"),
)


def _keep_balanced() -> None:
    for table, name, moment, condition, why in _CHECKS:
        if not is_postgresql(op):
            op.execute(f"CREATE TRIGGER {table}_{name} {moment} INSERT ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{why}'); END")
            continue
        op.execute(
            f"""CREATE FUNCTION gi_{table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
            IF {condition} THEN RAISE EXCEPTION '{why}' USING ERRCODE = 'check_violation'; END IF;
            RETURN NEW; END$$"""
        )
        op.execute(f"CREATE TRIGGER {table}_{name} {moment} INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION gi_{table}_{name}()")


def _drop_keep_balanced() -> None:
    for table, name, *_rest in _CHECKS:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_{name}" + (f" ON {table}" if is_postgresql(op) else ""))
        if is_postgresql(op):
            op.execute(f"DROP FUNCTION IF EXISTS gi_{table}_{name}()")


def _create_yield_cap() -> None:
    op.create_table(
        "yield_cap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("per_mu", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("document", sa.Integer(), nullable=True),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('final', 'provisional')", name=op.f("ck_yield_cap_status")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_yield_cap_unit")),
        sa.CheckConstraint("per_mu >= 0", name=op.f("ck_yield_cap_per_mu")),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_yield_cap_document")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_yield_cap_gi_id")),
        sa.ForeignKeyConstraint(["superseded_by"], ["yield_cap.id"], name=op.f("fk_yield_cap_superseded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yield_cap")),
        sa.UniqueConstraint("gi_id", "zone", "year", "unit", "revision", name="uq_yield_cap_revision"),
    )


def _create_batch() -> None:
    op.create_table(
        "batch",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("harvest_year", sa.Integer(), nullable=False),
        sa.Column("account_year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("harvested_on", sa.Date(), nullable=True),
        sa.Column("packed_on", sa.Date(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("product_quantity", sa.BigInteger(), nullable=False),
        sa.Column("conversion_permille", sa.Integer(), nullable=False),
        sa.Column("conversion_version", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("best_before_on", sa.Date(), nullable=True),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("supplier_authorisation_id", sa.Integer(), nullable=True),
        sa.Column("sale_confirmed_on", sa.Date(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('harvest', 'opening', 'pre_printed', 'purchase')", name=op.f("ck_batch_kind")),
        sa.CheckConstraint("origin IN ('form', 'import')", name=op.f("ck_batch_origin")),
        sa.CheckConstraint("state IN ('declared', 'closed', 'recalled', 'withdrawn')", name=op.f("ck_batch_state")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_batch_unit")),
        sa.CheckConstraint("quantity > 0 AND product_quantity >= 0", name=op.f("ck_batch_quantity")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_batch_authorisation_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_batch_gi_id")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_batch_owner_org_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_batch_product_id")),
        sa.ForeignKeyConstraint(["supplier_authorisation_id"], ["authorisation.id"], name=op.f("fk_batch_supplier_authorisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_batch_number")),
    )
    op.create_index("ix_batch_authorisation_year", "batch", ["authorisation_id", "account_year"], unique=False)
    op.create_index(op.f("ix_batch_authority_division"), "batch", ["authority_division"], unique=False)
    op.create_index(op.f("ix_batch_gi_id"), "batch", ["gi_id"], unique=False)
    op.create_index(op.f("ix_batch_owner_org_id"), "batch", ["owner_org_id"], unique=False)
    op.create_index(op.f("ix_batch_product_id"), "batch", ["product_id"], unique=False)
    op.create_index(op.f("ix_batch_supplier_authorisation_id"), "batch", ["supplier_authorisation_id"], unique=False)


def _create_batch_plot() -> None:
    op.create_table(
        "batch_plot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("plot_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("area_version_id", sa.Integer(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("tolerance_m", sa.Integer(), nullable=False),
        sa.Column("share_inside", sa.Integer(), nullable=True),
        sa.CheckConstraint("verdict IN ('inside', 'outside', 'uncertain')", name=op.f("ck_batch_plot_verdict")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_batch_plot_quantity")),
        sa.ForeignKeyConstraint(["area_version_id"], ["area_version.id"], name=op.f("fk_batch_plot_area_version_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_plot_batch_id")),
        sa.ForeignKeyConstraint(["plot_id"], ["plot.id"], name=op.f("fk_batch_plot_plot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_plot")),
        sa.UniqueConstraint("batch_id", "plot_id", name=op.f("uq_batch_plot_batch_id_plot_id")),
    )
    op.create_index(op.f("ix_batch_plot_batch_id"), "batch_plot", ["batch_id"], unique=False)
    op.create_index(op.f("ix_batch_plot_plot_id"), "batch_plot", ["plot_id"], unique=False)


def _create_ledger_account() -> None:
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "balance >= 0 OR kind IN ('capacity', 'conversion', 'field', 'opening', 'supplier', 'unexplained')",
            name=op.f("ck_ledger_account_balance"),
        ),
        sa.CheckConstraint(
            "kind IN ('capacity', 'conversion', 'field', 'labelled', 'loss', 'opening', 'reserved', 'sold', 'stock', 'supplier', 'unexplained', 'used')",  # noqa: E501 - one constraint, as it is in the model
            name=op.f("ck_ledger_account_kind"),
        ),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_ledger_account_unit")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_ledger_account_authorisation_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_ledger_account_gi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("authorisation_id", "gi_id", "year", "zone", "unit", "kind", name="uq_ledger_account_key"),
    )


def _create_ledger_transfer() -> None:
    op.create_table(
        "ledger_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("memo", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_ledger_transfer_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint("tag", "source_kind", "source_id", name="uq_ledger_transfer_source"),
    )
    op.create_index(op.f("ix_ledger_transfer_batch_id"), "ledger_transfer", ["batch_id"], unique=False)


def _create_ledger_entry() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entry_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_entry_account_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfer.id"], name=op.f("fk_ledger_entry_transfer_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(op.f("ix_ledger_entry_account_id"), "ledger_entry", ["account_id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_transfer_id"), "ledger_entry", ["transfer_id"], unique=False)
