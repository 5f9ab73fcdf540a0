"""Plots."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned, multi_polygon_column
from gi_registry.kernel.states import check_list
from gi_registry.origin.models.shared import one_of
from gi_registry.origin.rules.terms import PLOT_LIFE, Capture, Origin, Tenure


class Plot(Row, Scoped, Versioned, table=True):
    """A piece of ground a legal user declared, wherever it lies: the verdict is computed, never stored here."""

    __tablename__ = "plot"
    __table_args__ = (
        one_of("tenure", Tenure),
        one_of("capture", Capture),
        one_of("origin", Origin),
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
