"""Coordinates as people type them: a point a line, ``120.7512,31.4218`` or degrees, minutes, seconds with E and N.

    120.7512, 31.4218
    120°45'04.3"E 31°25'18.5"N
    东经120度45分4.3秒，北纬31度25分18.5秒

The ring is closed for the writer. Longitude comes first unless the letters say otherwise.
"""

from __future__ import annotations

import re

from gi_registry.kernel.words import say
from gi_registry.origin.rules.rings import Position, Reading, defect, read_polygon, together

NUMBER = re.compile(r"[-+−]?\d+(?:\.\d+)?")
DECIMAL_LINE = re.compile(r"^\s*([-+−]?\d+(?:\.\d+)?)\s*[,，;；\s]\s*([-+−]?\d+(?:\.\d+)?)\s*$")
DMS = re.compile(
    r"(?P<before>东经|西经|北纬|南纬|[EWNS])?\s*(?P<degrees>\d{1,3})\s*[°度º]\s*"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′’分]\s*)?(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:[\"″”秒]|'')\s*)?(?P<after>[EWNS])?",
    re.IGNORECASE,
)
SOUTH_OR_WEST = {"西经", "南纬", "W", "S"}
LATITUDES = {"北纬", "南纬", "N", "S"}
MOST_LINES = 2000


def read_typed(text: str) -> Reading:
    """Return the surface whose corners are typed one a line; raise Invalid naming the line that cannot be read."""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    if not lines:
        raise defect(say("没有填写坐标。"), say("每行填一个角点：经度,纬度，例如 120.7512,31.4218；至少 3 行。"))
    if len(lines) > MOST_LINES:
        raise defect(say("坐标超过 %(most)s 行。", most=MOST_LINES), say("请改为上传 GeoJSON 文件。"))
    corners = [_corner(line, number) for number, line in enumerate(lines, start=1)]
    if len(set(corners)) < 3:
        raise defect(say("只有 %(count)s 个不同的角点，围不成地块。", count=len(set(corners))), say("至少填写 3 个不同的角点。"))
    if corners[0] != corners[-1]:
        corners.append(corners[0])
    polygon = read_polygon([[list(corner) for corner in corners]], {})
    return Reading(together([polygon]))


def _corner(line: str, number: int) -> Position:
    plain = DECIMAL_LINE.match(line)
    if plain:
        return (_decimal(plain[1]), _decimal(plain[2]))
    found = list(DMS.finditer(line))
    if len(found) == 2:
        return _ordered(found[0], found[1], line, number)
    raise defect(
        say("第 %(number)s 行“%(line)s”读不出经度和纬度。", number=number, line=line.strip()[:40]),
        say("每行写一个角点：120.7512,31.4218 或 120°45'04.3\"E 31°25'18.5\"N。"),
        line.strip()[:40],
    )


def _decimal(text: str) -> float:
    return float(text.replace("−", "-"))


def _letter(found: re.Match[str]) -> str:
    return (found["before"] or found["after"] or "").upper()


def _ordered(one: re.Match[str], other: re.Match[str], line: str, number: int) -> Position:
    if (_letter(one) in LATITUDES) == (_letter(other) in LATITUDES) and _letter(one) and _letter(other):
        raise defect(
            say("第 %(number)s 行“%(line)s”写了两个经度或两个纬度。", number=number, line=line.strip()[:40]),
            say("每行一个经度（E、东经）和一个纬度（N、北纬）。"),
        )
    first, second = _degrees(one, number), _degrees(other, number)
    return (second, first) if _letter(one) in LATITUDES else (first, second)


def _degrees(found: re.Match[str], number: int) -> float:
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise defect(say("第 %(number)s 行的分或秒不小于 60。", number=number), say("分和秒都应小于 60。"), found[0])
    value = int(found["degrees"]) + minutes / 60 + seconds / 3600
    return -value if _letter(found) in SOUTH_OR_WEST else round(value, 9)
