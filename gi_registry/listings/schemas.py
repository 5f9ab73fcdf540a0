"""Shapes of the abnormal-use list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from gi_registry.notices.rules import Method


@dataclass(frozen=True)
class Attachment:
    """A file that someone hands in."""

    name: str
    content: bytes


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class Version(_Form):
    """An act that needs no words: the version that the form was opened with."""

    version: int


class Act(Version):
    """An act on a case, and what there is to say."""

    note: str = Field(default="", max_length=4000)


class ReasonedAct(Act):
    """An act that needs its reasons."""

    note: str = Field(min_length=2, max_length=4000)


class ServedAct(Act):
    """An act that issues a paper: how it is served."""

    method: Method


class ReasonedServedAct(ReasonedAct):
    """An act that issues a paper and needs its reasons."""

    method: Method


class ProveService(Version):
    """The receipt of a delivery by post or in person; nothing to fill in for the other two methods."""

    served_on: date | None = None


class FileDefence(Version):
    """The party's statement: one point a line."""

    points: str = Field(min_length=2, max_length=20_000)


class AnswerPoint(_Form):
    """The answer to one point."""

    LEAST: ClassVar[int] = 2

    number: int
    answer: str = Field(min_length=LEAST, max_length=8000)
    outcome: str = Field(pattern="^(accepted|partly|rejected)$")
