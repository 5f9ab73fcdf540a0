"""Shapes of accounts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class SignIn(BaseModel):
    """The sign-in form."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    login: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)
    next: str = ""


class NewPerson(BaseModel):
    """A person and their first role."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    login: str = Field(min_length=2, max_length=80)
    name: str = Field(min_length=1, max_length=80)
    password: str = Field(max_length=200)
    role: str
    division_code: str = ""
    organisation_id: int | None = None
