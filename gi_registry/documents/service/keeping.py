"""Keep a paper, hand a paper out."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.documents.models import Document, DocumentContent
from gi_registry.documents.queries import content_is_stored, content_of
from gi_registry.documents.queries import get_document as read_document
from gi_registry.documents.rules.uploads import SCANS, MediaType, clean_name, media_type_of, sha256_of
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work


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


def store_written(work: Work, *, name: str, html: str, owner_org_id: int | None, authority_division: str) -> Document:
    """Keep a paper that the registry wrote itself (notice, decision, receipt) as complete HTML, and return it with its id."""
    content = html.encode("utf-8")
    return _keep(work, name, content, media_type=MediaType.HTML, owner_org_id=owner_org_id, authority_division=authority_division)


def store_pdf(work: Work, *, name: str, content: bytes, owner_org_id: int | None, authority_division: str) -> Document:
    """Keep a paper that the registry typeset (``typeset``) and return it, flushed, with its id. The caller has asked for its permission."""
    return _keep(work, name, content, media_type=MediaType.PDF, owner_org_id=owner_org_id, authority_division=authority_division)


def _keep(work: Work, name: str, content: bytes, *, media_type: MediaType, owner_org_id: int | None, authority_division: str) -> Document:
    sha256 = sha256_of(content)
    if not content_is_stored(work.session, sha256):
        work.session.add(DocumentContent(sha256=sha256, content=content))
        work.session.flush()
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


def get_document(work: Work, document_id: int) -> Document:
    """Return a document that the actor may read; NotFound for one that is not there or not theirs."""
    document = read_document(work.session, document_id)
    work.require("document:view", document)
    return document


def download(work: Work, document_id: int) -> Download:
    """Return name, type and bytes of a document that the actor may read; NotFound otherwise."""
    document = get_document(work, document_id)
    return Download(document.name, document.media_type, document.sha256, content_of(work.session, document))


def _agrees(stated: str, found: MediaType) -> bool:
    """JSON and plain text are what browsers call GeoJSON and CSV."""
    loose = {MediaType.GEOJSON: {"application/json"}, MediaType.CSV: {"text/plain", "application/vnd.ms-excel"}}
    return stated == found.value or stated in loose.get(found, set()) or stated == "application/octet-stream"
