"""Shapes of the abnormal-use list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from gi_registry.notices.rules import Method


@dataclass(frozen=True)
class Attachment:
    """A file that someone hands in."""

    name: str
    content: bytes


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Act(_Form):
    """An act on a case: the version that the form was opened with, and what there is to say."""

    version: int
    note: str = Field(default="", max_length=4000)


class ReasonedAct(Act):
    """An act that needs its reasons."""

    note: str = Field(min_length=2, max_length=4000)


class ServedAct(Act):
    """An act that issues a paper: how it is served."""

    method: Method


class ProveService(_Form):
    """The receipt of a delivery by post or in person; nothing to fill in for the other two methods."""

    version: int
    served_on: date | None = None


class FileDefence(_Form):
    """The party's statement: one point a line."""

    version: int
    points: str = Field(min_length=2, max_length=20_000)


class AnswerPoint(_Form):
    """The answer to one point."""

    number: int
    answer: str = Field(min_length=2, max_length=8000)
    outcome: str = Field(pattern="^(accepted|partly|rejected)$")
