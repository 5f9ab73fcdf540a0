"""What forms, bulk rows and JSON say about a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

REASON = ":reason"
_NOT_FIGURES = frozenset({"csrf_token", "version"})


class Form(BaseModel):
    """A form that never changes once it was read; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Draft(Form):
    """A saved form: figures and sentences as typed, by key; ``version`` 0 for a report that does not exist yet."""

    version: int = Field(ge=0)
    values: dict[str, str] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)


class NilReport(Form):
    """The mark was not used: since when, why."""

    version: int = Field(ge=0)
    nil_since: date
    nil_reason: str = Field(min_length=2, max_length=500)


class Filing(Form):
    """The act of filing: which version was looked at, the declaration, the name of who signs."""

    version: int = Field(ge=1)
    declared: bool = False
    signed_name: str = Field(min_length=1, max_length=60)


class NilFiling(NilReport):
    """A nil report filed in the same screen."""

    declared: bool = False
    signed_name: str = Field(min_length=1, max_length=60)


class Step(Form):
    """A step without words: check, accept, withdraw, amend."""

    version: int = Field(ge=1)


class Return(Form):
    """A return: the reasons are shown to the producer."""

    version: int = Field(ge=1)
    reasons: str = Field(min_length=4, max_length=2000)


def draft_fields(form: Mapping[str, str]) -> dict[str, object]:
    """Return a posted form as the fields of ``Draft``: ``area`` is a value, ``area:reason`` the reason for changing it."""
    values = {name: text for name, text in form.items() if name not in _NOT_FIGURES and not name.endswith(REASON)}
    reasons = {name.removesuffix(REASON): text for name, text in form.items() if name.endswith(REASON)}
    return {"version": form.get("version", "0"), "values": values, "reasons": reasons}


class StatedReport(Form):
    """A report of the past, as a file states it: stored as stated."""

    year: int = Field(ge=2000, le=2200)
    state: Literal["filed", "county_checked", "accepted"] = "accepted"
    filed_on: date
    nil: bool = False
    nil_since: date | None = None
    nil_reason: str = Field(default="", max_length=500)
    marking_mode: Literal["", "item_code", "batch_code", "pre_printed"] = ""
    signed_by: str = Field(default="", max_length=60)
