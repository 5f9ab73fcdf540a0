"""Accounts by farmer, commodity and grade; sales with two sides; records of stocking, losses, adjustments and regrading."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations.support import is_postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_QUOTA = "'capacity', 'reserved', 'used'"
_SOURCES = "'capacity', 'conversion', 'field', 'opening', 'supplier', 'unexplained'"
_KINDS = "'capacity', 'conversion', 'field', 'labelled', 'loss', 'opening', 'reserved', 'sold', 'stock', 'supplier', 'unexplained', 'used'"
_KEY = "authorisation_id, gi_id, year, zone, unit, {more}kind"
_BATCH = {
    "commodity": "VARCHAR DEFAULT '' NOT NULL",
    "account_grade": "VARCHAR DEFAULT '' NOT NULL",
    "farmer_id": "INTEGER CONSTRAINT fk_batch_farmer_id REFERENCES farmer (id)",
    "supplier_farmer_id": "INTEGER CONSTRAINT fk_batch_supplier_farmer_id REFERENCES farmer (id)",
    "from_year": "INTEGER",
}
_ACCOUNT = {
    "farmer_id": "INTEGER DEFAULT 0 NOT NULL",
    "commodity": "VARCHAR DEFAULT '' NOT NULL",
    "grade": "VARCHAR DEFAULT '' NOT NULL",
    "tolerance": "BIGINT DEFAULT 0 NOT NULL",
}


class _Shape(NamedTuple):
    """A ledger_account: its columns beyond those of the first release, its CHECKs and its key."""

    added: dict[str, str]
    checks: dict[str, str]
    key: str
    family: str


_BEFORE = _Shape({}, {"balance": f"balance >= 0 OR kind IN ({_SOURCES})"}, _KEY.format(more=""), "a.unit")
_AFTER = _Shape(
    _ACCOUNT,
    {
        "balance": f"balance >= -tolerance OR kind IN ({_SOURCES})",
        "tolerance": "tolerance >= 0",
        "quota": f"kind NOT IN ({_QUOTA}) OR (farmer_id = 0 AND commodity = '' AND grade = '')",
    },
    _KEY.format(more="farmer_id, commodity, grade, "),
    "a.unit, a.commodity",
)


def upgrade() -> None:
    """Extend the key of accounts and say where each batch stands; the books of before stay on the ungraded accounts."""
    for column, kind in _BATCH.items():
        op.execute(f"ALTER TABLE batch ADD COLUMN {column} {kind}")
    _reshape(_BEFORE, _AFTER)
    _create_trade()
    _create_goods_record()


def downgrade() -> None:
    """Take the key back; refused by its uniqueness where goods stand on several grades."""
    op.drop_table("goods_record")
    op.drop_table("trade")
    _reshape(_AFTER, _BEFORE)
    for column in reversed(_BATCH):
        op.execute(f"ALTER TABLE batch DROP COLUMN {column}")


def _reshape(old: _Shape, new: _Shape) -> None:
    _drop_balanced()
    if is_postgresql(op):
        _alter(old, new)
    else:
        _rebuild(new)
    _create_balanced(new.family)


def _alter(old: _Shape, new: _Shape) -> None:
    op.execute("ALTER TABLE ledger_account DROP CONSTRAINT uq_ledger_account_key")
    for name in old.checks:
        op.execute(f"ALTER TABLE ledger_account DROP CONSTRAINT ck_ledger_account_{name}")
    for column, kind in new.added.items():
        op.execute(f"ALTER TABLE ledger_account ADD COLUMN {column} {kind}")
    for column in old.added:
        op.execute(f"ALTER TABLE ledger_account DROP COLUMN {column}")
    for name, condition in new.checks.items():
        op.execute(f"ALTER TABLE ledger_account ADD CONSTRAINT ck_ledger_account_{name} CHECK ({condition})")
    op.execute(f"ALTER TABLE ledger_account ADD CONSTRAINT uq_ledger_account_key UNIQUE ({new.key})")


_KEPT = "id, authorisation_id, gi_id, year, zone, unit, kind, balance"


def _rebuild(new: _Shape) -> None:
    """SQLite keeps a key inside the table. Entries point here: their foreign keys are asked again when the rows are back."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TEMPORARY TABLE kept_account AS SELECT {_KEPT} FROM ledger_account")
    op.execute("DROP TABLE ledger_account")
    columns = [
        "id INTEGER NOT NULL",
        "authorisation_id INTEGER NOT NULL",
        "gi_id INTEGER NOT NULL",
        "year INTEGER NOT NULL",
        "zone VARCHAR NOT NULL",
        "unit VARCHAR NOT NULL",
        "kind VARCHAR NOT NULL",
        "balance BIGINT NOT NULL",
        *(f"{column} {kind}" for column, kind in new.added.items()),
        *(f"CONSTRAINT ck_ledger_account_{name} CHECK ({condition})" for name, condition in new.checks.items()),
        f"CONSTRAINT ck_ledger_account_kind CHECK (kind IN ({_KINDS}))",
        "CONSTRAINT ck_ledger_account_unit CHECK (unit IN ('g', 'piece'))",
        "CONSTRAINT fk_ledger_account_authorisation_id FOREIGN KEY(authorisation_id) REFERENCES authorisation (id)",
        "CONSTRAINT fk_ledger_account_gi_id FOREIGN KEY(gi_id) REFERENCES gi (id)",
        "CONSTRAINT pk_ledger_account PRIMARY KEY (id)",
        f"CONSTRAINT uq_ledger_account_key UNIQUE ({new.key})",
    ]
    op.execute(f"CREATE TABLE ledger_account ({', '.join(columns)})")
    op.execute(f"INSERT INTO ledger_account ({_KEPT}) SELECT {_KEPT} FROM kept_account")
    op.execute("DROP TABLE kept_account")


_UNBALANCED = """NOT EXISTS (SELECT 1 FROM ledger_entry WHERE transfer_id = NEW.id) OR EXISTS (
    SELECT 1 FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id WHERE e.transfer_id = NEW.id
    GROUP BY {family}, CASE WHEN a.kind IN ('capacity', 'reserved', 'used') THEN 1 ELSE 0 END HAVING SUM(e.amount) <> 0)"""
_WHY = "a ledger transfer must be zero-sum"


def _create_balanced(family: str) -> None:
    condition = _UNBALANCED.format(family=family)
    moment = "CREATE TRIGGER ledger_transfer_balanced AFTER INSERT ON ledger_transfer"
    if not is_postgresql(op):
        op.execute(f"{moment} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_WHY}'); END")
        return
    op.execute(
        f"""CREATE OR REPLACE FUNCTION gi_ledger_transfer_balanced() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
        IF {condition} THEN RAISE EXCEPTION '{_WHY}' USING ERRCODE = 'check_violation'; END IF;
        RETURN NEW; END$$"""
    )
    op.execute(f"{moment} FOR EACH ROW EXECUTE FUNCTION gi_ledger_transfer_balanced()")


def _drop_balanced() -> None:
    op.execute("DROP TRIGGER IF EXISTS ledger_transfer_balanced" + (" ON ledger_transfer" if is_postgresql(op) else ""))


def _scoped() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
    ]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    found = {"owner_org_id": "organisation", **columns}
    return [sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}")) for name, to in found.items()]


def _create_trade() -> None:
    op.create_table(
        "trade",
        *_scoped(),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("buyer_authorisation_id", sa.Integer(), nullable=False),
        sa.Column("seller_authorisation_id", sa.Integer(), nullable=True),
        sa.Column("seller_farmer_id", sa.Integer(), nullable=True),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("commodity", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("seller_quantity", sa.BigInteger(), nullable=True),
        sa.Column("traded_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("period_version", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('stated', 'confirmed', 'disputed', 'lapsed', 'withdrawn')", name=op.f("ck_trade_state")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_trade_unit")),
        sa.CheckConstraint("origin IN ('form', 'import')", name=op.f("ck_trade_origin")),
        sa.CheckConstraint("quantity > 0 AND (seller_quantity IS NULL OR seller_quantity >= 0)", name=op.f("ck_trade_quantity")),
        sa.CheckConstraint("(seller_authorisation_id IS NULL) <> (seller_farmer_id IS NULL)", name=op.f("ck_trade_seller")),
        sa.CheckConstraint("state <> 'disputed' OR reason <> ''", name=op.f("ck_trade_reason")),
        *_keys(
            "trade",
            batch_id="batch",
            buyer_authorisation_id="authorisation",
            seller_authorisation_id="authorisation",
            seller_farmer_id="farmer",
            gi_id="gi",
            document_id="document",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trade")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_trade_batch_id")),
    )
    for column in ("owner_org_id", "authority_division", "buyer_authorisation_id", "seller_authorisation_id", "gi_id"):
        op.create_index(op.f(f"ix_trade_{column}"), "trade", [column])
    op.create_index("ix_trade_state_answer_by", "trade", ["state", "answer_by"])


def _create_goods_record() -> None:
    op.create_table(
        "goods_record",
        *_scoped(),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("commodity", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("to_grade", sa.String(), nullable=False),
        sa.Column("farmer_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("plot_id", sa.Integer(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("came_in", sa.BigInteger(), nullable=True),
        sa.Column("limit_permille", sa.Integer(), nullable=True),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('adjustment', 'loss', 'regrade', 'stocking')", name=op.f("ck_goods_record_kind")),
        sa.CheckConstraint("state IN ('proposed', 'entered', 'refused', 'withdrawn', 'reversed')", name=op.f("ck_goods_record_state")),
        sa.CheckConstraint("unit IN ('g', 'piece')", name=op.f("ck_goods_record_unit")),
        sa.CheckConstraint("origin IN ('form', 'import')", name=op.f("ck_goods_record_origin")),
        sa.CheckConstraint("quantity > 0 OR (kind = 'adjustment' AND quantity <> 0)", name=op.f("ck_goods_record_quantity")),
        sa.CheckConstraint("kind <> 'regrade' OR grade <> to_grade", name=op.f("ck_goods_record_grade")),
        *_keys(
            "goods_record",
            authorisation_id="authorisation",
            gi_id="gi",
            farmer_id="farmer",
            batch_id="batch",
            plot_id="plot",
            document_id="document",
            decided_by="person",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_record")),
    )
    for column in ("owner_org_id", "authority_division", "gi_id", "batch_id", "plot_id"):
        op.create_index(op.f(f"ix_goods_record_{column}"), "goods_record", [column])
    op.create_index("ix_goods_record_authorisation_year", "goods_record", ["authorisation_id", "year"])
