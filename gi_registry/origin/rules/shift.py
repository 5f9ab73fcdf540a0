"""GCJ-02 and BD-09: the shifted coordinates that phones and the common maps of the mainland show, and the way back.

The shift is 44–665 m, changes slowly over the country and is known only as the formula that has been public for years; there is no
official inverse. Forwards is the formula (ellipsoid of Krasovsky 1940), backwards is found by iteration to below a centimetre.
Nothing is shifted outside a box around China, in a direction nobody asked for, or twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon

from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.measure import ELLIPSOID
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.verdict import OriginVerdict

SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_2 = 0.00669342162296594323
MIDDLE = (105.0, 35.0)
BOX = (72.004, 0.8293, 137.8347, 55.8271)  # lon, lat of the corners between which the formula applies
TWIST = numpy.array([0.0065, 0.006])  # what BD-09 adds to GCJ-02 besides its wave, in degrees
ROUNDS = 8  # each round shrinks the error about a thousandfold; three would do

Degrees = NDArray[numpy.float64]


class Datum(StrEnum):
    """What the numbers of a coordinate refer to. CGCS2000 stands for WGS-84 too: equal for this use."""

    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


DATUM_WORDS: dict[str, Words] = {
    Datum.CGCS2000: say("CGCS2000 或 WGS-84（测绘成果、天地图、卫星定位）"),
    Datum.GCJ02: say("GCJ-02（高德、腾讯等手机地图）"),
    Datum.BD09: say("BD-09（百度地图）"),
}


@dataclass(frozen=True)
class ShiftHint:
    """What becomes of a plot's verdict when its coordinates are read as GCJ-02; ``moved_m`` is the shift in metres."""

    moved_m: int
    verdict: OriginVerdict
    geometry: MultiPolygon
    on: date


def to_gcj02(coordinates: Degrees) -> Degrees:
    """Return (lon, lat) rows in GCJ-02 for rows in CGCS2000; rows outside the box around China stay."""
    return coordinates + numpy.where(_in_box(coordinates)[:, None], _offset(coordinates), 0.0)


def from_gcj02(coordinates: Degrees) -> Degrees:
    """Return (lon, lat) rows in CGCS2000 for rows in GCJ-02, to below a centimetre; rows outside the box stay."""
    found = coordinates.copy()
    inside = _in_box(coordinates)
    for _round in range(ROUNDS):
        found = coordinates - numpy.where(inside[:, None], _offset(found), 0.0)
    return found


def to_bd09(coordinates: Degrees) -> Degrees:
    """Return (lon, lat) rows in BD-09 for rows in CGCS2000: Baidu shifts GCJ-02 once more; rows outside the box around China stay."""
    inside = _in_box(coordinates)[:, None]
    shifted: Degrees = numpy.where(inside, _twisted(to_gcj02(coordinates)), coordinates)
    return shifted


def from_bd09(coordinates: Degrees) -> Degrees:
    """Return (lon, lat) rows in CGCS2000 for rows in BD-09, to below a centimetre; rows outside the box stay."""
    found = coordinates - TWIST
    for _round in range(ROUNDS):
        found = coordinates - (_twisted(found) - found)
    true: Degrees = numpy.where(_in_box(coordinates)[:, None], from_gcj02(found), coordinates)
    return true


def _twisted(coordinates: Degrees) -> Degrees:
    """Return GCJ-02 rows as BD-09: turned and stretched by a little wave, then moved by a constant."""
    lon, lat = coordinates[:, 0], coordinates[:, 1]
    length = numpy.hypot(lon, lat) + 2e-5 * numpy.sin(lat * numpy.pi * 3000 / 180)
    angle = numpy.arctan2(lat, lon) + 3e-6 * numpy.cos(lon * numpy.pi * 3000 / 180)
    twisted: Degrees = numpy.column_stack([length * numpy.cos(angle), length * numpy.sin(angle)]) + TWIST
    return twisted


def unshifted(geometry: MultiPolygon, datum: Datum = Datum.GCJ02) -> MultiPolygon:
    """Return the surface that a GCJ-02 (or BD-09) outline means, in CGCS2000."""
    return shapely.transform(geometry, from_bd09 if datum is Datum.BD09 else from_gcj02)


def unshifted_from(geometry: MultiPolygon, datum: Datum) -> MultiPolygon:
    """Return a surface in CGCS2000 whatever its numbers refer to."""
    return geometry if datum is Datum.CGCS2000 else unshifted(geometry, datum)


def shift_of(datum: Datum) -> str:
    """Return what a plot keeps of the conversion: the shifted coordinates it came from, "" for none."""
    return "" if datum is Datum.CGCS2000 else datum.value


def read_as(reading: Reading, datum: Datum) -> Reading:
    """Return an outline in CGCS2000 whatever datum its numbers were in; a conversion is noted with its length in metres.

    What was converted before is never converted again.
    """
    if datum is Datum.CGCS2000 or reading.converted_from:
        return reading
    geometry = unshifted(reading.geometry, datum)
    values = {"metres": moved_m(reading.geometry, geometry)}
    if datum is Datum.BD09:
        note = say("坐标按 BD-09 换算为 CGCS2000，移动了 %(metres)s 米。", **values)
    else:
        note = say("坐标按 GCJ-02 换算为 CGCS2000，移动了 %(metres)s 米。", **values)
    return Reading(geometry, (*reading.warnings, note), converted_from=datum)


def moved_m(before: MultiPolygon, after: MultiPolygon) -> int:
    """Return how far the middle of a surface moved, in whole metres."""
    start, end = before.centroid, after.centroid
    _there, _back, metres = ELLIPSOID.inv(start.x, start.y, end.x, end.y)
    return round(float(metres))


def _in_box(coordinates: Degrees) -> NDArray[numpy.bool_]:
    west, south, east, north = BOX
    lon, lat = coordinates[:, 0], coordinates[:, 1]
    inside: NDArray[numpy.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _offset(coordinates: Degrees) -> Degrees:
    """Return what the formula adds to each (lon, lat), in degrees."""
    x, y = coordinates[:, 0] - MIDDLE[0], coordinates[:, 1] - MIDDLE[1]
    latitude = numpy.radians(coordinates[:, 1])
    flattening = 1 - ECCENTRICITY_2 * numpy.sin(latitude) ** 2
    meridian = SEMI_MAJOR_M * (1 - ECCENTRICITY_2) / (flattening * numpy.sqrt(flattening))
    parallel = SEMI_MAJOR_M / numpy.sqrt(flattening) * numpy.cos(latitude)
    return numpy.column_stack([numpy.degrees(_east_m(x, y) / parallel), numpy.degrees(_north_m(x, y) / meridian)])


def _east_m(x: Degrees, y: Degrees) -> Degrees:
    metres: Degrees = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * numpy.sqrt(numpy.abs(x)) + _ripple(x)
    return metres + _waves(x, ((20, 1), (40, 3), (150, 12), (300, 30)))


def _north_m(x: Degrees, y: Degrees) -> Degrees:
    metres: Degrees = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * numpy.sqrt(numpy.abs(x)) + _ripple(x)
    return metres + _waves(y, ((20, 1), (40, 3), (160, 12), (320, 30)))


def _ripple(x: Degrees) -> Degrees:
    ripple: Degrees = (numpy.sin(6 * numpy.pi * x) + numpy.sin(2 * numpy.pi * x)) * 20 * 2 / 3
    return ripple


def _waves(degrees: Degrees, waves: tuple[tuple[int, int], ...]) -> Degrees:
    """Add sines, each (height in metres, half wavelength in degrees), two thirds high as the formula has them."""
    total = numpy.zeros_like(degrees)
    for height, half in waves:
        total += height * numpy.sin(numpy.pi * degrees / half)
    return total * 2 / 3
