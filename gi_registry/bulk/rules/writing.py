"""From rows to a file: CSV that no spreadsheet runs as formulas, GeoJSON for rows with a geometry, a template that explains itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping

from gi_registry.bulk.rules.kinds import Kind
from gi_registry.bulk.rules.reading import GEOMETRY

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet runs as a formula: an apostrophe in front, which reading takes away again."""
    return f"'{text}" if text.startswith(("'", *FORMULA_STARTS)) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def to_csv(kind: Kind, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as CSV in UTF-8 with BOM, the columns of the kind in their order."""
    out = io.StringIO(newline="")
    names = [column.name for column in kind.columns]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([safe_cell(row.get(name) or "") for name in names] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def to_geojson(kind: Kind, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a GeoJSON FeatureCollection."""
    names = [column.name for column in kind.columns if column.name != GEOMETRY]
    features = [
        {
            "type": "Feature",
            "properties": {name: row.get(name) or "" for name in names},
            "geometry": json.loads(row[GEOMETRY]) if row.get(GEOMETRY) else None,
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode("utf-8")


def template(kind: Kind) -> bytes:
    """Return an empty file of a kind with one sample row."""
    return to_csv(kind, [{column.name: column.example for column in kind.columns}])
