"""The double-entry ledger."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.ledger import QUOTA, SOURCES, Account
from gi_registry.db import Row


class LedgerAccount(Row, table=True):
    """One account of an authorisation or farmer, GI, year, zone, unit, commodity and grade; the balance is the sum of its entries.

    ``farmer_id`` 0 is the authorisation's own; ``commodity`` "" is the product itself, else what it is made from (鲜叶); ``grade`` "" is
    ungraded. ``tolerance`` is how far below zero an account that holds goods may stand.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint(
            "authorisation_id", "gi_id", "year", "zone", "unit", "farmer_id", "commodity", "grade", "kind", name="uq_ledger_account_key"
        ),
        CheckConstraint(f"kind IN ({listed(Account)})", name="kind"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint("tolerance >= 0", name="tolerance"),
        CheckConstraint(f"balance >= -tolerance OR kind IN ({listed(SOURCES)})", name="balance"),
        CheckConstraint(f"kind NOT IN ({listed(QUOTA)}) OR (farmer_id = 0 AND commodity = '' AND grade = '')", name="quota"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    gi_id: int = Field(foreign_key="gi.id")
    year: int
    zone: str = ""
    unit: str
    kind: str
    balance: int = Field(default=0, sa_type=BigInteger)
    farmer_id: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    commodity: str = Field(default="", sa_column_kwargs={"server_default": ""})
    grade: str = Field(default="", sa_column_kwargs={"server_default": ""})
    tolerance: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


class LedgerTransfer(Row, table=True):
    """One act in the ledger. It is inserted after its entries: a trigger seals it and refuses one that is not zero-sum."""

    __tablename__ = "ledger_transfer"
    __table_args__ = (UniqueConstraint("tag", "source_kind", "source_id", name="uq_ledger_transfer_source"),)

    id: int | None = Field(default=None, primary_key=True)
    tag: str
    at: datetime
    on_date: date
    source_kind: str
    source_id: int
    batch_id: int | None = Field(default=None, foreign_key="batch.id", index=True)
    memo: str = ""


class LedgerEntry(Row, table=True):
    """One side of a transfer; never changed, never deleted."""

    __tablename__ = "ledger_entry"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)

    id: int | None = Field(default=None, primary_key=True)
    transfer_id: int = Field(
        sa_column=Column(ForeignKey("ledger_transfer.id", deferrable=True, initially="DEFERRED"), nullable=False, index=True)
    )
    account_id: int = Field(foreign_key="ledger_account.id", index=True)
    amount: int = Field(sa_type=BigInteger)
