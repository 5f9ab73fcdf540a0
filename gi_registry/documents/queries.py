"""Reads of papers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from gi_registry.documents.models import Document, DocumentContent, TypesetPaper
from gi_registry.kernel.errors import NotFound


def get_document(session: Session, document_id: int) -> Document:
    """Return the document or raise NotFound; the caller asks for permission."""
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound
    return document


def content_of(session: Session, document: Document) -> bytes:
    """Return the bytes of a document."""
    content = session.get(DocumentContent, document.sha256)
    if content is None:
        raise NotFound
    return content.content


def kept_content(session: Session, sha256: str) -> bytes:
    """Return kept bytes by their SHA-256; raise NotFound."""
    content = session.get(DocumentContent, sha256)
    if content is None:
        raise NotFound
    return content.content


def content_is_stored(session: Session, sha256: str) -> bool:
    """Say whether these bytes are kept already."""
    return session.get(DocumentContent, sha256) is not None


def typeset_from(session: Session, document_id: int) -> TypesetPaper | None:
    """Return what a paper of the registry was set from; None for what people handed in."""
    return session.get(TypesetPaper, document_id)


def typeset_among(session: Session, document_ids: Iterable[int]) -> frozenset[int]:
    """Return which of these documents are papers that the registry typeset."""
    query = select(TypesetPaper.document_id).where(col(TypesetPaper.document_id).in_(list(document_ids)))
    return frozenset(session.exec(query))
