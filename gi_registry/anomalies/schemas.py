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


class RecordFact(_Form):
    """What an officer or a document established."""

    ground: str
    authorisation_id: int
    statement: str = Field(min_length=2, max_length=4000)
    source: str = Field(min_length=2, max_length=400)
    established_on: date
    document_id: int | None = None
