"""Downloads."""

from __future__ import annotations

from flask import Blueprint, Response

from gi_registry.documents import service
from gi_registry.web.access import access
from gi_registry.web.downloads import attachment
from gi_registry.web.work import current_work

bp = Blueprint("documents", __name__)


@bp.get("/documents/<int:document_id>")
@access("document:view")
def download(document_id: int) -> Response:
    """Hand out a paper as a download: never shown inside the site, never sniffed."""
    paper = service.download(current_work(), document_id)
    return attachment(paper.content, paper.name, media_type=paper.media_type, etag=paper.sha256)
