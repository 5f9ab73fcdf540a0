"""Outlines as people have them: GeoJSON, KML, KMZ, zipped Shapefile, GeoPackage, typed. One reader for forms and files.

``read_contents`` gives the features of a layer, each geometry naming the system its numbers are in; ``geojson.read_geometry`` makes a
surface of one. ``read_outline`` is both, for a form that takes one plot or one area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gi_registry.bulk.outlines import check_geojson, looks_like_geofile, open_geofile
from gi_registry.bulk.rules.encoding import looks_like_workbook, other_format
from gi_registry.bulk.rules.geofile import GeoFile, GeoLayer, LayerChoice
from gi_registry.bulk.rules.naming import disagreement
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules import geojson, typed
from gi_registry.origin.rules.crs import chosen
from gi_registry.origin.rules.geojson import Feature
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import Datum

__all__ = ["Contents", "LayerChoice", "Wishes", "read_contents", "read_outline"]

_SURFACES = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Wishes:
    """How a person wants a file read.

    ``crs`` declares what its numbers refer to (EPSG code, gcj02, bd09), ``layer`` is a name or number from 1, ``encoding`` that of its
    texts, ``feature`` the position from 1, or the name, of the one outline that is meant.
    """

    crs: str = ""
    layer: str = ""
    encoding: str = ""
    feature: str = ""


@dataclass(frozen=True)
class Contents:
    """The features of the chosen layer, the layers there are, what to tell a person. ``crs`` is what the numbers are read as."""

    features: tuple[Feature, ...]
    layers: tuple[GeoLayer, ...]
    format: str
    crs: str = ""
    notes: tuple[Words, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the properties, in the order of the file."""
        return tuple(dict.fromkeys(key for feature in self.features for key in feature.properties))


def read_contents(content: bytes, *, name: str = "", wishes: Wishes = Wishes()) -> Contents:
    """Return the features of a file, whatever its format.

    Raises Invalid naming what is wrong, LayerChoice where a layer must be chosen, and Invalid with what the numbers hint at where neither
    the file nor the wish says what they refer to.
    """
    if looks_like_geofile(content):
        return _contents(open_geofile(content, name=name, layer=wishes.layer, encoding=wishes.encoding), wishes.crs)
    _refuse_others(content)
    if content.strip():
        check_geojson(content)
    features = tuple(geojson.features_in(geojson.parse(content), declared=wishes.crs))
    told = disagreement(name, content)
    return Contents(features, (GeoLayer(name, len(features)),), "geojson", wishes.crs, (told,) if told else ())


def _refuse_others(content: bytes) -> None:
    """Raise Invalid that says what a file is which holds no outline by its kind: a workbook, PDF, picture, GPX."""
    reason = say("这是工作簿，没有图形。") if looks_like_workbook(content) else other_format(content)
    if reason is None and b"<gpx" in content[:2_000]:
        reason = say("这是 GPX 轨迹，没有面。")
    if reason is not None:
        raise invalid("file", reason, say("请上传 GeoJSON、KML、KMZ、压缩成 zip 的 Shapefile 或 GeoPackage。"))


def _contents(file: GeoFile, declared: str) -> Contents:
    crs, notes = chosen(file.crs, declared, file.corner)
    body = {"type": "FeatureCollection", "features": [{"type": "Feature", **feature} for feature in file.features]}
    features = tuple(geojson.features_in(body, declared=declared or file.crs))
    return Contents(features, file.layers, file.format, crs.name, (*file.notes, *notes))


def read_outline(
    coordinates: str, file: bytes | None, *, datum: Datum = Datum.CGCS2000, name: str = "", wishes: Wishes = Wishes()
) -> Reading:
    """Return the surface of an uploaded file or of typed coordinates, in CGCS2000.

    Raises Invalid for neither, both, or a defect (``repair.Mendable`` where a repair can be offered).
    """
    if file is not None and coordinates.strip():
        raise invalid("geometry", say("既上传了文件，又填写了坐标。"), say("两种方式任选其一。"))
    declared = wishes.crs or ("" if datum is Datum.CGCS2000 else datum.value)
    if file is not None:
        contents = read_contents(file, name=name, wishes=replace(wishes, crs=declared))
        feature, notes = _one(contents, wishes.feature)
        reading = geojson.read_geometry(feature.geometry)
        return Reading(reading.geometry, _each_once((*contents.notes, *notes, *reading.warnings)), reading.converted_from)
    if coordinates.lstrip().startswith("{"):
        return geojson.read_one(coordinates, declared=declared)
    return typed.read_typed(coordinates, declared)


def _each_once(notes: Sequence[Words]) -> tuple[Words, ...]:
    return tuple({str(note): note for note in notes}.values())


def _one(contents: Contents, wish: str) -> tuple[Feature, tuple[Words, ...]]:
    """Return the outline that is meant: the chosen one, else the only surface; raise Invalid that lists them where there are several."""
    if wish.strip():
        return _wished(contents.features, wish.strip()), ()
    surfaces = [feature for feature in contents.features if _kind(feature) in _SURFACES]
    if contents.format == "geojson" or len(contents.features) == 1 or not surfaces:
        return geojson.only(contents.features), ()
    if len(surfaces) == 1:
        return surfaces[0], (say("文件里另有 %(count)s 个点、线等没有读取。", count=len(contents.features) - 1),)
    listed = "、".join(f"{feature.position} {_label(feature)}" for feature in surfaces[:12])
    raise invalid(
        "feature",
        say("文件里有 %(count)s 块面，这里一次只登记一块地。", count=len(surfaces)),
        say("请指明哪一块，或用批量导入：%(listed)s。", listed=listed + ("……" if len(surfaces) > 12 else "")),
    )


def _wished(features: Sequence[Feature], wish: str) -> Feature:
    found = [feature for feature in features if str(feature.position) == wish or _label(feature) == wish]
    if len(found) == 1:
        return found[0]
    raise invalid("feature", say("文件里没有序号或名称为“%(wish)s”的图形。", wish=wish), say("请填写图形在文件里的序号。"), value=wish)


def _kind(feature: Feature) -> str:
    return str(feature.geometry.get("type", "")) if isinstance(feature.geometry, dict) else ""


def _label(feature: Feature) -> str:
    return next((str(value)[:40] for value in feature.properties.values() if isinstance(value, str) and value.strip()), "")
