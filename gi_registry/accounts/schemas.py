"""Shapes of accounts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gi_registry.accounts.rules.people import email_address, mobile_number
from gi_registry.kernel.identifiers import uscc


class SignIn(BaseModel):
    """The sign-in form."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    login: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)
    next: str = ""


class Contact(BaseModel):
    """Where a person is reached: both may stay empty, then there is only the inbox."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    email: str = Field(default="", max_length=160)
    phone: str = Field(default="", max_length=20)

    @field_validator("email")
    @classmethod
    def _email(cls, value: str) -> str:
        return email_address(value)

    @field_validator("phone")
    @classmethod
    def _phone(cls, value: str) -> str:
        return mobile_number(value)


class Invitee(Contact):
    """A person who will come in by a letter, and their first role."""

    login: str = Field(min_length=2, max_length=80)
    name: str = Field(min_length=1, max_length=80)
    role: str


class NewPerson(Invitee):
    """A person and their first role; without a password they come in by a letter."""

    password: str = Field(default="", max_length=200)
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


class Redeemed(BaseModel):
    """Login and one-time code of a letter, and the password the person chose."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    login: str = Field(min_length=1, max_length=80)
    code: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=200)
    again: str = Field(min_length=1, max_length=200)


class FactorCode(BaseModel):
    """A code of the authenticator, or a recovery code."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    code: str = Field(min_length=1, max_length=40)


class OwnPassword(BaseModel):
    """One's own new password, and the one it replaces."""

    model_config = ConfigDict(frozen=True)

    current: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=1, max_length=200)
    again: str = Field(min_length=1, max_length=200)


class RecoveryForm(BaseModel):
    """How the officer recognised the person."""

    model_config = ConfigDict(frozen=True)

    identity: str = ""


class LanguageForm(BaseModel):
    """The language of one's pages."""

    model_config = ConfigDict(frozen=True)

    language: str = ""
