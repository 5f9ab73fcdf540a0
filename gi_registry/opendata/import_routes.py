"""An office's page for files: bring one in, in two steps where that helps, and take one out."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from gi_registry.bulk.service import kind_named
from gi_registry.divisions.rules import Somewhere
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.opendata import files
from gi_registry.opendata.kinds import KINDS
from gi_registry.web.access import access
from gi_registry.web.forms import Upload, reshow, uploaded
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

bp = Blueprint("imports", __name__, url_prefix="/office/imports")

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CARRIED = ("mapping", "encoding", "sheet", "layer", "crs")
_MEDIA = {"csv": "text/csv", "xlsx": _WORKBOOK, "geojson": "application/geo+json"}


@bp.get("")
@access("rows:import")
def show_form() -> str:
    """Show the form for a file."""
    return _form(None)


def _form(upload: Upload | None) -> str:
    sheets = files.sheets_of(upload.content) if upload else []
    inside = files.inside(upload.content, upload.name, _wishes()) if upload else files.Inside()
    kind = next((kind for kind in KINDS if kind.name == request.form.get("kind")), None)
    kept = files.packed_file(upload.content) if upload else ""
    mappings = [(name, name) for name in files.mapping_names()]
    name = upload.name if upload else ""
    shown = {"sheets": [(each, each) for each in sheets], "inside": inside, "kind": kind if kind and kind.spatial else None}
    return page("bulk/imports.html", kinds=KINDS, mappings=mappings, kept=kept, name=name, **shown)


@bp.post("")
@access("rows:import")
def bring_in() -> Response:
    """Store the rows of a file, or only check them; the answer shows what became of each row."""
    upload = _given()
    reshow(_form, upload)
    if upload is None:
        raise invalid("file", say("没有选择文件。"), say("请选择 .xlsx、.ods、.xls、CSV 文件；产地范围和地块还可选地理数据文件。"))
    kind = kind_named(KINDS, request.form.get("kind", ""))
    result = files.import_file(current_work(), kind.name, upload.content, name=upload.name, wishes=_wishes(), mapping_files=False)
    if request.form.get("how") == "errors":
        return _attachment(files.errors_csv(result), f"{kind.name}-errors.csv")
    carried = [name for name in request.form if name in _CARRIED or name.startswith(files.COLUMN)]
    given = {"name": upload.name, "kept": files.packed_file(upload.content), "form": request.form, "carried": carried}
    shown = page("bulk/result.html", result=result, kind=kind, outcome=files.outcome(result), most=files.SHOWN_ERRORS, **given)
    return make_response(shown, 422 if result.errors and not result.kept else 200)


def _given() -> Upload | None:
    """Return the chosen file, or the one that the step before carried along."""
    chosen = uploaded("file")
    if chosen is not None or not request.form.get("kept"):
        return chosen
    return Upload(request.form.get("name", "")[:200], "application/octet-stream", files.unpacked_file(request.form["kept"]))


def _wishes() -> files.Wishes:
    form = request.form
    how = form.get("how", "")
    return files.Wishes(
        dry_run=how in {"dry-run", "errors"},
        partial=how == "partial",
        encoding=form.get("encoding", ""),
        mapping=form.get("mapping", ""),
        sheet=form.get("sheet", "").strip(),
        layer=form.get("layer", "").strip(),
        crs=form.get("crs", "").strip(),
        columns=files.columns_in(form),
    )


@bp.get("/<kind>/template.csv")
@access("rows:import")
def template(kind: str) -> Response:
    """Answer a file of a kind with a sample row."""
    return _template(f"{kind}-template.csv", kind)


@bp.get("/<kind>/template.xlsx")
@access("rows:import")
def template_sheet(kind: str) -> Response:
    """Answer an empty workbook of a kind with a sheet that explains each column."""
    return _template(f"{kind}-template.xlsx", kind)


def _template(name: str, kind: str) -> Response:
    return _attachment(files.template_of(kind, name=name), name)


@bp.get("/<kind>/export.csv")
@access("rows:export")
def take_out(kind: str) -> Response:
    """Answer every row of a kind, to those whose office reaches every row."""
    return _export(kind, "csv")


@bp.get("/<kind>/export.xlsx")
@access("rows:export")
def take_out_sheet(kind: str) -> Response:
    """Answer every row of a kind as a workbook."""
    return _export(kind, "xlsx")


@bp.get("/<kind>/export.geojson")
@access("rows:export")
def take_out_outlines(kind: str) -> Response:
    """Answer every row of a kind with outlines as GeoJSON."""
    return _export(kind, "geojson")


def _export(kind: str, ending: str) -> Response:
    work = current_work()
    work.require("rows:export", Somewhere())
    return _attachment(files.export_file(work.session, kind, name=f"{kind}.{ending}"), f"{kind}.{ending}")


def _attachment(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=_MEDIA[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
