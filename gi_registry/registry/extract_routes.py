"""The register extract as a PDF, for the office and the user itself."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, current_app, send_file
from werkzeug.wrappers import Response

from gi_registry.config import Settings
from gi_registry.registry.service.extract import extract
from gi_registry.web.access import access
from gi_registry.web.languages import locale
from gi_registry.web.work import current_work

bp = Blueprint("extracts", __name__)


@bp.get("/authorisations/<int:authorisation_id>/extract.pdf")
@access("authorisation:view")
def show_extract(authorisation_id: int) -> Response:
    """Hand out what the register states about an authorisation now."""
    settings: Settings = current_app.extensions["gi_settings"]
    made = extract(current_work(), authorisation_id, public_url=settings.public_url, language=locale())
    answer = send_file(BytesIO(made.content), mimetype="application/pdf", download_name=made.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
