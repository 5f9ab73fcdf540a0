"""Batches and what each plot gave to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.life import BATCH_LIFE, Kind, Origin
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


class Batch(Row, Scoped, Versioned, table=True):
    """Goods that labels may be bound to. ``quantity`` is what came in, ``product_quantity`` what it yields as product (grams or pieces).

    ``commodity`` (empty: the product itself), ``account_grade`` and ``farmer_id`` (None: the authorisation's own) say on which account of
    the ledger it stands; batches of the first releases stand on the ungraded one. ``supplier_farmer_id``: bought from one's own
    farmer. ``from_year``: the account year that opening stock is carried from, None where that is its harvest year.
    """

    __tablename__ = "batch"
    __table_args__ = (
        CheckConstraint(f"kind IN ({listed(Kind)})", name="kind"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"origin IN ({listed(Origin)})", name="origin"),
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
    commodity: str = Field(default="", sa_column_kwargs={"server_default": ""})
    account_grade: str = Field(default="", sa_column_kwargs={"server_default": ""})
    farmer_id: int | None = Field(default=None, foreign_key="farmer.id")
    supplier_farmer_id: int | None = Field(default=None, foreign_key="farmer.id")
    from_year: int | None = None


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
