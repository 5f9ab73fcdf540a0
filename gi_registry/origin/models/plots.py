"""Plots, the farmers who work them under contract, and the files they came in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, UniqueConstraint
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned, multi_polygon_column
from gi_registry.kernel.states import check_list
from gi_registry.origin.models.shared import one_of
from gi_registry.origin.rules.terms import PLOT_FILE_LIFE, PLOT_LIFE, Capture, Origin, Tenure


class Farmer(Row, Scoped, table=True):
    """A household that works ground for a legal user under contract; no phone number, no identity number."""

    __tablename__ = "farmer"
    __table_args__ = (UniqueConstraint("authorisation_id", "name", "contract_number"),)

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    name: str
    division_code: str = ""
    contract_number: str = ""


class Plot(Row, Scoped, Versioned, table=True):
    """A piece of ground a legal user declared, wherever it lies: the verdict is computed, never stored here.

    ``season`` empty is the whole year; ``division_code`` is the township or village it lies in; ``verified_on`` is the county's 核实.
    """

    __tablename__ = "plot"
    __table_args__ = (
        one_of("tenure", Tenure),
        one_of("capture", Capture),
        one_of("origin", Origin),
        CheckConstraint(f"state IN ({check_list(PLOT_LIFE)})", name="state"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="period"),
        CheckConstraint("area_milli_mu >= 0 AND accuracy_m >= 0", name="measures"),
        CheckConstraint("converted_from IN ('', 'gcj02', 'bd09')", name="converted_from"),
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
    variety: str = Field(default="", sa_column_kwargs={"server_default": ""})
    season: str = Field(default="", sa_column_kwargs={"server_default": ""})
    land_record: str = Field(default="", sa_column_kwargs={"server_default": ""})
    division_code: str = Field(default="", sa_column_kwargs={"server_default": ""})
    farmer_id: int | None = Field(default=None, foreign_key="farmer.id")
    verified_on: date | None = None
    verified_by: int | None = Field(default=None, foreign_key="person.id")


class PlotFile(Row, Scoped, Versioned, table=True):
    """A file of plots that a producer brought: kept as it came until its plots are stored or it is dropped.

    ``reading`` says how it is read (layer, CRS, names of fields, datum); ``stored`` are the ids of the plots that came of it.
    """

    __tablename__ = "plot_file"
    __table_args__ = (CheckConstraint(f"state IN ({check_list(PLOT_FILE_LIFE)})", name="state"),)

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    sha256: str = Field(sa_column=Column(ForeignKey("document_content.sha256"), nullable=False))
    name: str
    reading: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    stored: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str = ""
    created_at: datetime


class OfficialArea(Row, table=True):
    """What official statistics say of the land of a crop in a place and year, in thousandths of a mu; crop empty is all of it."""

    __tablename__ = "official_area"
    __table_args__ = (
        UniqueConstraint("gi_id", "division_code", "crop", "year"),
        CheckConstraint("area_milli_mu >= 0", name="area"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id")
    division_code: str
    crop: str = ""
    year: int
    area_milli_mu: int = Field(sa_type=BigInteger)
    source: str
