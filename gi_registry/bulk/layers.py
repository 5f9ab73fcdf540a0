"""A layer of a geographic file as a table of rows: its properties are the columns, its geometry the column ``geometry``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gi_registry.bulk.outlines import check_geojson, open_geofile
from gi_registry.bulk.rules.geofile import first_corner
from gi_registry.bulk.rules.grid import Grid
from gi_registry.bulk.rules.kinds import Kind, RowWarning
from gi_registry.bulk.rules.naming import disagreement
from gi_registry.bulk.rules.reading import GEOMETRY, read_text, table_of, with_crs
from gi_registry.bulk.rules.table import Table
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say

_LON_LAT = "EPSG:4326"
_CUT_OFF = 9  # bytes: ten, less one where a character of two or three did not fit
_LEFT_OUT = ("description", "folder")


@dataclass(frozen=True)
class Wish:
    """What a person said of a geographic file: its layer, what its numbers refer to, the encoding of its texts."""

    layer: str = ""
    crs: str = ""
    encoding: str = ""


def read_layer(kind: Kind, content: bytes, *, name: str, wish: Wish) -> Table:
    """Return the rows of a KML, KMZ, zipped Shapefile or GeoPackage.

    Raises Invalid for a kind that has no outlines, and for what cannot be read.
    """
    if not kind.spatial:
        raise invalid(
            "file",
            say("%(title)s没有边界，不能从地理数据文件导入。", title=kind.title),
            say("请选择 .xlsx、.ods、.xls 或 CSV 文件。"),
        )
    file = open_geofile(content, name=name, layer=wish.layer, encoding=wish.encoding)
    table = replace(table_of(list(file.features)), warnings=_told(file.notes), crs=file.crs)
    if file.format == "shapefile":
        table = _unabbreviated(kind, table, file.encoding)
    return _optional(kind, _placed(kind, table, declared=wish.crs))


def read_plain(kind: Kind, content: bytes, *, name: str, wish: Wish) -> Grid | Table:
    """Return what a text file holds: the grid of a CSV, the rows of a GeoJSON (which its reader in a process of its own saw first)."""
    if kind.spatial and content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        check_geojson(content)
    found = read_text(content, name=name, encoding=wish.encoding)
    if wish.layer and not isinstance(found, Grid):
        raise invalid("layer", say("GeoJSON 没有图层。"), say("请去掉图层这一项。"), value=wish.layer)
    if isinstance(found, Grid):
        return found
    told = disagreement(name, content)
    warnings = (*found.warnings, *_told([told] if told else []))
    return _placed(kind, replace(found, crs=found.crs or _LON_LAT, warnings=warnings), declared=wish.crs)


def _placed(kind: Kind, table: Table, *, declared: str) -> Table:
    """Return the rows with the system that their numbers are in, as the file says or a person declared."""
    if kind.placed is None:
        return table
    geometries = (line.cells.get(GEOMETRY) for line in table.lines)
    corner = next(filter(None, (first_corner(json.loads(text)) for text in geometries if text)), None)
    crs, notes = kind.placed(table.crs, declared, corner)
    return replace(with_crs(table, crs), warnings=(*table.warnings, *_told(notes)))


def _told(notes: Sequence[Words]) -> tuple[RowWarning, ...]:
    return tuple(RowWarning(0, note) for note in notes)


def _unabbreviated(kind: Kind, table: Table, encoding: str) -> Table:
    """Return the table of a Shapefile, whose column names end after ten bytes, with the names of the columns that were cut off."""
    spellings = [spelling for column in kind.columns for spelling in (column.name, str(column.title))]
    longer: dict[str, str] = {}
    for header in table.headers:
        meant = [spelling for spelling in spellings if spelling.startswith(header) and spelling not in table.headers]
        if header not in spellings and len(meant) == 1 and len(header.encode(encoding, "replace")) >= _CUT_OFF:
            longer[header] = meant[0]
    if not longer:
        return table
    lines = [replace(line, cells={longer.get(key, key): value for key, value in line.cells.items()}) for line in table.lines]
    return replace(table, headers=tuple(longer.get(header, header) for header in table.headers), lines=tuple(lines))


def _optional(kind: Kind, table: Table) -> Table:
    """Return the table without what every KML may carry and no kind needs; anything else that is unknown is refused later."""
    left = [header for header in table.headers if header in _LEFT_OUT and kind.column(header) is None]
    if not left:
        return table
    lines = tuple(replace(line, cells={key: value for key, value in line.cells.items() if key not in left}) for line in table.lines)
    told = RowWarning(0, say("没有用到的列：%(columns)s。", columns="、".join(left)))
    return replace(
        table, headers=tuple(header for header in table.headers if header not in left), lines=lines, warnings=(*table.warnings, told)
    )
