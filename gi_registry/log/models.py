"""Tables of the log. No verbs; the triggers that keep them append-only are in ``migrations/support.py``."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text
from sqlmodel import Field

from gi_registry.db import Row, metadata


class LogHead(Row, table=True):
    """One row: how many leaves there are, the root over them, and the frontier from which the next append goes on."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), CheckConstraint("size >= 0", name="size"))

    id: int = Field(default=1, primary_key=True)
    size: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    frontier: bytes = Field(default=b"", sa_column=Column(LargeBinary, nullable=False))


class LogLeaf(Row, table=True):
    """One leaf: its canonical JSON and the hash of that."""

    __tablename__ = "log_leaf"

    index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))


class LogNode(Row, table=True):
    """The hash of one complete subtree of level 1 or more: leaves ``index << level`` up to ``(index + 1) << level``."""

    __tablename__ = "log_node"
    __table_args__ = (CheckConstraint("level >= 1", name="level"),)

    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogEntry(Row, table=True):
    """Which row a leaf speaks of: the row's salted hash, and the salt (or, once forgotten, the salt's SHA-256)."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_row", "table_name", "row_id", "leaf_index"),)

    leaf_index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    position: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    table_name: str
    row_id: str
    salt: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    row_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogKey(Row, table=True):
    """The Ed25519 key that signs checkpoints under a name; its secret half is sealed with the installation's secret key."""

    __tablename__ = "log_key"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    name: str
    public: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime


HEAD: Table = metadata.tables["log_head"]
LEAF: Table = metadata.tables["log_leaf"]
NODE: Table = metadata.tables["log_node"]
ENTRY: Table = metadata.tables["log_entry"]
KEY: Table = metadata.tables["log_key"]
