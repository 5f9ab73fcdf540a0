"""The coordinate box in an announcement: "地理坐标为东经118°21′00〞~119°15′00〞，北纬40°24′00〞~40°40′00〞".

Announcements are typed, copied and printed by many hands: signs of the minute are lost, a degree becomes the letter o, numbers vanish.
What can be read with certainty is read and what was assumed is said; what would be a guess gives no box. Nothing is put right in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.degrees import Angle, angles, plain
from gi_registry.origin.rules.rings import in_china

Box = tuple[float, float, float, float]
_SPEAKS_OF_COORDINATES = re.compile(r"东经|西经|北纬|南纬|经纬|经度|纬度|地理坐标|(?<![A-Za-z])[EN]\s*\d|\d\s*[°'\"]\s*[EN](?![A-Za-z])")
_LETTER_FOR_DEGREE = re.compile(r"[oO〇]\s*\d{1,2}\s*['\"]")
_BETWEEN = re.compile(r"^[\s()]*~[\s()]*$")
_DECIMAL_RANGE = re.compile(r"(东经|西经|北纬|南纬|[EWNS])\s*(\d{1,3}\.\d+)\s*°?\s*[~-]\s*(\d{1,3}\.\d+)\s*(?![\d.°'\"])", re.IGNORECASE)


@dataclass(frozen=True)
class Announced:
    """The box of an announcement as (west, south, east, north) in degrees, if it can be read, and what is broken or was assumed."""

    box: Box | None
    problems: tuple[Words, ...] = ()


@dataclass(frozen=True)
class _Range:
    """Two angles joined by a sign for "from … to"."""

    low: Angle
    high: Angle

    @property
    def is_latitude(self) -> bool | None:
        """Say whether latitudes are meant, by the first angle that says so; None where neither does."""
        return self.low.is_latitude if self.low.is_latitude is not None else self.high.is_latitude


def read_box(text: str) -> Announced:
    """Return the coordinate box that an announcement states, or none, with a sentence for each thing that is broken.

    A text that does not speak of coordinates gives no box and no problem.
    """
    signs = plain(text)
    ranges = _ranges(signs)
    if not _SPEAKS_OF_COORDINATES.search(signs):
        return Announced(None)
    if _LETTER_FOR_DEGREE.search(signs):
        return Announced(None, (say("公告的坐标里有字母“o”代替了度的符号，或丢了度数，读不出范围，须由人核对原文。"),))
    longitudes, latitudes = _by_axis(ranges)
    if not longitudes or not latitudes:
        return Announced(None, (_incomplete(signs, longitudes, latitudes),))
    broken = _broken([*longitudes, *latitudes])
    if broken:
        return Announced(None, broken)
    west, east = min(each.low.value for each in longitudes), max(each.high.value for each in longitudes)
    south, north = min(each.low.value for each in latitudes), max(each.high.value for each in latitudes)
    problems = _assumed([*longitudes, *latitudes])
    if len(longitudes) > 1 or len(latitudes) > 1:
        problems += (say("公告里有几处坐标范围，按它们的外框核对。"),)
    return _placed((west, south, east, north), problems)


def _ranges(signs: str) -> list[_Range]:
    found = angles(signs)
    pairs = [_Range(low, high) for low, high in pairwise(found) if _BETWEEN.match(signs[low.end : high.start])]
    lettered = [each for each in pairs if each.is_latitude is not None]
    ranges = lettered or pairs  # next to lettered ones, "25度至28度" is a temperature
    for each in _DECIMAL_RANGE.finditer(signs):
        ends = [Angle(float(each[group]), each[1].upper(), "", each.start(), each.end()) for group in (2, 3)]
        if not any(known.low.start <= each.end() and each.start() <= known.high.end for known in ranges):
            ranges.append(_Range(*ends))
    return ranges


def _by_axis(ranges: list[_Range]) -> tuple[list[_Range], list[_Range]]:
    """Return ranges of longitude and of latitude; those without a letter belong where only the numbers can mean it."""
    longitudes: list[_Range] = []
    latitudes: list[_Range] = []
    for each in ranges:
        latitude = each.is_latitude
        if latitude is None:
            latitude = abs(each.high.value) <= 54
        (latitudes if latitude else longitudes).append(each)
    return longitudes, latitudes


def _incomplete(signs: str, longitudes: list[_Range], latitudes: list[_Range]) -> Words:
    if longitudes or latitudes:
        return say("公告里只读出了%(axis)s的范围，缺另一半，须由人核对原文。", axis=say("纬度") if latitudes else say("经度"))
    if angles(signs):
        return say("公告里的坐标是点，不是起止范围，不能核对四至。")
    return say("公告提到坐标，但读不出度数，须由人核对原文。")


def _broken(ranges: list[_Range]) -> tuple[Words, ...]:
    problems: list[Words] = []
    for each in ranges:
        if {each.low.note, each.high.note} & {"minutes", "seconds"}:
            problems.append(say("公告坐标的分或秒不小于 60，须由人核对原文。"))
        elif each.low.value >= each.high.value:
            problems.append(
                say("公告坐标的起点 %(low)s° 不小于终点 %(high)s°，须由人核对原文。", low=_shown(each.low), high=_shown(each.high))
            )
        elif abs(each.high.value) > (90 if each.is_latitude else 180):
            problems.append(say("公告坐标 %(value)s° 超出经纬度的范围，须由人核对原文。", value=_shown(each.high)))
    return tuple(dict.fromkeys(problems))


def _assumed(ranges: list[_Range]) -> tuple[Words, ...]:
    if not any("lost-minute-sign" in (each.low.note, each.high.note) for each in ranges):
        return ()
    first = next(end for each in ranges for end in (each.low, each.high) if end.note)
    return (say("公告坐标丢了“′”：按两位分、两位秒读，例如 %(value)s°，请核对原文。", value=_shown(first)),)


def _placed(box: Box, problems: tuple[Words, ...]) -> Announced:
    west, south, east, north = box
    if in_china(west, south) and in_china(east, north):
        return Announced(box, problems)
    if in_china(south, west) and in_china(north, east):
        return Announced(None, (*problems, say("公告坐标的经度和纬度写反了，须由人核对原文。")))
    return Announced(box, (*problems, say("公告坐标不在中国范围内，请核对原文。")))


def _shown(angle: Angle) -> str:
    return f"{angle.value:.6f}".rstrip("0").rstrip(".")
