"""The corners of a plot as a person may read and change them."""

from __future__ import annotations

from shapely.geometry import MultiPolygon

MOST_CORNERS = 500


def corners_of(geometry: MultiPolygon) -> str:
    """Return the corners of one simple surface, ``lon,lat`` a line; empty for several parts, holes or very many corners."""
    parts = list(geometry.geoms)
    if len(parts) != 1 or parts[0].interiors or len(parts[0].exterior.coords) > MOST_CORNERS:
        return ""
    return "\n".join(f"{lon!r},{lat!r}" for lon, lat in list(parts[0].exterior.coords)[:-1])
