"""Tables of accounts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from gi_registry.accounts.rules import ORGANISATION_KINDS
from gi_registry.db import Row, Versioned
from gi_registry.kernel.permissions import ROLES


def _among(column: str, names: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


class Organisation(Versioned, Row, table=True):
    """A firm, farm, association, authority or institution; ``owner_org_id`` of a scoped row points here."""

    __table_args__ = (CheckConstraint(_among("kind", ORGANISATION_KINDS), name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    uscc: str | None = Field(default=None, unique=True)
    name: str = Field(index=True)
    kind: str = "producer"
    natural_person: bool = False
    division_code: str = Field(default="", index=True)
    address: str = ""
    contact: str = ""
    phone: str = ""
    authority_division: str = Field(default="", index=True)

    @property
    def owner_org_id(self) -> int | None:
        """An organisation owns itself."""
        return self.id


class Person(Versioned, Row, table=True):
    """Someone who signs in. ``pseudonym`` is what the public log shows; ``epoch`` ends every session when it moves."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    pseudonym: str = Field(unique=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    password_hash: str = ""
    email: str = ""
    phone: str = ""
    active: bool = True
    epoch: int = 1
    created_at: datetime


class RoleGrant(Row, table=True):
    """A role of a person, for a division's subtree where the role is an office."""

    __table_args__ = (
        CheckConstraint(_among("role", ROLES), name="role"),
        Index("uq_role_grant_open", "person_id", "role", "division_code", unique=True, sqlite_where=text("valid_to IS NULL"),
              postgresql_where=text("valid_to IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str
    division_code: str = ""
    valid_from: date
    valid_to: date | None = None


class CaseAssistance(Row, table=True):
    """A row outside one's region that one was asked to assist in."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    subject_id: int


class SignInAttempt(Row, table=True):
    """A failed sign-in; counted per login and per client, so that guessing is slow in every process."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(index=True)
    client: str = Field(index=True)
    at: datetime = Field(index=True)
