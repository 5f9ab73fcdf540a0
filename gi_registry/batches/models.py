"""Tables of batches: yield caps, batches with their plots, and the double-entry ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.ledger import SOURCES, Account
from gi_registry.batches.rules.life import BATCH_LIFE, CapStatus, Kind, Origin
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


def _listed(values: Any) -> str:
    return ", ".join(f"'{value}'" for value in sorted(map(str, values)))


class YieldCap(Row, table=True):
    """The most that a mu yields, for a GI, zone, year and unit; never overwritten, only superseded by a later revision."""

    __tablename__ = "yield_cap"
    __table_args__ = (
        UniqueConstraint("gi_id", "zone", "year", "unit", "revision", name="uq_yield_cap_revision"),
        CheckConstraint(f"unit IN ({_listed(UNITS)})", name="unit"),
        CheckConstraint(f"status IN ({_listed(CapStatus)})", name="status"),
        CheckConstraint("per_mu >= 0", name="per_mu"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id")
    zone: str = ""
    year: int
    unit: str
    revision: int = 1
    per_mu: int = Field(sa_type=BigInteger)
    status: str
    decided_on: date
    basis: str = ""
    document: int | None = Field(default=None, sa_column=Column(ForeignKey("document.id"), nullable=True))
    superseded_by: int | None = Field(default=None, foreign_key="yield_cap.id")
    created_at: datetime


class Batch(Row, Scoped, Versioned, table=True):
    """Goods that labels may be bound to. ``quantity`` is what came in, ``product_quantity`` what it yields as product (grams or pieces)."""

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_listed(Kind)})", name="kind"),
        CheckConstraint(f"unit IN ({_listed(UNITS)})", name="unit"),
        CheckConstraint(f"origin IN ({_listed(Origin)})", name="origin"),
        CheckConstraint(f"state IN ({check_list(BATCH_LIFE)})", name="state"),
        CheckConstraint("quantity > 0 AND product_quantity >= 0", name="quantity"),
        Index("ix_batch_authorisation_year", "authorisation_id", "account_year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    gi_id: int = Field(foreign_key="gi.id", index=True)
    zone: str = ""
    harvest_year: int
    account_year: int
    kind: str
    harvested_on: date | None = None
    packed_on: date | None = None
    quantity: int = Field(sa_type=BigInteger)
    unit: str
    product_quantity: int = Field(sa_type=BigInteger)
    conversion_permille: int = 1000
    conversion_version: str = ""
    grade: str = ""
    best_before_on: date | None = None
    supplier: str = ""
    supplier_authorisation_id: int | None = Field(default=None, foreign_key="authorisation.id", index=True)
    sale_confirmed_on: date | None = None
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reason: str = ""
    state: str
    origin: str = Origin.FORM
    created_at: datetime


class BatchPlot(Row, table=True):
    """What one plot gave to a batch, with the verdict on the plot on the day of harvest."""

    __tablename__ = "batch_plot"
    __table_args__ = (
        UniqueConstraint("batch_id", "plot_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("verdict IN ('inside', 'outside', 'uncertain')", name="verdict"),
    )

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)
    plot_id: int = Field(foreign_key="plot.id", index=True)
    quantity: int = Field(sa_type=BigInteger)
    verdict: str
    reason: str
    judged_on: date
    area_version_id: int | None = Field(default=None, foreign_key="area_version.id")
    distance_m: int | None = None
    tolerance_m: int
    share_inside: int | None = None


class LedgerAccount(Row, table=True):
    """One account of an authorisation, GI, year, zone and unit; the balance is the sum of its entries."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("authorisation_id", "gi_id", "year", "zone", "unit", "kind", name="uq_ledger_account_key"),
        CheckConstraint(f"kind IN ({_listed(Account)})", name="kind"),
        CheckConstraint(f"unit IN ({_listed(UNITS)})", name="unit"),
        CheckConstraint(f"balance >= 0 OR kind IN ({_listed(SOURCES)})", name="balance"),
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
