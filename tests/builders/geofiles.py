"""Geographic files for tests: good ones written by GDAL, as surveyors' programs do, and hostile ones made by hand."""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import pyogrio.raw
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

Rows = Mapping[str, Sequence[Any]]
SQUARE = shapely.box(120.0, 31.0, 120.01, 31.01)


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """Return the members of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(
    driver: str,
    name: str,
    geometries: Sequence[BaseGeometry],
    *,
    rows: Rows | None = None,
    crs: str = "EPSG:4490",
    kind: str = "",
    append_to: bytes | None = None,
    layer: str = "",
    **options: Any,
) -> dict[str, bytes]:
    """Return the files that GDAL writes for a layer, by name; ``append_to`` adds the layer to a GeoPackage."""
    rows = rows or {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        if append_to is not None:
            path.write_bytes(append_to)
        pyogrio.raw.write(
            path,
            shapely.to_wkb(numpy.array(list(geometries), dtype=object), output_dimension=4 if "M" in kind else 3),
            [
                numpy.array(values, dtype=None if all(isinstance(value, int | float) for value in values) else object)
                for values in rows.values()
            ],
            list(rows),
            geometry_type=kind or geometries[0].geom_type,
            crs=CRS.from_user_input(crs).to_wkt() if crs else None,
            driver=driver,
            layer=layer or None,
            append=append_to is not None,
            **options,
        )
        return {found.name: found.read_bytes() for found in sorted(Path(folder).iterdir())}


def make_shapefile(
    geometries: Sequence[BaseGeometry] = (SQUARE,), *, name: str = "地块", folder: str = "", drop: str = "", **options: Any
) -> bytes:
    """Return a zipped Shapefile; ``drop`` names endings to leave out, such as ``.prj .cpg``."""
    files = written("ESRI Shapefile", "plots.shp", geometries, **options)
    kept = {f"{folder}{name}{Path(file).suffix}": content for file, content in files.items() if Path(file).suffix not in drop.split()}
    return zipped(kept)


def make_gpkg(geometries: Sequence[BaseGeometry] = (SQUARE,), *, layer: str = "plots", **options: Any) -> bytes:
    """Return a GeoPackage with one layer; with ``append_to`` one more."""
    return next(
        content for name, content in written("GPKG", "plots.gpkg", geometries, layer=layer, **options).items() if name.endswith("gpkg")
    )


def with_table(gpkg: bytes, sql: str) -> bytes:
    """Return a GeoPackage after some SQL, such as a table without geometry or a view."""
    database = sqlite3.connect(":memory:")
    database.deserialize(gpkg)
    database.executescript(sql)
    return database.serialize()


def make_kml(*placemarks: str, inside: str = "Document", encoding: str = "UTF-8", before: str = "") -> bytes:
    """Return a KML of placemarks given as XML."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2" '
    text += f'xmlns:gx="http://www.google.com/kml/ext/2.2"><{inside}>{"".join(placemarks)}</{inside}></kml>'
    return text.encode(encoding)


def ring(geometry: BaseGeometry = SQUARE, height: str = "") -> str:
    """Return the coordinates of a polygon's shell as KML writes them."""
    return " ".join(f"{x},{y}{height}" for x, y in geometry.exterior.coords)


def polygon(geometry: BaseGeometry = SQUARE, height: str = "") -> str:
    """Return a polygon as KML."""
    line = "<innerBoundaryIs><LinearRing><coordinates>%s</coordinates></LinearRing></innerBoundaryIs>"
    holes = "".join(line % " ".join(f"{x},{y}{height}" for x, y in hole.coords) for hole in geometry.interiors)
    shell = f"<outerBoundaryIs><LinearRing><coordinates>{ring(geometry, height)}</coordinates></LinearRing></outerBoundaryIs>"
    return f"<Polygon>{shell}{holes}</Polygon>"


def placemark(name: str = "东塘", inside: str = "", data: Mapping[str, str] | None = None) -> str:
    """Return a placemark with extended data."""
    extended = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in (data or {}).items())
    return f"<Placemark><name>{name}</name><ExtendedData>{extended}</ExtendedData>{inside or polygon()}</Placemark>"


def make_geojson(*geometries: BaseGeometry, crs: str = "", **properties: Any) -> bytes:
    """Return a FeatureCollection."""
    features = [{"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(each)} for each in geometries]
    body: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    return json.dumps(body | ({"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}), ensure_ascii=False).encode()
