"""Files of plots as surveyors, drones and phones give them, for tests."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shapely.geometry import MultiPolygon, mapping
from shapely.geometry.base import BaseGeometry

from tests.builders.origin import square


def collection(*plots: tuple[Mapping[str, Any], BaseGeometry | Mapping[str, Any] | None]) -> bytes:
    """Return a GeoJSON file of plots, each properties and geometry."""
    features = [
        {"type": "Feature", "properties": dict(properties), "geometry": mapping(shape) if isinstance(shape, BaseGeometry) else shape}
        for properties, shape in plots
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def bow_tie(side_m: float = 100, *, east_m: float = 0) -> dict[str, Any]:
    """Return a square whose corners are in the wrong order, as GeoJSON."""
    first, second, third, fourth, _end = square(side_m, east_m=east_m).geoms[0].exterior.coords
    return {"type": "Polygon", "coordinates": [[first, third, second, fourth, first]]}


def shapefile(
    plots: Iterable[tuple[Mapping[str, Any], MultiPolygon]], *, epsg: int = 4528, prj: bool = True, encoding: str = "GBK"
) -> bytes:
    """Return a zipped Shapefile in metres of Gauss–Krüger (zone 40 of three degrees unless told otherwise) with a table in GBK."""
    import geopandas  # noqa: PLC0415  # slow to load

    rows = list(plots)
    frame = geopandas.GeoDataFrame([dict(said) for said, _shape in rows], geometry=[shape for _said, shape in rows], crs=4490)
    with tempfile.TemporaryDirectory() as folder:
        frame.to_crs(epsg).to_file(Path(folder) / "plots.shp", encoding=encoding, engine="pyogrio")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                if prj or path.suffix != ".prj":
                    archive.write(path, path.name)
    return out.getvalue()
