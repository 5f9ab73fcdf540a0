"""Keep a paper, hand a paper out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from gi_registry.documents.models import Document, DocumentContent, TypesetPaper
from gi_registry.documents.queries import content_is_stored, content_of, typeset_from
from gi_registry.documents.queries import get_document as read_document
from gi_registry.documents.rules.paper import Paper, kept, restored
from gi_registry.documents.rules.uploads import SCANS, MediaType, clean_name, media_type_of, sha256_of
from gi_registry.documents.service.typesetting import typeset
from gi_registry.kernel.errors import NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

GENERAL = "paper"


@dataclass(frozen=True)
class Scan:
    """A scan or a photo of a paper, as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Download:
    """What a download needs: a safe name, the media type and the bytes."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def store(
    work: Work,
    *,
    name: str,
    content: bytes,
    owner_org_id: int | None,
    authority_division: str,
    media_type: str | None = None,
) -> Document:
    """Keep a paper and return it, flushed, with its id.

    The caller has asked for its own permission (a report photo, a defence). ``media_type`` may be stated, as a check: the bytes
    decide, and a paper that is not what it claims raises Invalid, as does one that is empty, over 10 MB or of another type.
    """
    found = media_type_of(content)
    if media_type is not None and not _agrees(media_type, found):
        raise invalid("file", say("文件内容不是 %(type)s。", type=media_type), say("请检查文件后重新上传。"), value=name)
    return _keep(work, name, content, media_type=found, owner_org_id=owner_org_id, authority_division=authority_division)


def store_scan(work: Work, scan: Scan | None, *, field: str, owner_org_id: int | None, authority_division: str) -> Document:
    """Keep a scan or photo of a paper (PDF, JPEG, PNG) and return it, flushed, with its id.

    The caller has asked for its own permission. Raises Invalid naming ``field`` where nothing was chosen or it is no scan.
    """
    if scan is None:
        raise invalid(field, say("没有上传文件。"), say("请上传 PDF、JPEG 或 PNG 文件。"))
    found = media_type_of(scan.content, field=field)
    if found not in SCANS:
        raise invalid(field, say("文件不是扫描件或者照片。"), say("请上传 PDF、JPEG 或 PNG 文件。"), value=scan.name)
    return _keep(work, scan.name, scan.content, media_type=found, owner_org_id=owner_org_id, authority_division=authority_division)


def store_paper(work: Work, paper: Paper, *, name: str, owner_org_id: int | None, authority_division: str) -> Document:
    """Typeset a paper in Chinese, keep it with what it was set from, and return it, flushed, with its id.

    The caller has asked for its permission. Raises Unavailable when typesetting takes too long.
    """
    content = typeset(GENERAL, paper.data())
    document = store_pdf(work, name=f"{name}.pdf", content=content, owner_org_id=owner_org_id, authority_division=authority_division)
    data = {name: kept(value) for name, value in paper.data().items()}
    work.session.add(TypesetPaper(document_id=document.id or 0, template=GENERAL, data=data))
    work.session.flush()
    return document


def read_paper(work: Work, document: Document, *, language: str) -> bytes:
    """Return a stored paper for reading in another language, with a line that says which text counts; NotFound for what people handed in.

    The caller has made sure that the actor may read the document.
    """
    source = typeset_from(work.session, document.id or 0)
    if source is None:
        raise NotFound
    data = {name: restored(value) for name, value in source.data.items()}
    about = say("本页是供阅读的译文；送达并生效的是中文文书，其 SHA-256 为 %(sha256)s。", sha256=document.sha256)
    return typeset(source.template, {**data, "reading": about}, language=language)


def store_pdf(work: Work, *, name: str, content: bytes, owner_org_id: int | None, authority_division: str) -> Document:
    """Keep a paper that the registry typeset (``typeset``) and return it, flushed, with its id. The caller has asked for its permission."""
    return _keep(work, name, content, media_type=MediaType.PDF, owner_org_id=owner_org_id, authority_division=authority_division)


def _keep(work: Work, name: str, content: bytes, *, media_type: MediaType, owner_org_id: int | None, authority_division: str) -> Document:
    sha256 = keep_content(work, content)
    document = Document(
        sha256=sha256,
        name=clean_name(name),
        media_type=media_type.value,
        size=len(content),
        owner_org_id=owner_org_id,
        authority_division=authority_division,
        created_at=work.now,
    )
    work.session.add(document)
    work.session.flush()
    work.record(document, "document:store")
    return document


def keep_content(work: Work, content: bytes) -> str:
    """Keep bytes once under their SHA-256 and return it; the caller's row names it, has checked what the bytes are and who may see them."""
    sha256 = sha256_of(content)
    if not content_is_stored(work.session, sha256):
        work.session.add(DocumentContent(sha256=sha256, content=content))
        work.session.flush()
    return sha256


def get_document(work: Work, document_id: int) -> Document:
    """Return a document that the actor may read; NotFound for one that is not there or not theirs."""
    document = read_document(work.session, document_id)
    work.require("document:view", document)
    return document


def download(work: Work, document_id: int) -> Download:
    """Return name, type and bytes of a document that the actor may read; NotFound otherwise."""
    return contents(work.session, get_document(work, document_id))


def contents(session: Session, document: Document) -> Download:
    """Return name, type and bytes of a document; the caller has checked that the actor may read it."""
    return Download(document.name, document.media_type, document.sha256, content_of(session, document))


def _agrees(stated: str, found: MediaType) -> bool:
    """JSON and plain text are what browsers call GeoJSON and CSV."""
    loose = {MediaType.GEOJSON: {"application/json"}, MediaType.CSV: {"text/plain", "application/vnd.ms-excel"}}
    return stated == found.value or stated in loose.get(found, set()) or stated == "application/octet-stream"
