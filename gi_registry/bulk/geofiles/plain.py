"""GeoJSON: here only counted and kept in bounds; what is wrong with it is said by the rules that always read it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from gi_registry.bulk.geofiles.words import MOST_FEATURES, Layer, Points, Read, Refused

_MOST_OBJECTS = 4 * MOST_FEATURES  # feature, properties, geometry, and a little


def layer_of(name: str, content: bytes) -> Layer:
    """Return the features of a GeoJSON as a layer; raise Refused for text that is none, or that holds too much."""
    try:
        body = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Refused("text-encoding", "utf-8") from None
    except (ValueError, RecursionError):
        raise Refused("broken-json") from None
    if not isinstance(body, dict):
        raise Refused("broken-json")
    members = body.get("features") if body.get("type") == "FeatureCollection" else [_wrapped(body)]
    if not isinstance(members, list):
        raise Refused("broken-json")
    if len(members) > MOST_FEATURES:
        raise Refused("too-many-features", str(MOST_FEATURES))
    Points().take(content.count(b"["))
    if content.count(b"{") > _MOST_OBJECTS:
        raise Refused("too-many-features", str(MOST_FEATURES))
    return Layer(name, len(members), "geojson", lambda _wish: Read(features=members, crs=_crs(body)))


def _wrapped(body: dict[str, Any]) -> dict[str, Any]:
    return body if body.get("type") == "Feature" else {"type": "Feature", "properties": {}, "geometry": body}


def _crs(body: dict[str, Any]) -> str:
    crs = body.get("crs")
    if crs is None:
        return "EPSG:4326"
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", ""))[:8_000] if isinstance(properties, dict) else str(crs)[:200]


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
