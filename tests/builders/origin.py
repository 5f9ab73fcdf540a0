"""Areas and plots for tests: rectangles in metres around a place, so that a test says "40 m beyond the edge"."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import numpy
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, box

from gi_registry.origin import service
from gi_registry.origin.models import AreaProposal, AreaVersion, Plot
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.terms import Origin
from gi_registry.origin.schemas import AreaFields, PlotFields, ProposalFields
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

LAKE = (120.75, 31.42)
_serial = count(1)
_degrees = Transformer.from_crs(f"+proj=aeqd +lat_0={LAKE[1]} +lon_0={LAKE[0]} +ellps=GRS80", "EPSG:4490", always_xy=True)


def rectangle(west_m: float, south_m: float, east_m: float, north_m: float) -> MultiPolygon:
    """Return a rectangle given in metres east and north of the lake's middle, in lon/lat."""
    metres = box(west_m, south_m, east_m, north_m).segmentize(500)
    moved = shapely.transform(metres, lambda at: numpy.column_stack(_degrees.transform(at[:, 0], at[:, 1])))
    return MultiPolygon([moved])


def square(side_m: float, *, east_m: float = 0, north_m: float = 0) -> MultiPolygon:
    """Return a square around a point given in metres from the lake's middle."""
    half = side_m / 2
    return rectangle(east_m - half, north_m - half, east_m + half, north_m + half)


def make_area(work: Work, gi: Gi, geometry: MultiPolygon | None = None, **differs: Any) -> AreaVersion:
    """Return a version of the GI's area since 2010: ten kilometres square around the lake's middle unless told otherwise."""
    values: dict[str, Any] = {"valid_from": date(2010, 1, 1), "text": "示例湖及沿岸", "places": "示例镇\n示例村"}
    outline = Reading(geometry or square(10_000))
    return service.add_area(work, gi.id or 0, fields=AreaFields(**values | differs), outline=outline, origin=Origin.IMPORT)


def make_plot(work: Work, authorisation: Authorisation, geometry: MultiPolygon | None = None, **differs: Any) -> Plot:
    """Return a plot of 12 mu (8,000 m²) in the lake's middle since 2020 unless told otherwise."""
    number = differs.pop("number", f"DK-{next(_serial):05d}")
    values: dict[str, Any] = {"name": "东塘", "crop": "中华绒螯蟹", "valid_from": date(2020, 1, 1)}
    outline = Reading(geometry or rectangle(-50, -40, 50, 40))
    return service.store_plot(
        work, authorisation.id or 0, number=number, fields=PlotFields(**values | differs), outline=outline, origin=Origin.IMPORT
    )


def propose(work: Work, gi_id: int, geometry: MultiPolygon | None = None, **differs: Any) -> AreaProposal:
    """Return what the actor proposes: twelve kilometres square from the spring after today unless told otherwise."""
    values: dict[str, Any] = {"valid_from": date(work.today.year + 1, 4, 1), "text": "示例湖及沿岸", "places": "示例镇", "note": "示例公告"}
    paper = differs.pop("paper", None)
    fields = ProposalFields(**values | differs)
    outline = None if fields.kind == "end" else Reading(geometry or square(12_000))
    return service.propose_area(work, gi_id, fields=fields, outline=outline, paper=paper)
