"""Shapes of what people say about codes and do with leads."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Limit

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.supervision.rules.doubts import LONGEST_TEXT, Wrong

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Doubt(_Shape):
    """A doubt from the public. Nothing is required but one word of what seems wrong: a choice, a text or a photo."""

    wrongs: list[Wrong] = Limit(default_factory=list, max_length=len(Wrong))
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)] = ""
    place_division: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12, pattern=r"^\d*$")] = ""
    place: Line = ""
    bought_on: date | None = None
    contact: Line = ""


class Statement(_Shape):
    """A user's statement that codes are not ours: one printed code, a run of them, or serial numbers of an allotment."""

    from_code: Code = ""
    to_code: Code = ""
    allotment_id: int | None = None
    first: int | None = Limit(default=None, ge=1)
    last: int | None = Limit(default=None, ge=1)
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_TEXT)] = ""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.from_code and not (self.allotment_id and self.first):
            raise invalid("from_code", say("请填写标识码。"), say("填写标签上的 20 位标识码；一段连续标签请再填最后一枚的标识码。"))
        return self


class Withdrawal(_Shape):
    """Why a user takes a statement back."""

    reason: Reason
    version: int | None = None


class Assignment(_Shape):
    """To whom a lead goes: to the officer at hand, or down to another place of the region."""

    to_division: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12, pattern=r"^\d*$")] = ""
    note: Line = ""
    version: int | None = None


class Step(_Shape):
    """An act that needs no words."""

    version: int | None = None


class ReasonedStep(_Shape):
    """An act with its reason."""

    reason: Reason
    version: int | None = None


class Feedback(_Shape):
    """What was fed back, to whom it concerns."""

    feedback: Reason
    version: int | None = None
