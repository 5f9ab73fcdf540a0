"""Opening a geographic file in a process of its own (see ``geofiles``): whatever the file does to its reader, this process lives on."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from gi_registry.bulk.apart import read_apart
from gi_registry.bulk.rules.geofile import GeoFile, LayerChoice, geofile_of, refusal
from gi_registry.bulk.rules.naming import beginning, disagreement, telling
from gi_registry.kernel.errors import Invalid

_PACKAGES = str(Path(__file__).resolve().parents[2])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(2)); from gi_registry.bulk.geofiles.main import main; main()"
_LONGEST_WISH = 300
_WALL_S = 10.0
_WALL_S_PER_MB = 3.0
_WORKBOOK_MEMBER = re.compile(rb"PK\x01\x02.{42}(?:\[Content_Types\]\.xml|META-INF/manifest\.xml|content\.xml)", re.DOTALL)


def looks_like_geofile(content: bytes) -> bool:
    """Say whether bytes begin as KML, a zip that is no workbook, a GeoPackage or a bare .shp do; GeoJSON is text and looks like none."""
    kind = beginning(content)
    return kind in {"kml", "gpkg", "shp"} or (kind == "zip" and not _WORKBOOK_MEMBER.search(content))


def open_geofile(content: bytes, *, name: str = "", layer: str = "", encoding: str = "") -> GeoFile:
    """Return what a geographic file holds, of the wished layer (name or number from 1) or of the only one with features.

    Raises Invalid for a file that is none, is broken, encrypted, hostile, too large, or that ends its reader; LayerChoice where the layer
    must be chosen, Unavailable where too many files are read at once. Where the name says another format than the content, that is told.
    """
    try:
        found = geofile_of(_asked(content, name=name, layer=layer.strip(), encoding=encoding.strip()), layer.strip())
    except LayerChoice:
        raise
    except Invalid as problem:
        raise telling(problem, name, content) from None
    told = disagreement(name, content)
    return found if told is None else replace(found, notes=(told, *found.notes))


def check_geojson(content: bytes) -> None:
    """Let the reader take GeoJSON in first: raise Invalid where it needs more memory or time, or holds more, than a file may.

    What else is wrong with it is said by the rules that read it afterwards.
    """
    answer = _asked(content, name="", layer="", encoding="", check="yes")
    if str(answer.get("refused", "")) in {"too-large", "too-many-features", "too-many-points"}:
        raise refusal(str(answer["refused"]), str(answer.get("value", "")))


def _asked(content: bytes, **wishes: str) -> dict[str, Any]:
    told = json.dumps({name: wish[:_LONGEST_WISH] for name, wish in wishes.items()})
    command = [sys.executable, "-I", "-c", _PROGRAM, told, _PACKAGES]
    said = read_apart(command, content, within_s=_WALL_S + _WALL_S_PER_MB * len(content) / 1_000_000)
    try:
        answer: dict[str, Any] = json.loads(said or b"")
    except (ValueError, RecursionError):
        raise refusal("ended") from None
    return answer
