"""Shapes of notices."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict


class ConsentForm(BaseModel):
    """The party's signed confirmation of electronic service: the day it was signed."""

    model_config = ConfigDict(frozen=True)

    confirmed_on: date
