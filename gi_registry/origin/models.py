"""Tables of origin: dated versions of areas, and plots."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned, multi_polygon_column
from gi_registry.kernel.states import check_list
from gi_registry.origin.rules.terms import PLOT_LIFE, Capture, Origin, Tenure


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class AreaVersion(Row, table=True):
    """One dated version of the area of a GI (or of one zone of it); half-open [valid_from, valid_to)."""

    __tablename__ = "area_version"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="period"),
        CheckConstraint("uncertainty_m >= 0", name="uncertainty"),
        Index("ix_area_version_gi_zone", "gi_id", "zone"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id")
    zone: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    text: str = ""
    places: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    geometry: Any = Field(default=None, sa_column=multi_polygon_column(nullable=True))
    uncertainty_m: int = 0
    area_m2: int | None = Field(default=None, sa_type=BigInteger)
    map_review_no: str = ""
    source: str = ""
    source_document: int | None = Field(default=None, sa_column=Column(ForeignKey("document.id"), nullable=True))
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    origin: str = Origin.FORM
    created_at: datetime


class Plot(Row, Scoped, Versioned, table=True):
    """A piece of ground a legal user declared, wherever it lies: the verdict is computed, never stored here."""

    __tablename__ = "plot"
    __table_args__ = (
        _one_of("tenure", Tenure),
        _one_of("capture", Capture),
        _one_of("origin", Origin),
        CheckConstraint(f"state IN ({check_list(PLOT_LIFE)})", name="state"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="period"),
        CheckConstraint("area_milli_mu >= 0 AND accuracy_m >= 0", name="measures"),
        CheckConstraint("converted_from IN ('', 'gcj02')", name="converted_from"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    gi_id: int = Field(foreign_key="gi.id", index=True)
    zone: str = ""
    name: str
    crop: str = ""
    tenure: str = Tenure.OWN
    geometry: Any = Field(sa_column=multi_polygon_column())
    area_milli_mu: int = Field(sa_type=BigInteger)
    accuracy_m: int = 0
    capture: str = Capture.MAP
    converted_from: str = Field(default="", sa_column_kwargs={"server_default": ""})
    valid_from: date | None = None
    valid_to: date | None = None
    state: str
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    earlier: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    origin: str = Origin.FORM
