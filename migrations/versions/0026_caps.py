"""Caps by variety and basis are proposed and approved; heads, cellars and kilns have a register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations.support import create_append_only_triggers, drop_append_only_triggers, is_postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_PER = "per IN ('cellar', 'head', 'input', 'kiln', 'mu')"
_ADDED = {
    "variety": "VARCHAR DEFAULT '' NOT NULL",
    "per": "VARCHAR DEFAULT 'mu' NOT NULL",
    "commodity": "VARCHAR DEFAULT '' NOT NULL",
    "effective_on": "DATE",
}
_CHECKS = {"per": _PER, "commodity": "commodity = '' OR per = 'input'"}
_KEY_BEFORE = "gi_id, zone, year, unit, revision"
_KEY_AFTER = "gi_id, zone, variety, year, unit, per, commodity, revision"
_COLUMNS = ("id", "gi_id", "zone", "year", "unit", "revision", "per_mu", "status", "decided_on", "basis", "created_at")


def upgrade() -> None:
    """Widen the key of caps, and create the tables of proposals and of the register."""
    _reshape({}, _ADDED, _KEY_AFTER)
    _create_proposal()
    _create_unit()


def downgrade() -> None:
    """Drop the tables and narrow the key; refused by its uniqueness where caps differ by variety or basis only."""
    op.drop_table("capacity_unit")
    op.drop_table("cap_proposal")
    _reshape(_ADDED, {}, _KEY_BEFORE)


def _only_superseded(added: dict[str, str]) -> str:
    same = [f"OLD.{column} = NEW.{column}" for column in (*_COLUMNS, *(name for name in added if name != "effective_on"))]
    if added:
        same.append("COALESCE(OLD.document, 0) = COALESCE(NEW.document, 0)")
        same.append("(OLD.effective_on = NEW.effective_on OR (OLD.effective_on IS NULL AND NEW.effective_on IS NULL))")
    return " AND ".join(["OLD.superseded_by IS NULL", *same])


def _reshape(old: dict[str, str], new: dict[str, str], key: str) -> None:
    drop_append_only_triggers(op, "yield_cap")
    if is_postgresql(op):
        _alter(old, new, key)
    else:
        _rebuild(new, key)
    create_append_only_triggers(op, "yield_cap", unless=_only_superseded(new))


def _alter(old: dict[str, str], new: dict[str, str], key: str) -> None:
    op.execute("ALTER TABLE yield_cap DROP CONSTRAINT uq_yield_cap_revision")
    for column, kind in new.items():
        op.execute(f"ALTER TABLE yield_cap ADD COLUMN {column} {kind}")
    for column in old:
        op.execute(f"ALTER TABLE yield_cap DROP COLUMN {column}")
    for name, condition in _CHECKS.items() if new else ():
        op.execute(f"ALTER TABLE yield_cap ADD CONSTRAINT ck_yield_cap_{name} CHECK ({condition})")
    op.execute(f"ALTER TABLE yield_cap ADD CONSTRAINT uq_yield_cap_revision UNIQUE ({key})")


_KEPT = "id, gi_id, zone, year, unit, revision, per_mu, status, decided_on, basis, document, superseded_by, created_at"


def _rebuild(new: dict[str, str], key: str) -> None:
    """SQLite keeps a key inside the table, so the table is made anew; its triggers are put back by the caller."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TEMPORARY TABLE kept_cap AS SELECT {_KEPT} FROM yield_cap")
    op.execute("DROP TABLE yield_cap")
    columns = [
        "id INTEGER NOT NULL",
        "gi_id INTEGER NOT NULL",
        "zone VARCHAR NOT NULL",
        "year INTEGER NOT NULL",
        "unit VARCHAR NOT NULL",
        "revision INTEGER NOT NULL",
        "per_mu BIGINT NOT NULL",
        "status VARCHAR NOT NULL",
        "decided_on DATE NOT NULL",
        "basis VARCHAR NOT NULL",
        "document INTEGER",
        "superseded_by INTEGER",
        "created_at DATETIME NOT NULL",
        *(f"{column} {kind}" for column, kind in new.items()),
        "CONSTRAINT ck_yield_cap_status CHECK (status IN ('final', 'provisional'))",
        "CONSTRAINT ck_yield_cap_unit CHECK (unit IN ('g', 'piece'))",
        "CONSTRAINT ck_yield_cap_per_mu CHECK (per_mu >= 0)",
        *(f"CONSTRAINT ck_yield_cap_{name} CHECK ({condition})" for name, condition in _CHECKS.items() if new),
        "CONSTRAINT fk_yield_cap_document FOREIGN KEY(document) REFERENCES document (id)",
        "CONSTRAINT fk_yield_cap_gi_id FOREIGN KEY(gi_id) REFERENCES gi (id)",
        "CONSTRAINT fk_yield_cap_superseded_by FOREIGN KEY(superseded_by) REFERENCES yield_cap (id)",
        "CONSTRAINT pk_yield_cap PRIMARY KEY (id)",
        f"CONSTRAINT uq_yield_cap_revision UNIQUE ({key})",
    ]
    op.execute(f"CREATE TABLE yield_cap ({', '.join(columns)})")
    op.execute(f"INSERT INTO yield_cap ({_KEPT}) SELECT {_KEPT} FROM kept_cap")
    op.execute("DROP TABLE kept_cap")


def _scoped() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=True),
        sa.Column("authority_division", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
    ]


def _limits(table: str, **checks: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")) for name, condition in checks.items()]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    found = {"owner_org_id": "organisation", **columns}
    return [sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}")) for name, to in found.items()]


def _indexes(table: str, *columns: str) -> None:
    for column in ("owner_org_id", "authority_division", *columns):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_proposal() -> None:
    op.create_table(
        "cap_proposal",
        *_scoped(),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("variety", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("per", sa.String(), nullable=False),
        sa.Column("commodity", sa.String(), nullable=False),
        sa.Column("per_mu", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("document", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.Column("cap_id", sa.Integer(), nullable=True),
        *_limits("cap_proposal", **_PROPOSAL_LIMITS),
        *_keys(
            "cap_proposal",
            gi_id="gi",
            document="document",
            follows_id="yield_cap",
            proposed_by="person",
            decided_by="person",
            cap_id="yield_cap",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cap_proposal")),
    )
    _indexes("cap_proposal")
    op.create_index("ix_cap_proposal_gi_year", "cap_proposal", ["gi_id", "year"])


_PROPOSAL_LIMITS = {
    "state": "state IN ('proposed', 'approved', 'rejected', 'withdrawn')",
    "unit": "unit IN ('g', 'piece')",
    "status": "status IN ('final', 'provisional')",
    "per": _PER,
    "commodity": "commodity = '' OR per = 'input'",
    "per_mu": "per_mu >= 0",
    "two_persons": "state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by",
    "reason": "state <> 'rejected' OR decision_note <> ''",
    "in_force": "(state = 'approved') = (cap_id IS NOT NULL)",
    "decided": "(state = 'proposed') = (decided_at IS NULL)",
}
_UNIT_LIMITS = {
    "state": "state IN ('declared', 'verified', 'refused', 'withdrawn', 'ended')",
    "kind": "kind IN ('cellar', 'head', 'kiln')",
    "quantity": "quantity > 0",
    "validity": "valid_to IS NULL OR valid_from <= valid_to",
    "ended": "state <> 'ended' OR valid_to IS NOT NULL",
    "two_persons": "state NOT IN ('verified', 'ended') OR (decided_by IS NOT NULL AND decided_by <> declared_by)",
}


def _create_unit() -> None:
    op.create_table(
        "capacity_unit",
        *_scoped(),
        sa.Column("authorisation_id", sa.Integer(), nullable=False),
        sa.Column("gi_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("variety", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("declared_by", sa.Integer(), nullable=False),
        sa.Column("declared_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=False),
        *_limits("capacity_unit", **_UNIT_LIMITS),
        *_keys(
            "capacity_unit", authorisation_id="authorisation", gi_id="gi", document="document", declared_by="person", decided_by="person"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_unit")),
    )
    _indexes("capacity_unit", "authorisation_id", "gi_id")
