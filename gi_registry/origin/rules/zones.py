"""Gauss–Krüger zones of CGCS2000, told from the numbers: which coordinate system metres without one may be in. A hint, never a decision.

3° zones 25–45: EPSG 4513–4533 with the zone in front of the easting, 4534–4554 by central meridian without it;
6° zones 13–23: EPSG 4491–4501 and 4502–4512.
"""

from __future__ import annotations

from gi_registry.kernel.words import Words, say

THREE, SIX = range(25, 46), range(13, 24)
_MERCATOR_EAST = (8_100_000, 15_200_000)
_MERCATOR_NORTH = (300_000, 7_200_000)


def prefixed(zone: int) -> int:
    """Return the EPSG code of CGCS2000 Gauss–Krüger with the zone in front of the easting."""
    return 4513 + zone - THREE.start if zone in THREE else 4491 + zone - SIX.start


def unprefixed(meridian: int, width: int) -> int:
    """Return the EPSG code for a central meridian, without a zone in front; ``width`` is 3 or 6 degrees."""
    return 4534 + meridian // 3 - 25 if width == 3 else 4502 + (meridian + 3) // 6 - 13


def meridian_of(zone: int) -> int:
    """Return the central meridian of a zone in degrees east."""
    return zone * 3 if zone in THREE else zone * 6 - 3


def zone_of(easting: float) -> int | None:
    """Return the zone in front of an easting in metres: 40512345 → 40; None where there is none."""
    zone, rest = divmod(easting, 1_000_000)
    return int(zone) if zone in (*THREE, *SIX) and 100_000 < rest < 900_000 else None


def swapped(x: float, y: float) -> bool:
    """Say whether metres stand as surveyors write them: first X to the north, then Y to the east."""
    return 300_000 < x < 6_200_000 and (zone_of(y) is not None or (100_000 < y < 900_000 and x > 1_500_000))


def likely(x: float, y: float) -> Words:
    """Return what the numbers of one corner hint at, as a remedy that tells what to declare."""
    if abs(x) <= 180 and abs(y) <= 90:
        return say("看数值是经纬度：请声明 EPSG:4490（CGCS2000）或 EPSG:4326（WGS-84）；取自手机地图的声明 gcj02 或 bd09。")
    if swapped(x, y):
        return say(
            "看数值是高斯—克吕格坐标，但 X（北）和 Y（东）的次序与文件格式相反：请在测绘软件里对调后重新导出，并声明%(likely)s。",
            likely=_system(y),
        )
    return say("看数值可能是%(likely)s；请向测绘单位核实后声明坐标系。", likely=_system(x, y))


def _system(east: float, north: float = 0) -> Words:
    zone = zone_of(east)
    mercator = _MERCATOR_EAST[0] < east < _MERCATOR_EAST[1] and _MERCATOR_NORTH[0] < north < _MERCATOR_NORTH[1]
    if zone is not None:
        values = {"width": 3 if zone in THREE else 6, "zone": zone, "meridian": meridian_of(zone), "code": prefixed(zone)}
        if mercator:
            return say("CGCS2000 高斯—克吕格 %(width)s 度带第 %(zone)s 带（EPSG:%(code)s），或网络墨卡托（EPSG:3857）", **values)
        return say("CGCS2000 高斯—克吕格 %(width)s 度带第 %(zone)s 带，中央经线 %(meridian)s°（EPSG:%(code)s）", **values)
    if mercator:
        return say("网络墨卡托（EPSG:3857）")
    if 100_000 < east < 900_000:
        return say("不带带号的高斯—克吕格坐标：中央经线 120° 的 3 度带是 EPSG:4549，117° 是 4548，114° 是 4547，余类推")
    return say("投影坐标（米），但带号认不出来")
