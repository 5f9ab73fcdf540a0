"""Dated versions of areas."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index
from sqlmodel import Field

from gi_registry.db import Row, multi_polygon_column
from gi_registry.origin.rules.terms import Origin


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
