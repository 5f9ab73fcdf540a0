"""Shapes of accounts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gi_registry.kernel.identifiers import uscc


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
    uscc: str = ""

    @field_validator("uscc")
    @classmethod
    def _uscc(cls, value: str) -> str:
        return uscc(value) if value else ""


class VersionForm(BaseModel):
    """An act on a record as it was when the page was opened."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    version: int


class GrantForm(VersionForm):
    """One more role."""

    role: str
    division_code: str = ""


class PasswordForm(VersionForm):
    """A new password."""

    password: str = Field(max_length=200)


class OrganisationForm(VersionForm):
    """What an office may change of an organisation; its USCC stays."""

    name: str = Field(min_length=1, max_length=160)
    address: str = Field(default="", max_length=200)
    contact: str = Field(default="", max_length=80)
    phone: str = Field(default="", max_length=40)
    division_code: str = ""
    natural_person: bool = False
