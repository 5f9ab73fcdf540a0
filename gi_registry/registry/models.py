"""Tables of the register: GIs, protections, authorisations with sites and restrictions, products."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list
from gi_registry.registry.rules import AUTHORISATION_LIFE, PROTECTION_STATES, Capacity, Effect, MarkingMode, Track, Unit


def _one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Gi(Row, Scoped, Versioned, table=True):
    """A geographical indication: a name. ``owner_org_id`` equals ``holder_org_id``, so that the holder's people reach it."""

    __tablename__ = "gi"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str = Field(index=True)
    name_en: str = ""
    category: str = ""
    country: str = "CN"
    division_code: str | None = Field(default=None, foreign_key="division.code", index=True)
    holder_org_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    holder_name: str = ""
    opening_on: str = ""
    note: str = ""


class Protection(Row, Versioned, table=True):
    """A GI on one track of protection, with what it requires to lie inside and what limits its quantity."""

    __tablename__ = "protection"
    __table_args__ = (
        UniqueConstraint("track", "number"),
        _one_of("track", Track),
        _one_of("capacity_basis", Capacity),
        CheckConstraint("state IN (" + ", ".join(f"'{state}'" for state in PROTECTION_STATES) + ")", name="state"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to", name="validity"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int = Field(foreign_key="gi.id", index=True)
    track: str
    number: str
    announcement_raw: str = ""
    announcement_issuer: str = ""
    announcement_year: int | None = None
    announcement_number: int | None = None
    announced_on: date | None = None
    trade_mark_no: str = ""
    trade_mark_class: str = ""
    standard_no: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    state: str
    steps: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    capacity_basis: str = "none"


class Authorisation(Row, Scoped, Versioned, table=True):
    """One user's right to use the mark under one protection; ``matched`` once its organisation is known by USCC."""

    __tablename__ = "authorisation"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(AUTHORISATION_LIFE)})", name="state"),
        CheckConstraint("origin IN ('import', 'form')", name="origin"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="validity"),
        CheckConstraint("(matched AND organisation_id IS NOT NULL) OR (NOT matched AND organisation_id IS NULL)", name="matched"),
        Index(
            "uq_authorisation_in_use",
            "organisation_id",
            "protection_id",
            unique=True,
            sqlite_where=text("organisation_id IS NOT NULL AND state NOT IN ('deregistered', 'closed')"),
            postgresql_where=text("organisation_id IS NOT NULL AND state NOT IN ('deregistered', 'closed')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    protection_id: int = Field(foreign_key="protection.id", index=True)
    gi_id: int = Field(foreign_key="gi.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    raw_name: str = ""
    raw_uscc: str = ""
    matched: bool = True
    legal_basis: str = ""
    announcement_raw: str = ""
    announcement_issuer: str = ""
    announcement_year: int | None = None
    announcement_number: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state: str
    returned_from: str = ""
    reason: str = ""
    origin: str = "form"


class AuthorisationSite(Row, table=True):
    """A production site that the authorisation names; the right belongs to sites inside the area, not to the firm as a whole."""

    __tablename__ = "authorisation_site"

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    name: str
    address: str = ""
    division_code: str | None = Field(default=None, foreign_key="division.code")


class AuthorisationChange(Row, table=True):
    """What a change of an authorisation replaced: the values before and after, from which date and on what basis."""

    __tablename__ = "authorisation_change"

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    version: int
    effective_on: date
    basis: str
    before: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    after: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime


class AuthorisationRestriction(Row, table=True):
    """A restriction that another procedure put on an authorisation, with its basis; open until ``until_on``."""

    __tablename__ = "authorisation_restriction"
    __table_args__ = (
        _one_of("effect", Effect),
        CheckConstraint("basis <> '' OR effect = 'sampling_weight'", name="basis"),
        UniqueConstraint("source", "source_id", "authorisation_id", "effect", name="uq_authorisation_restriction_source"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    source: str
    source_id: int
    effect: str
    basis: str = ""
    from_on: date
    until_on: date | None = None


class Product(Row, Scoped, Versioned, table=True):
    """What a label is stuck on: net content per label in grams or pieces, and how the mark gets there.

    ``daily_capacity``: how many labels the line puts on a day as its user declares; None where nothing was declared.
    """

    __tablename__ = "product"
    __table_args__ = (
        _one_of("unit", Unit),
        _one_of("marking_mode", MarkingMode),
        CheckConstraint("content_per_label > 0", name="content_per_label"),
        CheckConstraint("daily_capacity > 0", name="daily_capacity"),
        UniqueConstraint("authorisation_id", "name", "grade", "unit", "content_per_label", name="uq_product_label"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    name: str
    grade: str = ""
    unit: str
    content_per_label: int
    marking_mode: str = "item_code"
    standard_no: str = ""
    shelf_life_days: int | None = None
    daily_capacity: int | None = Field(default=None, sa_type=BigInteger)
