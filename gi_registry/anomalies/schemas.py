"""Shapes of anomalies."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)


class DismissFinding(_Form):
    """Set a finding aside."""

    reason: str = Field(min_length=2, max_length=2000)
    version: int


class FactForm(_Form):
    """What the officer fills in about one authorisation; the document comes beside it."""

    ground: str
    established_on: date = Field(ge=date(2000, 1, 1))
    statement: str = Field(min_length=2, max_length=4000)
    source: str = Field(min_length=2, max_length=400)


class RecordFact(_Form):
    """What an officer or a document established."""

    ground: str
    authorisation_id: int
    statement: str = Field(min_length=2, max_length=4000)
    source: str = Field(min_length=2, max_length=400)
    established_on: date
    document_id: int | None = None
