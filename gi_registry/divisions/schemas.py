"""Shapes of places and days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from gi_registry.divisions.rules import division_code
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import calendar_date
from gi_registry.kernel.words import say


def _day(value: object, info: ValidationInfo) -> object:
    return calendar_date(value, info.field_name or "") if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]


class DivisionForm(BaseModel):
    """A place."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    parent_code: str = ""  # before the code, whose reading depends on it
    code: str
    name: str = Field(min_length=1, max_length=80)
    valid_from: Day | None = None
    valid_to: Day | None = None
    successor_code: str = ""

    @field_validator("code", "parent_code", "successor_code")
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
        return self


class DayForm(BaseModel):
    """A day that departs from the week."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    day: Day
    working: Literal["true", "false"]
    note: str = ""
