"""Tables of papers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

from gi_registry.db import Row, Scoped
from gi_registry.documents.rules.uploads import MediaType

MEDIA_TYPES = ", ".join(f"'{kind.value}'" for kind in MediaType)


class DocumentContent(Row, table=True):
    """The bytes, once per SHA-256."""

    __tablename__ = "document_content"

    sha256: str = Field(primary_key=True, max_length=64)
    content: bytes


class Document(Scoped, Row, table=True):
    """One paper: its name and what its bytes are; the bytes lie in ``document_content``."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint(f"media_type IN ({MEDIA_TYPES})", name="media_type"),
    )

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(foreign_key="document_content.sha256", index=True, max_length=64)
    name: str
    media_type: str
    size: int
    created_at: datetime


class TypesetPaper(Row, table=True):
    """What a paper of the registry was set from: set again, it has the same bytes, or it reads in another language. Never changed."""

    __tablename__ = "typeset_paper"

    document_id: int = Field(primary_key=True, foreign_key="document.id", sa_column_kwargs={"autoincrement": False})
    template: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
