"""Shapes of the register, the same for a form, a row of a file and JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import agi_number, announcement, calendar_date, standard, trademark, uscc
from gi_registry.kernel.words import say
from gi_registry.registry.rules import AUTHORISATION_LIFE, Capacity, MarkingMode, Place, Track, Unit, life_of, settled_state


def _day(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        return calendar_date(value, info.field_name or "") if value.strip() else None
    return value


Day = Annotated[date, BeforeValidator(_day)]
MaybeDay = Annotated[date | None, BeforeValidator(_day)]


class Shape(BaseModel):
    """What every shape here has in common: frozen, blanks at the ends of texts gone."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class GiForm(Shape):
    """A geographical indication."""

    code: str = Field(min_length=1, max_length=80)
    name: str = Field(min_length=1, max_length=300)
    name_en: str = Field(default="", max_length=300)
    category: str = Field(default="", max_length=40)
    country: str = Field(default="CN", pattern="^[A-Z]{2}$")
    division_code: str = ""
    authority_division: str = ""
    holder_uscc: str = ""
    holder_name: str = Field(default="", max_length=160)
    opening_on: str = Field(default="", pattern=r"^(\d{2}-\d{2})?$")
    note: str = Field(default="", max_length=2000)
    version: int | None = None

    @field_validator("holder_uscc")
    @classmethod
    def _uscc(cls, value: str) -> str:
        return uscc(value, "holder_uscc") if value else ""


class ProtectionForm(Shape):
    """A GI's protection on one track: numbers, dates, what must lie inside, what limits the quantity."""

    track: Track
    number: str = Field(min_length=1, max_length=80)
    announcement: str = Field(default="", max_length=200)
    announced_on: MaybeDay = None
    trade_mark_no: str = ""
    trade_mark_class: str = Field(default="", max_length=20)
    standard_no: str = ""
    valid_from: MaybeDay = None
    valid_to: MaybeDay = None
    state: str = ""
    raw_material: Place = Place.REQUIRED_INSIDE
    production: Place = Place.REQUIRED_INSIDE
    packing: Place = Place.ALLOWED_OUTSIDE
    capacity_basis: Capacity = Capacity.NONE
    version: int | None = None

    @field_validator("announcement")
    @classmethod
    def _announcement(cls, value: str) -> str:
        return announcement(value).raw if value else ""

    @field_validator("trade_mark_no")
    @classmethod
    def _trade_mark(cls, value: str) -> str:
        return trademark(value) if value else ""

    @field_validator("standard_no")
    @classmethod
    def _standard(cls, value: str) -> str:
        return standard(value) if value else ""

    @model_validator(mode="after")
    def _fits_its_track(self) -> ProtectionForm:
        if self.track in (Track.COLLECTIVE, Track.CERTIFICATION) and not self.trade_mark_no:
            raise invalid("trade_mark_no", say("集体商标、证明商标须填商标注册号。"), say("例如 5617102。"))
        if self.track == Track.AGRICULTURAL:
            agi_number(self.number, "protection_number")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise invalid("valid_to", say("终止日期不晚于起始日期。"), say("请核对两个日期。"), value=self.valid_to)
        if self.state and self.state not in life_of(self.track).states:
            raise invalid("state", say("“%(state)s”不是这类保护的状态。", state=self.state), value=self.state)
        return self

    @property
    def settled(self) -> str:
        """The state in which it enters the register: as stated, else in force."""
        return self.state or settled_state(self.track)

    @property
    def steps(self) -> dict[str, str]:
        """Where each step may lie."""
        return {"raw_material": self.raw_material.value, "production": self.production.value, "packing": self.packing.value}


class AuthorisationForm(Shape):
    """An announced authorisation; without a USCC it is entered unmatched."""

    number: str = Field(min_length=1, max_length=80)
    protection_id: int
    name: str = Field(min_length=1, max_length=160)
    uscc: str = ""
    legal_basis: str = Field(default="", max_length=200)
    announcement: str = Field(default="", max_length=200)
    valid_from: Day
    valid_to: MaybeDay = None
    state: str = "active"
    authority_division: str = ""

    @field_validator("uscc")
    @classmethod
    def _uscc(cls, value: str) -> str:
        return uscc(value) if value else ""

    @field_validator("announcement")
    @classmethod
    def _announcement(cls, value: str) -> str:
        return announcement(value).raw if value else ""

    @field_validator("state")
    @classmethod
    def _state(cls, value: str) -> str:
        if value not in AUTHORISATION_LIFE.states:
            raise invalid("state", say("“%(state)s”不是用标登记的状态。", state=value), say("已公告的填 active。"), value=value)
        return value

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> AuthorisationForm:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise invalid("valid_to", say("终止日期早于起始日期。"), say("请核对两个日期。"), value=self.valid_to)
        return self


class AuthorisationFilters(Shape):
    """The filters of a list of authorisations, as they stand in the address."""

    q: str = ""
    state: str = ""
    track: str = ""
    matched: str = ""
    gi_id: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether any filter is set."""
        return bool(self.q or self.state or self.track or self.matched or self.gi_id)

    def narrowing(self) -> dict[str, Any]:
        """Return what the query is narrowed by."""
        matched = {"yes": True, "no": False}.get(self.matched)
        return {"text": self.q, "state": self.state, "track": self.track, "matched": matched, "gi_id": self.gi_id}


class ChangeForm(Shape):
    """An announced change of an authorisation."""

    version: int
    name: str = Field(min_length=1, max_length=160)
    announcement: str = Field(min_length=1, max_length=200)
    legal_basis: str = Field(default="", max_length=200)
    valid_to: MaybeDay = None
    effective_on: Day

    @field_validator("announcement")
    @classmethod
    def _announcement(cls, value: str) -> str:
        return announcement(value).raw if value else ""


class StepForm(Shape):
    """A step of an authorisation's life that needs a reason."""

    version: int
    reason: str = Field(min_length=2, max_length=500)
    on: MaybeDay = None


class RestrictForm(Shape):
    """A restriction that an officer imposes by hand."""

    version: int
    effect: str
    basis: str = Field(min_length=2, max_length=300)
    from_on: Day


class LiftForm(Shape):
    """The lifting of a restriction, as the page was when it was opened."""

    version: int


class MatchForm(Shape):
    """Which organisation an unmatched authorisation belongs to."""

    version: int
    uscc: str

    @field_validator("uscc")
    @classmethod
    def _uscc(cls, value: str) -> str:
        return uscc(value)


class SiteForm(Shape):
    """A production site."""

    name: str = Field(min_length=1, max_length=120)
    address: str = Field(default="", max_length=200)
    division_code: str = ""


class ProductForm(Shape):
    """What a label is stuck on."""

    name: str = Field(min_length=1, max_length=120)
    grade: str = Field(default="", max_length=40)
    unit: Unit
    content_per_label: int = Field(ge=1, le=10_000_000)
    marking_mode: MarkingMode = MarkingMode.ITEM_CODE
    standard_no: str = ""
    shelf_life_days: int | None = Field(default=None, ge=1, le=36_500)
    daily_capacity: int | None = Field(default=None, ge=1, le=100_000_000)
    version: int | None = None

    @field_validator("standard_no")
    @classmethod
    def _standard(cls, value: str) -> str:
        return standard(value) if value else ""


class OrganisationRow(Shape):
    """An organisation as a row of a file states it."""

    uscc: str
    name: str = Field(min_length=1, max_length=160)
    kind: Literal["producer", "holder", "authority", "printer", "institution", "platform", "market"] = "producer"
    division_code: str = ""
    address: str = Field(default="", max_length=200)
    natural_person: bool = False
    contact: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=40)
    authority_division: str = ""

    @field_validator("uscc")
    @classmethod
    def _uscc(cls, value: str) -> str:
        return uscc(value)
