"""Tables of log."""

from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
import sqlmodel
from alembic import op

from migrations import support

revision = "0001"
down_revision = "0000"
branch_labels = None
depends_on = None

TABLES = ("log_key", "log_entry", "log_node", "log_leaf", "log_head")

# the one permitted change of an entry: its 16-byte salt gives way to the salt's 32-byte hash (erasure of personal data)
FORGET_SALT = (
    "length(OLD.salt) = 16 AND length(NEW.salt) = 32 AND NEW.leaf_index = OLD.leaf_index AND NEW.position = OLD.position "
    "AND NEW.table_name = OLD.table_name AND NEW.row_id = OLD.row_id AND NEW.row_hash = OLD.row_hash"
)


def upgrade() -> None:
    """Create the tables, the empty head and the triggers that keep the log append-only."""
    _create_head()
    op.create_table(
        "log_leaf",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_leaf")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("level >= 1", name=op.f("ck_log_node_level")),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_log_node")),
    )
    _create_entry()
    _create_key()
    support.create_append_only_triggers(op, "log_leaf", key=("index",))
    support.create_append_only_triggers(op, "log_node", key=("level", "index"))
    support.create_append_only_triggers(op, "log_entry", key=("leaf_index", "position"), unless=FORGET_SALT)
    support.create_append_only_triggers(op, "log_head", unless="NEW.size > OLD.size AND NEW.id = OLD.id")


def _create_head() -> None:
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one_row")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_log_head_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.bulk_insert(head, [{"id": 1, "size": 0, "root": sha256(b"").digest(), "frontier": b""}])


def _create_entry() -> None:
    op.create_table(
        "log_entry",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("row_id", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", "position", name=op.f("pk_log_entry")),
    )
    op.create_index("ix_log_entry_row", "log_entry", ["table_name", "row_id", "leaf_index"], unique=False)


def _create_key() -> None:
    op.create_table(
        "log_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_key_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_key")),
    )


def downgrade() -> None:
    """Drop the tables; their triggers go with them."""
    op.drop_index("ix_log_entry_row", table_name="log_entry")
    for table in TABLES:
        op.drop_table(table)
    support.drop_refuse_function(op)
