"""Yield caps."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.life import CapStatus
from gi_registry.db import Row


class YieldCap(Row, table=True):
    """The most that a mu yields, for a GI, zone, year and unit; never overwritten, only superseded by a later revision."""

    __tablename__ = "yield_cap"
    __table_args__ = (
        UniqueConstraint("gi_id", "zone", "year", "unit", "revision", name="uq_yield_cap_revision"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"status IN ({listed(CapStatus)})", name="status"),
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
