"""Shapes of places and days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from gi_registry.divisions.rules import box_text, division_code
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import calendar_date
from gi_registry.kernel.words import say


def _day(value: object, info: ValidationInfo) -> object:
    return calendar_date(value, info.field_name or "") if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]


class DivisionForm(BaseModel):
    """A place, and what became of it.

    ``successor_code`` may name several, separated by ``|``: the ground went to each of them in part. ``changed_on`` is the day (empty:
    ``valid_to``); a place that lives on and gave up a part names itself among them. ``box`` is ``west,south,east,north`` in degrees.
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    parent_code: str = ""  # before the code, whose reading depends on it
    code: str
    name: str = Field(min_length=1, max_length=80)
    valid_from: Day | None = None
    valid_to: Day | None = None
    successor_code: str = ""
    changed_on: Day | None = None
    source: str = Field(default="", max_length=400)
    box: str = ""

    @property
    def successors(self) -> tuple[str, ...]:
        """The successors, one each."""
        return tuple(part for part in self.successor_code.split("|") if part)

    @property
    def since(self) -> date | None:
        """The day from which the successors have the ground."""
        return self.changed_on or self.valid_to

    @field_validator("successor_code")
    @classmethod
    def _codes(cls, value: str) -> str:
        separated = value.replace("、", "|").replace("；", "|").replace(";", "|")
        return "|".join(division_code(part.strip(), "successor_code") for part in separated.split("|") if part.strip())

    @field_validator("box")
    @classmethod
    def _box(cls, value: str) -> str:
        return box_text(value)

    @field_validator("code", "parent_code")
    @classmethod
    def _code(cls, value: str, info: ValidationInfo) -> str:
        if info.field_name == "code" and value == f"{info.data.get('parent_code')}00":
            return value  # 441900: a prefecture without counties stands as its own county in the lists
        return division_code(value, info.field_name or "code") if value else ""

    @model_validator(mode="after")
    def _makes_sense(self) -> DivisionForm:
        if self.parent_code and self.parent_code == self.code:
            raise invalid("parent_code", say("上级不能是自己。"), say("请填写上级区划代码。"), value=self.parent_code)
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise invalid("valid_to", say("终止日期不晚于起始日期。"), say("请核对两个日期。"), value=self.valid_to)
        if (len(self.successors) > 1 or self.changed_on) and not (self.successors and self.since):
            raise invalid("changed_on", say("承接区划和承接日期要一起填。"), say("有几个承接区划的，填写承接日期或终止日期。"))
        return self


class DayForm(BaseModel):
    """A day that departs from the week."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    day: Day
    working: Literal["true", "false"]
    note: str = ""
