"""Load a file, dump a kind. All rows or none, unless the good ones are asked for; one leaf of the log per file."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Columns
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlmodel import Session

from gi_registry.bulk.layers import Wish, read_layer, read_plain
from gi_registry.bulk.outlines import looks_like_geofile
from gi_registry.bulk.rules.cells import settle
from gi_registry.bulk.rules.encoding import looks_like_workbook
from gi_registry.bulk.rules.grid import Grid
from gi_registry.bulk.rules.kinds import Kind, Note, RowError, RowWarning
from gi_registry.bulk.rules.layout import fits, lay_out
from gi_registry.bulk.rules.mapping import Mapping, apply, known_of, mapping_of, mapping_of_columns, own_headers, wanted_of
from gi_registry.bulk.rules.sheets import template_xlsx, to_xlsx
from gi_registry.bulk.rules.table import Line, Table
from gi_registry.bulk.rules.writing import template, to_csv, to_geojson
from gi_registry.bulk.workbooks import read_sheet
from gi_registry.kernel.errors import Invalid, RegistryError, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Result:
    """What became of a file: rows stored, rows that changed nothing, errors and warnings; ``kept`` says whether anything was stored."""

    kind: str
    rows: int
    stored: int
    unchanged: int
    errors: tuple[RowError, ...]
    warnings: tuple[RowWarning, ...]
    kept: bool

    def as_json(self) -> dict[str, Any]:
        """Return the result for machines."""
        return {
            "kind": self.kind,
            "rows": self.rows,
            "stored": self.stored,
            "unchanged": self.unchanged,
            "kept": self.kept,
            "errors": [error.as_json() for error in self.errors],
            "warnings": [{"row": warning.row, "message": str(warning.message)} for warning in self.warnings],
        }


@dataclass(frozen=True)
class Options:
    """How to load: ``partial`` keeps the good rows, ``dry_run`` nothing; ``encoding`` overrides detection; ``sheet`` is a name or number.

    ``layer`` is that of a geographic file, ``crs`` declares what its numbers refer to; ``columns`` say, for any file, column by column what
    it is made of (a header of the file, a text with ``{headers}``, or the same text in every row). ``watch`` passes the rows on and may
    show how far they are.
    """

    partial: bool = False
    dry_run: bool = False
    encoding: str = ""
    sheet: str = ""
    mapping: Mapping | None = None
    layer: str = ""
    crs: str = ""
    columns: Columns[str, str] = field(default_factory=dict)
    watch: Callable[[Sequence[Line]], Iterable[Line]] = iter


class _Undo(Exception):
    """Takes back what the rows did."""


def load_file(work: Work, kind: Kind, content: bytes, *, name: str = "", options: Options = Options()) -> Result:
    """Read a file and store its rows. Raises Invalid for a file that cannot be read at all; errors of rows are in the result."""
    work.require("rows:import")
    table = read_file(kind, content, name=name, options=options)
    return load(work, kind, table, digest=sha256(content).hexdigest(), options=options)


def read_file(kind: Kind, content: bytes, *, name: str = "", options: Options = Options()) -> Table:
    """Return the rows of a file under the kind's columns, whatever its format. Raises Invalid for what cannot be read at all."""
    mapping = options.mapping
    if options.columns and not mapping:
        mapping = mapping_of_columns(options.columns, kind)
    wish = Wish(options.layer, options.crs, options.encoding)
    found: Grid | Table
    if looks_like_geofile(content) and (kind.spatial or not looks_like_workbook(content)):
        found = read_layer(kind, content, name=name, wish=wish)
    elif looks_like_workbook(content):
        found = read_sheet(
            content, options.sheet, lambda grid: fits(grid, wanted_of(kind, mapping, grid), () if mapping else known_of(kind, mapping))
        )
    elif options.sheet:
        raise invalid("sheet", say("文件不是工作簿，没有工作表。"), say("请去掉工作表这一项，或选择 .xlsx 文件。"), value=options.sheet)
    else:
        found = read_plain(kind, content, name=name, wish=wish)
    if isinstance(found, Grid):
        _refuse_geographic(options)
        found = lay_out(found, wanted_of(kind, mapping, found), known_of(kind, mapping))
    return apply(mapping, found) if mapping else own_headers(kind, found)


def _refuse_geographic(options: Options) -> None:
    """Raise Invalid where a person chose for a table of cells what only a geographic file has."""
    for field_name, value in (("crs", options.crs), ("layer", options.layer)):
        if value:
            raise invalid(field_name, say("坐标系和图层只用于地理数据文件，这个文件是表格。"), say("请去掉这一项。"), value=value)


def load(work: Work, kind: Kind, table: Table, *, digest: str, options: Options = Options()) -> Result:
    """Store the rows of a table: all or none, or the good ones; nothing stays half done and one leaf covers the file."""
    errors, warnings = list(table.errors), list(table.warnings)
    stored = unchanged = 0
    keep = False
    told = {str(warning.message) for warning in table.warnings}
    try:
        with work.savepoint(), work.bulk(f"{kind.name}:import", digest):
            _prepare(work, kind, table.lines)
            for line in options.watch(table.lines):
                note = _store(work, kind, line, errors=errors)
                if note is not None:
                    unchanged += note.unchanged
                    stored += not note.unchanged
                    warnings += [RowWarning(line.row, warning) for warning in note.warnings if str(warning) not in told]
            keep = not options.dry_run and (options.partial or not errors)
            if not keep:
                raise _Undo
    except _Undo:
        pass
    rows = len(table.lines) + len(table.errors)
    ordered = tuple(sorted(errors, key=lambda error: error.row))
    return Result(kind.name, rows, stored, unchanged, ordered, tuple(warnings), keep)


def _prepare(work: Work, kind: Kind, lines: Sequence[Line]) -> None:
    """Let a kind lock what its readable rows will touch, before any of them is stored."""
    if kind.prepare:
        settled = (_settled(kind, line) for line in lines)
        kind.prepare(work, [row for row, wrong in settled if not wrong])


def _store(work: Work, kind: Kind, line: Line, *, errors: list[RowError]) -> Note | None:
    """Store one row; on a refusal add its errors and return None."""
    row, wrong = _settled(kind, line)
    if wrong:
        errors += wrong
        return None
    missing = [column for column in kind.columns if column.required and not row[column.name]]
    if missing:
        errors += [
            RowError(line.row, column.name, "", say("这一项没有填写。"), say("请填写%(title)s。", title=column.title)) for column in missing
        ]
        return None
    try:
        with work.savepoint():
            return kind.store(work, row) or Note()
    except Invalid as problem:
        errors += [RowError(line.row, field.field, field.value, field.reason, field.remedy) for field in problem.fields]
    except RegistryError as problem:
        errors.append(RowError(line.row, "", "", problem.reason, problem.remedy))
    return None


def _settled(kind: Kind, line: Line) -> tuple[dict[str, str], list[RowError]]:
    """Return the values of a row as their columns store them, and what could not be read."""
    row: dict[str, str] = {}
    wrong: list[RowError] = []
    for column in kind.columns:
        name = column.name
        value = line.faults.get(name) or settle(column, line.cells.get(name, ""), shared=name in line.shared)
        if isinstance(value, str):
            row[name] = value
        else:
            wrong.append(RowError(line.row, name, value.value, value.reason, value.remedy))
    return row, wrong


def dump_file(session: Session, kind: Kind, *, name: str) -> bytes:
    """Return every row of a kind as GeoJSON or XLSX where ``name`` ends so, else as CSV. Raises Invalid for what cannot be exported so."""
    if kind.dump is None:
        raise invalid("kind", say("%(kind)s 不能导出。", kind=kind.name))
    rows: Iterable[Any] = kind.dump(session)
    ending = name.lower().rpartition(".")[2]
    if ending in {"geojson", "json"}:
        if not kind.spatial:
            raise invalid("file", say("%(kind)s 没有边界，不能导出为 GeoJSON。", kind=kind.name), say("请导出为 .csv 或 .xlsx。"))
        return to_geojson(kind, rows)
    return to_xlsx(kind, rows) if ending == "xlsx" else to_csv(kind, rows)


def template_file(kind: Kind, *, name: str) -> bytes:
    """Return an empty file of a kind with a sample row: XLSX with an explaining sheet where ``name`` ends so, else CSV."""
    return template_xlsx(kind) if name.lower().endswith(".xlsx") else template(kind)


def read_mapping(name: str, kind: Kind, *, directory: Path, files: bool = True) -> Mapping:
    """Return a mapping that ships (``agi``) or, where ``files`` allows it, one in a TOML or JSON file.

    Raises Invalid when there is none.
    """
    shipped = {path.stem: path for path in sorted(directory.glob("*.toml"))}
    path = shipped.get(name) or (Path(name) if files else None)
    if path is None or not path.is_file():
        raise invalid(
            "mapping", say("没有名为“%(name)s”的映射。", name=name), say("自带的映射：%(names)s。", names="、".join(shipped)), value=name
        )
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except ValueError as problem:
        raise invalid(
            "mapping", say("映射文件读不懂：%(problem)s。", problem=str(problem)[:100]), say("请检查 TOML 或 JSON 的写法。")
        ) from None
    return mapping_of(name, content, kind)


def mapping_names(directory: Path) -> list[str]:
    """Return the names of the mappings that ship."""
    return sorted(path.stem for path in directory.glob("*.toml"))


def kind_named(kinds: Iterable[Kind], name: str) -> Kind:
    """Return the kind with this name; raise Invalid naming all."""
    listed = list(kinds)
    for kind in listed:
        if kind.name == name:
            return kind
    raise invalid(
        "kind",
        say("没有“%(name)s”这一类。", name=name),
        say("可用：%(names)s。", names="、".join(kind.name for kind in listed)),
        value=name,
    )
