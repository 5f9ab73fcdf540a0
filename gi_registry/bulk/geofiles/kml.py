"""KML (OGC 12-007r2): placemarks in whatever folders, their extended data, and nothing that lies elsewhere.

Document types and entities are refused, links are counted and not followed.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from gi_registry.bulk.geofiles.words import MOST_DEPTH, MOST_FEATURES, Geometry, Layer, Points, Read, Refused, number

_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf8", "us-ascii", "ascii"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "cp950"), "cp950"),
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252"), "cp1252"),
}
_SURFACE, _TEXTS = "Polygon", {"coordinates", "name", "description", "value", "SimpleData"}
_OTHERS = {"Point": "Point", "LineString": "LineString", "Track": "LineString", "MultiTrack": "MultiLineString", "Model": "Point"}
_GROUPS = {"Document", "Folder"}


def layer_of(name: str, content: bytes, wish: str) -> Layer:
    """Return the placemarks of a KML as one layer; raise Refused for what is none, and for one that holds links only."""
    reader = _Reader()
    _parse(text_of(content, wish), reader)
    if not reader.is_kml:
        raise Refused("not-kml")
    if reader.links and not reader.found.features:
        raise Refused("only-links")
    if reader.links:
        reader.found.note("links", reader.links)
    reader.found.crs = "EPSG:4326"
    return Layer(name, len(reader.found.features), "kml", lambda _wish: reader.found)


def text_of(content: bytes, wish: str) -> str:
    """Return the text of an XML file in the encoding wished for, else the one it declares; raise Refused where the bytes do not fit."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf")[:200])
        stated = (wish or (declared[1].decode("ascii") if declared else "utf-8")).strip().lower()
        if stated not in _ENCODINGS:
            raise Refused("unknown-encoding", stated)
        encoding = _ENCODINGS[stated]
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("text-encoding", encoding) from None
    return _DECLARATION.sub("", text.removeprefix("\ufeff"))


def _parse(text: str, reader: _Reader) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = reader.start, reader.end, reader.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as problem:
        raise Refused("broken-xml", str(problem.lineno)) from None


def _refuse_doctype(*_parts: object) -> None:
    raise Refused("entities")


class _Reader:
    """Takes in the elements of a KML one after the other."""

    def __init__(self) -> None:
        self.found, self.points = Read(), Points()
        self.is_kml, self.links = False, 0
        self._path: list[str] = []
        self._folders: list[str] = []
        self._text: list[str] | None = None
        self._placemark: dict[str, Any] | None = None
        self._surfaces: list[dict[str, Any]] = []
        self._kinds: list[str] = []
        self._key = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in the start of an element."""
        name = tag.rsplit(":", 1)[-1]
        if not self._path:
            self.is_kml = name == "kml" or name in _GROUPS or name == "Placemark"
        self._path.append(name)
        if len(self._path) > MOST_DEPTH:
            raise Refused("deep", name)
        if name == "Placemark":
            self._placemark, self._surfaces, self._kinds = {}, [], []
        elif name == "NetworkLink":
            self.links += 1
        elif name in _GROUPS:
            self._folders.append("")
        elif name in {"Data", "SimpleData"}:
            self._key = attributes.get("name", "")
        if self._placemark is not None:
            self._geometry(name)
        if name in _TEXTS:
            self._text = []

    def _geometry(self, name: str) -> None:
        if name == _SURFACE:
            self._surfaces.append({"outer": [], "inner": []})
            self._kinds.append(_SURFACE)
        elif name in _OTHERS or (name == "LinearRing" and "Polygon" not in self._path):
            self._kinds.append(_OTHERS.get(name, "LineString"))

    def text(self, data: str) -> None:
        """Take in text."""
        if self._text is not None:
            self._text.append(data)

    def end(self, tag: str) -> None:
        """Take in the end of an element."""
        name = tag.rsplit(":", 1)[-1]
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        text = "".join(self._text).strip() if self._text is not None and name in _TEXTS else ""
        if name in _TEXTS:
            self._text = None
        if name == "name" and parent in _GROUPS and self._folders:
            self._folders[-1] = text
        elif name in _GROUPS:
            self._folders.pop()
        elif self._placemark is not None:
            self._inside(name, parent, text)

    def _inside(self, name: str, parent: str, text: str) -> None:
        assert self._placemark is not None
        if name == "Placemark":
            self._finish()
        elif name in {"name", "description"} and parent == "Placemark":
            if text:
                self._placemark[name] = text
        elif name in {"value", "SimpleData"} and self._key:
            self._placemark[self._key] = text
        elif name == "coordinates" and "Polygon" in self._path and self._surfaces:
            where = "inner" if "innerBoundaryIs" in self._path else "outer"
            self._surfaces[-1][where].append(self._ring(text))

    def _ring(self, text: str) -> list[list[float | str]]:
        tuples = re.sub(r"\s*,\s*", ",", text).split()
        self.points.take(len(tuples))
        corners = [[number(value) for value in each.split(",")] for each in tuples]
        if any(len(corner) > 2 and corner[2] for corner in corners):
            self.found.note("height")
        return [corner[:2] for corner in corners]

    def _finish(self) -> None:
        placemark, self._placemark = self._placemark or {}, None
        folder = "/".join(filter(None, self._folders[1:]))
        if folder:
            placemark.setdefault("folder", folder)
        if len(self.found.features) >= MOST_FEATURES:
            raise Refused("too-many-features", str(MOST_FEATURES))
        self.found.features.append({"properties": placemark, "geometry": self._shape()})

    def _shape(self) -> Geometry | None:
        parts = [
            [outer, *(surface["inner"] if number == 0 else [])]
            for surface in self._surfaces
            for number, outer in enumerate(surface["outer"])
        ]
        others = [kind for kind in self._kinds if kind != _SURFACE]
        if self._surfaces and others:
            self.found.note("points-beside")
        if not self._kinds:
            return None
        if not self._surfaces:
            return {"type": others[0] if len(set(others)) == 1 else "GeometryCollection", "coordinates": []}
        return {"type": "Polygon", "coordinates": parts[0]} if len(parts) == 1 else {"type": "MultiPolygon", "coordinates": parts}
