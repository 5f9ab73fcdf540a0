"""Tables of accounts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
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
    language: str = Field(default="", sa_column_kwargs={"server_default": ""})


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


class Invitation(Row, table=True):
    """A letter with a one-time code: open until it is used, voided, or its days are over."""

    __table_args__ = (
        CheckConstraint("purpose IN ('invitation', 'recovery')", name="purpose"),
        CheckConstraint("used_at IS NULL OR voided_at IS NULL", name="end"),
        Index("uq_invitation_open", "person_id", unique=True, sqlite_where=text("used_at IS NULL AND voided_at IS NULL"),
              postgresql_where=text("used_at IS NULL AND voided_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    purpose: str
    identity: str = ""
    code_hash: str
    issued_at: datetime
    issued_by: int | None = Field(default=None, foreign_key="person.id")
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None
    voided_at: datetime | None = None


class SecondFactor(Row, table=True):
    """The secret of a person's authenticator (TOTP, RFC 6238), sealed; ``last_step`` is the last one used, so that no code works twice."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0


class RecoveryCode(Row, table=True):
    """A code that stands for the authenticator once."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    digest: str
    used_at: datetime | None = None


class SignInSession(Row, table=True):
    """A browser in which a person is signed in; ``agent`` is what it calls itself, shortened."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    started_at: datetime
    agent: str = ""
    ended_at: datetime | None = None
