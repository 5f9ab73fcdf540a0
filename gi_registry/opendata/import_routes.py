"""An office's page for files: bring one in, take one out."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from gi_registry.bulk.service import kind_named
from gi_registry.divisions.rules import Somewhere
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.opendata import files
from gi_registry.opendata.kinds import KINDS
from gi_registry.web.access import access
from gi_registry.web.forms import reshow, uploaded
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

bp = Blueprint("imports", __name__, url_prefix="/office/imports")


@bp.get("")
@access("rows:import")
def show_form() -> str:
    """Show the form for a file."""
    return page("bulk/imports.html", kinds=KINDS, mappings=[(name, name) for name in files.mapping_names()])


@bp.post("")
@access("rows:import")
def bring_in() -> Response:
    """Store the rows of a file, or only check them; the answer shows what became of each row."""
    reshow(show_form)
    upload = uploaded("file")
    if upload is None:
        raise invalid("file", say("没有选择文件。"), say("请选择 CSV 或 GeoJSON 文件。"))
    kind = kind_named(KINDS, request.form.get("kind", ""))
    result = files.import_file(current_work(), kind.name, upload.content, name=upload.name, wishes=_wishes(), mapping_files=False)
    shown = page("bulk/result.html", result=result, kind=kind, outcome=files.outcome(result), name=upload.name, most=files.SHOWN_ERRORS)
    return make_response(shown, 422 if result.errors and not result.kept else 200)


def _wishes() -> files.Wishes:
    form = request.form
    how = form.get("how", "")
    return files.Wishes(
        dry_run=how == "dry-run", partial=how == "partial", encoding=form.get("encoding", ""), mapping=form.get("mapping", "")
    )


@bp.get("/<kind>/template.csv")
@access("rows:import")
def template(kind: str) -> Response:
    """Answer an empty file of a kind with a sample row."""
    return _attachment(files.template_of(kind), f"{kind}-template.csv")


@bp.get("/<kind>/export.csv")
@access("rows:export")
def take_out(kind: str) -> Response:
    """Answer every row of a kind, to those whose office reaches every row."""
    work = current_work()
    work.require("rows:export", Somewhere())
    return _attachment(files.export_file(work.session, kind, name=f"{kind}.csv"), f"{kind}.csv")


def _attachment(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
