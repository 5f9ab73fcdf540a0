"""Shapes of caps and batches: HTML form, bulk row and JSON alike. Quantities are typed in kilograms or pieces."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from gi_registry.batches.rules.dates import BatchDates
from gi_registry.batches.rules.life import CapStatus, Kind

_SHAPE = ConfigDict(frozen=True, str_strip_whitespace=True)


class CapFields(BaseModel):
    """A yield cap: the most a mu may yield, in kilograms or pieces."""

    model_config = _SHAPE

    zone: str = Field(default="", max_length=60)
    year: int = Field(ge=1990, le=2100)
    unit: str = Field(pattern="^(g|piece)$")
    per_mu: str = Field(min_length=1, max_length=20)
    status: CapStatus
    decided_on: date
    basis: str = Field(default="", max_length=400)


class BatchFields(BaseModel):
    """What a producer states of a batch. ``quantity`` may stay empty where the plots' quantities say it."""

    model_config = _SHAPE

    kind: Kind
    product_id: int | None = None
    unit: str = Field(default="", pattern="^(g|piece|)$")
    zone: str = Field(default="", max_length=60)
    harvest_year: int = Field(ge=1990, le=2100)
    account_year: int | None = Field(default=None, ge=1990, le=2100)
    harvested_on: date | None = None
    packed_on: date | None = None
    best_before_on: date | None = None
    quantity: str = Field(default="", max_length=24)
    grade: str = Field(default="", max_length=60)
    supplier: str = Field(default="", max_length=200)
    supplier_number: str = Field(default="", max_length=80)

    @property
    def counted_year(self) -> int:
        """The year whose entitlement the batch feeds; a harvest's own unless another is stated."""
        return self.account_year or self.harvest_year

    @property
    def dates(self) -> BatchDates:
        """The dates, for the rules."""
        return BatchDates(self.harvest_year, self.counted_year, self.harvested_on, self.packed_on, self.best_before_on)


class Version(BaseModel):
    """The version of the record the form was opened on."""

    model_config = _SHAPE

    version: int | None = None


class Why(BaseModel):
    """A reason that will stand in the record, and the version the form was opened on."""

    model_config = _SHAPE

    reason: str = Field(min_length=2, max_length=400)
    version: int | None = None
