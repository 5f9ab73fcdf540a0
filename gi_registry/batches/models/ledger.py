"""The double-entry ledger."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.ledger import SOURCES, Account
from gi_registry.db import Row


class LedgerAccount(Row, table=True):
    """One account of an authorisation, GI, year, zone and unit; the balance is the sum of its entries."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("authorisation_id", "gi_id", "year", "zone", "unit", "kind", name="uq_ledger_account_key"),
        CheckConstraint(f"kind IN ({listed(Account)})", name="kind"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"balance >= 0 OR kind IN ({listed(SOURCES)})", name="balance"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    gi_id: int = Field(foreign_key="gi.id")
    year: int
    zone: str = ""
    unit: str
    kind: str
    balance: int = Field(default=0, sa_type=BigInteger)


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
