"""What forms, bulk rows and JSON say about a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

REASON = ":reason"
PICK = "pick:"
_NOT_FIGURES = frozenset({"csrf_token", "form_key", "version", "next", "conflicts"})


class Form(BaseModel):
    """A form that never changes once it was read; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Draft(Form):
    """A saved form: figures and sentences as typed, by key; ``version`` 0 for a report that does not exist yet."""

    version: int = Field(ge=0)
    values: dict[str, str] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)


class SectionDraft(Draft):
    """One section as typed; ``version`` is that in which the section last changed, ``done`` that its writer has finished it."""

    version: int
    done: bool = False


class Confirm(Form):
    """The sections that a person confirms as they are prefilled, and the version of the draft that was looked at."""

    version: int = Field(ge=0)
    sections: list[str] = Field(default_factory=list, max_length=8)


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


class StampedFiling(Form):
    """Filing by the stamped paper instead of the electronic declaration: which version was printed, who signed the paper."""

    version: int = Field(ge=1)
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


def section_fields(form: Mapping[str, str]) -> dict[str, object]:
    """Return the posted form of one section as the fields of ``SectionDraft``.

    After a conflict the form names the fields in question in ``conflicts`` and has a ``pick:`` for each: *theirs* leaves the stored
    value alone. A field without a pick keeps the conflict open (version -1 is never the current one).
    """
    fields = draft_fields({name: text for name, text in form.items() if not name.startswith(PICK)})
    asked = form.get("conflicts", "").split()
    theirs = [key for key in asked if form.get(PICK + key) == "theirs"]
    undecided = any(form.get(PICK + key) not in {"mine", "theirs"} for key in asked)
    left = {name: text for name, text in _texts(fields["values"]).items() if not _belongs(name, theirs)}
    return fields | {"values": left, "done": form.get("next", "") == "done", "version": "-1" if undecided else fields["version"]}


def _texts(values: object) -> dict[str, str]:
    return dict(values) if isinstance(values, Mapping) else {}


def _belongs(name: str, keys: Sequence[str]) -> bool:
    """Say whether a posted name is one of the fields, or a cell of one of the lists."""
    return any(name == key or (name.startswith(f"{key}.") and key.endswith("_rows")) for key in keys)


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
