"""Files in and out of every kind: what the command line and the office's page share."""

from __future__ import annotations

import base64
import csv
import io
import sys
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from gi_registry.assets import asset_dir
from gi_registry.bulk import service as bulk
from gi_registry.bulk.outlines import looks_like_geofile, open_geofile
from gi_registry.bulk.rules import Line
from gi_registry.bulk.rules.encoding import looks_like_workbook
from gi_registry.bulk.rules.geofile import GeoLayer, LayerChoice
from gi_registry.bulk.rules.kinds import RowError, RowWarning
from gi_registry.bulk.rules.workbook import sheet_names
from gi_registry.bulk.rules.writing import safe_cell
from gi_registry.bulk.service import Options, Result
from gi_registry.bulk.workbooks import open_workbook
from gi_registry.kernel.errors import Invalid, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.opendata.kinds import KINDS
from gi_registry.workflow import Work

MAPPINGS = "mappings"
SHOWN_ERRORS = 50
SHOWN_VALUE = 200


@dataclass(frozen=True)
class Wishes:
    """What the person asked for."""

    dry_run: bool = False
    partial: bool = False
    encoding: str = ""
    mapping: str = ""
    sheet: str = ""
    layer: str = ""
    crs: str = ""
    columns: tuple[str, ...] = ()

    @property
    def chosen(self) -> dict[str, str]:
        """What each column is made of, as said one by one: ``name=DKMC`` where that is a header, else the same text in every row."""
        pairs = (column.partition("=") for column in self.columns)
        return {name.strip(): text.strip() for name, _, text in pairs}


def import_file(
    work: Work,
    kind: str,
    content: bytes,
    *,
    name: str,
    wishes: Wishes,
    watch: Callable[[Sequence[Line]], Iterable[Line]] = iter,
    mapping_files: bool = True,
) -> Result:
    """Store the rows of a file. Raises Invalid for an unknown kind, mapping or encoding and for a file that cannot be read at all."""
    chosen = bulk.kind_named(KINDS, kind)
    directory = asset_dir("geodata") / MAPPINGS
    mapping = bulk.read_mapping(wishes.mapping, chosen, directory=directory, files=mapping_files) if wishes.mapping else None
    options = Options(
        partial=wishes.partial,
        dry_run=wishes.dry_run,
        encoding=wishes.encoding,
        sheet=wishes.sheet,
        mapping=mapping,
        layer=wishes.layer,
        crs=wishes.crs,
        columns={} if mapping else wishes.chosen,
        watch=watch,
    )
    return bulk.load_file(work, chosen, content, name=name, options=options)


def export_file(session: Session, kind: str, *, name: str) -> bytes:
    """Return every row of a kind as a file. Raises Invalid for an unknown kind."""
    return bulk.dump_file(session, bulk.kind_named(KINDS, kind), name=name)


def template_of(kind: str, *, name: str) -> bytes:
    """Return an empty file of a kind: a workbook where ``name`` ends with .xlsx, else CSV. Raises Invalid for an unknown kind."""
    return bulk.template_file(bulk.kind_named(KINDS, kind), name=name)


def mapping_names() -> list[str]:
    """Return the names of the mappings that ship."""
    return bulk.mapping_names(asset_dir("geodata") / MAPPINGS)


def outcome(result: Result) -> Words:
    """Return what became of a file, in one sentence."""
    values = {"rows": result.rows, "stored": result.stored, "unchanged": result.unchanged, "errors": len(result.errors)}
    if result.kept:
        return say("共 %(rows)s 行：写入 %(stored)s 行，未变 %(unchanged)s 行，有错 %(errors)s 行。", **values)
    if result.errors:
        return say("共 %(rows)s 行，有 %(errors)s 处错误，一行也没有写入。", **values)
    return say("检查通过：共 %(rows)s 行，将写入 %(stored)s 行，未变 %(unchanged)s 行。没有写入。", **values)


def told(result: Result) -> str:
    """Return the result for a terminal: the outcome, then one line per error and warning."""
    lines = [str(outcome(result))]
    lines += [str(_error(error)) for error in result.errors[:SHOWN_ERRORS]]
    if len(result.errors) > SHOWN_ERRORS:
        lines.append(str(say("……另有 %(count)s 处；全部见 --json。", count=len(result.errors) - SHOWN_ERRORS)))
    lines += [str(_warning(warning)) for warning in result.warnings[:SHOWN_ERRORS]]
    if len(result.warnings) > SHOWN_ERRORS:
        lines.append(str(say("……另有 %(count)s 条提示；全部见 --json。", count=len(result.warnings) - SHOWN_ERRORS)))
    return "\n".join(lines)


def _error(error: RowError) -> Words:
    values = {"row": error.row, "reason": error.reason, "remedy": error.remedy or ""}
    if not error.column:
        return say("第 %(row)s 行：%(reason)s %(remedy)s", **values)
    return say(
        "第 %(row)s 行 %(column)s “%(value)s”：%(reason)s %(remedy)s", column=error.column, value=error.value[:SHOWN_VALUE], **values
    )


def _warning(warning: RowWarning) -> Words:
    if warning.row == 0:
        return say("提示：%(text)s", text=warning.message)
    return say("第 %(row)s 行 提示：%(text)s", row=warning.row, text=warning.message)


def errors_csv(result: Result) -> bytes:
    """Return the errors of a file as CSV, for the person who mends it: row, column, value, reason, remedy."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([str(title) for title in _ERROR_TITLES])
    for error in result.errors:
        cells = (error.row, error.column, error.value, error.reason, error.remedy or "")
        writer.writerow([safe_cell(str(cell)) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


_ERROR_TITLES = (say("行"), say("列"), say("值"), say("原因"), say("怎样改"))


def progress(lines: Sequence[Line]) -> Iterable[Line]:
    """Pass the rows on with a progress bar where a terminal watches."""
    if not sys.stderr.isatty():
        return lines
    from rich.console import Console  # only for terminals
    from rich.progress import track

    return track(lines, description=str(say("导入")), console=Console(stderr=True))


MOST_CARRIED = 450_000
"""Characters that a form may carry: with more, the person chooses the file again."""
_MOST_UNPACKED = 20_000_000


def sheets_of(content: bytes) -> list[str]:
    """Return the names of the sheets to choose from where a workbook has several with data, else none."""
    if not looks_like_workbook(content):
        return []
    try:
        names = sheet_names(open_workbook(content).sheets)
    except Invalid:
        return []
    return names if len(names) > 1 else []


@dataclass(frozen=True)
class Inside:
    """What there is to choose of a geographic file: layers as (value, words), headers of the one that was read."""

    layers: tuple[tuple[str, str], ...] = ()
    headers: tuple[str, ...] = ()


def inside(content: bytes, name: str, wishes: Wishes) -> Inside:
    """Return what there is to choose of a geographic file; nothing for any other and for one that cannot be read."""
    if not looks_like_geofile(content):
        return Inside()
    try:
        found = open_geofile(content, name=name, layer=wishes.layer, encoding=wishes.encoding)
    except LayerChoice as several:
        return Inside(_listed(several.layers))
    except Invalid:
        return Inside()
    return Inside(_listed(found.layers), tuple(dict.fromkeys(key for feature in found.features for key in feature["properties"])))


def _listed(layers: Iterable[GeoLayer]) -> tuple[tuple[str, str], ...]:
    return tuple((layer.name, f"{layer.name}（{layer.count}）") for layer in layers)


COLUMN = "column-"


def columns_in(form: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a form says of each column: a header of the file becomes its cell, any other text stands in every row."""
    given = {name.removeprefix(COLUMN): value.strip() for name, value in form.items() if name.startswith(COLUMN) and value.strip()}
    return tuple(f"{name}={value}" for name, value in given.items())


def packed_file(content: bytes) -> str:
    """Return a file as text that a form carries to the next step, or nothing where it is too large for that."""
    text = base64.b64encode(zlib.compress(content)).decode("ascii")
    return text if len(text) <= MOST_CARRIED else ""


def unpacked_file(text: str) -> bytes:
    """Return the file that a form carried; raise Invalid for what ``packed_file`` cannot have written."""
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(base64.b64decode(text, validate=True), _MOST_UNPACKED)
    except (ValueError, zlib.error):
        content = b""
    if not content or reader.unconsumed_tail:
        raise invalid("file", say("没有收到文件。"), say("请重新选择文件。"))
    return content
