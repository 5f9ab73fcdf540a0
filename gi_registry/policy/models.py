"""Table of versioned parameters."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field

from gi_registry.db import Row


class PolicyParameter(Row, table=True):
    """One value of one parameter in one place (``division`` empty: everywhere) from one date on; never changed, only followed."""

    __tablename__ = "policy_parameter"
    __table_args__ = (
        UniqueConstraint("key", "division", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="validity"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    division: str = ""
    valid_from: date
    valid_to: date | None = None
    value: Any = Field(sa_column=Column(JSON, nullable=False))
    version: str
    basis: str = ""
    why: str = ""
