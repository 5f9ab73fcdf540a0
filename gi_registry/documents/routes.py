"""Downloads."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file

from gi_registry.documents import service
from gi_registry.web.access import access
from gi_registry.web.work import current_work

bp = Blueprint("documents", __name__)


@bp.get("/documents/<int:document_id>")
@access("document:view")
def download(document_id: int) -> Response:
    """Hand out a paper as a download: never shown inside the site, never sniffed."""
    paper = service.download(current_work(), document_id)
    answer = send_file(BytesIO(paper.content), mimetype=paper.media_type, as_attachment=True, download_name=paper.name, etag=paper.sha256)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
