"""Batches are split, merged, transformed and packed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations.support import create_append_only_triggers, drop_append_only_triggers, is_postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_BEFORE = "kind IN ('harvest', 'opening', 'pre_printed', 'purchase')"
_AFTER = "kind IN ('harvest', 'opening', 'pre_printed', 'processed', 'purchase')"
_SIDES = {"process_input": "process_output", "process_output": "process_input"}
_WHY = "what a process makes is younger than what it takes"


def upgrade() -> None:
    """Let batches be made of batches, and keep of what."""
    _let_be(_BEFORE, _AFTER)
    _create_process()
    _create_input()
    _create_output()
    for table in _SIDES:
        create_append_only_triggers(op, table)
        _create_forward(table)


def downgrade() -> None:
    """Forget the processes; refused by the CHECK where a batch was made by one."""
    for table in _SIDES:
        _drop_forward(table)
        drop_append_only_triggers(op, table)
    for table in (*_SIDES, "process"):
        op.drop_table(table)
    _let_be(_AFTER, _BEFORE)


def _let_be(old: str, new: str) -> None:
    if is_postgresql(op):
        op.execute("ALTER TABLE batch DROP CONSTRAINT ck_batch_kind")
        op.execute(f"ALTER TABLE batch ADD CONSTRAINT ck_batch_kind CHECK ({new})")
    else:
        _rebuild(old, new)


def _rebuild(old: str, new: str) -> None:
    """SQLite keeps a CHECK inside the table, whose text is taken over as it stands. Many point here: asked again when the rows are back."""
    kept = op.get_bind().execute(sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = 'batch' AND sql IS NOT NULL")).all()
    table = next(row.sql for row in kept if row.type == "table")
    if old not in table:
        raise RuntimeError("the table of batches is not the one this migration knows")
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_batch AS SELECT * FROM batch")
    op.execute("DROP TABLE batch")
    op.execute(table.replace(old, new))
    op.execute("INSERT INTO batch SELECT * FROM kept_batch")
    op.execute("DROP TABLE kept_batch")
    for row in kept:
        if row.type in ("index", "trigger"):
            op.execute(row.sql)


def _create_process() -> None:
    op.create_table(
        "process",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("loss", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('merge', 'pack', 'sale', 'split', 'transform')", name=op.f("ck_process_kind")),
        sa.CheckConstraint("step IN ('packing', 'production')", name=op.f("ck_process_step")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_process_unit")),
        sa.CheckConstraint("state IN ('done', 'undone')", name=op.f("ck_process_state")),
        sa.CheckConstraint("loss >= 0", name=op.f("ck_process_loss")),
        sa.CheckConstraint("state <> 'undone' OR reason <> ''", name=op.f("ck_process_reason")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organisation.id"], name=op.f("fk_process_owner_org_id")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisation.id"], name=op.f("fk_process_authorisation_id")),
        sa.ForeignKeyConstraint(["gi_id"], ["gi.id"], name=op.f("fk_process_gi_id")),
        sa.ForeignKeyConstraint(["site_id"], ["authorisation_site.id"], name=op.f("fk_process_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process")),
    )
    for column in ("owner_org_id", "authority_division", "gi_id"):
        op.create_index(op.f(f"ix_process_{column}"), "process", [column])
    op.create_index("ix_process_authorisation_on_date", "process", ["authorisation_id", "on_date"])


def _side(table: str, *more: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        *more,
        sa.CheckConstraint("quantity > 0", name=op.f(f"ck_{table}_quantity")),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f(f"fk_{table}_process_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f(f"fk_{table}_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _create_input() -> None:
    _side("process_input", sa.UniqueConstraint("process_id", "batch_id", name=op.f("uq_process_input_process_id_batch_id")))
    op.create_index("ix_process_input_batch_id", "process_input", ["batch_id", "process_id"])


def _create_output() -> None:
    _side(
        "process_output",
        sa.Column("max_permille", sa.Integer(), nullable=True),
        sa.Column("conversion_version", sa.String(), nullable=False),
        sa.Column("net_content", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("net_content > 0", name=op.f("ck_process_output_net_content")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_process_output_batch_id")),
    )
    op.create_index(op.f("ix_process_output_process_id"), "process_output", ["process_id"])


def _create_forward(table: str) -> None:
    """What comes from what has no circle: a batch that is made has a higher id than every batch it is made of."""
    younger = "<=" if table == "process_input" else ">="
    condition = f"EXISTS (SELECT 1 FROM {_SIDES[table]} WHERE process_id = NEW.process_id AND batch_id {younger} NEW.batch_id)"
    moment = f"CREATE TRIGGER {table}_forward BEFORE INSERT ON {table}"
    if not is_postgresql(op):
        op.execute(f"{moment} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_WHY}'); END")
        return
    op.execute(
        f"""CREATE OR REPLACE FUNCTION gi_{table}_forward() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
        IF {condition} THEN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW; END$$"""
    )
    op.execute(f"{moment} FOR EACH ROW EXECUTE FUNCTION gi_{table}_forward()")


def _drop_forward(table: str) -> None:
    if is_postgresql(op):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_forward ON {table}")
        op.execute(f"DROP FUNCTION IF EXISTS gi_{table}_forward()")
    else:
        op.execute(f"DROP TRIGGER IF EXISTS {table}_forward")
