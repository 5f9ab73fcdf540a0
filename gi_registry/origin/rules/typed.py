"""Coordinates as people type them: a point a line, in degrees, in degrees with minutes and seconds, or in the metres of a declared system.

    120.7512, 31.4218
    120°45'04.3"E 31°25'18.5"N
    J1 东经120度45分4.3秒，北纬31度25分18.5秒
    40512345.6 3480123.4      (with a declared system)
    东经120°30′～121°10′，北纬31°～31°30′      (a box)

The ring is closed for the writer. Longitude comes first unless the letters say otherwise.
"""

from __future__ import annotations

import re

from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.announced import read_box
from gi_registry.origin.rules.crs import LON_LAT, crs_of, settle_for
from gi_registry.origin.rules.degrees import Angle, angles, plain
from gi_registry.origin.rules.rings import Position, Reading, defect, read_polygon, together
from gi_registry.origin.rules.shift import read_as

_NUMBER = r"[-+−]?\d+(?:\.\d+)?"
DECIMAL_LINE = re.compile(rf"^\s*({_NUMBER})\s*°?\s*[,;\s]\s*({_NUMBER})\s*°?\s*(?:[,;\s]\s*({_NUMBER})\s*)?$")
LETTERED_LINE = re.compile(
    rf"^\s*(?P<before>东经|北纬|[EN])?\s*:?\s*(?P<one>{_NUMBER})\s*°?\s*(?P<after>[EN])?\s*[,;\s]\s*"
    rf"(?P<before2>东经|北纬|[EN])?\s*:?\s*(?P<two>{_NUMBER})\s*°?\s*(?P<after2>[EN])?\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\s*(?:(?![EWNS]\d)[A-Za-z]{1,3}\d{1,5}[\s,、:]|第?\d{1,4}\s*(?:[、:)点号]|\.(?!\d)))[\s,、:]*(?=[-+−\dEWNS东西南北])", re.IGNORECASE
)
_COLONS = re.compile(r"(?<![\d.:])(\d{1,3}):(\d{1,2}):(\d{1,2}(?:\.\d+)?)(?![\d:])")
_LETTERS = re.compile(r"(?<![\d.])(\d{1,3})\s*d\s*(\d{1,2})\s*m\s*(\d{1,2}(?:\.\d+)?)\s*s", re.IGNORECASE)
_TRAILING = re.compile(r"(?<=[\d\"'°])\s*([东北])(?![经纬])")
_POINTS = {"东": "E", "北": "N"}
_LATITUDES = {"北纬", "N"}
MOST_LINES = 2000


def read_typed(text: str, crs: str = "") -> Reading:
    """Return the surface whose corners are typed one a line; raise Invalid naming the line that cannot be read.

    ``crs`` declares what the numbers refer to (EPSG code, gcj02, bd09); without it they are longitude and latitude.
    """
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    if not lines:
        raise defect(say("没有填写坐标。"), say("每行填一个角点：经度,纬度，例如 120.7512,31.4218；至少 3 行。"))
    if len(lines) > MOST_LINES:
        raise defect(say("坐标超过 %(most)s 行。", most=MOST_LINES), say("请改为上传 GeoJSON 文件。"))
    system = crs_of(crs) if crs else LON_LAT
    box = _box(text) if len(lines) <= 2 else None
    if box is not None:
        return read_as(box, system.datum)
    notes: dict[str, Words] = {}
    corners = [_corner(line, number, notes) for number, line in enumerate(lines, start=1)]
    if len(set(corners)) < 3:
        raise defect(say("只有 %(count)s 个不同的角点，围不成地块。", count=len(set(corners))), say("至少填写 3 个不同的角点。"))
    if corners[0] != corners[-1]:
        corners.append(corners[0])
    polygon = read_polygon([[list(corner) for corner in corners]], {}, settle_for(system))
    if system.projected:
        notes["crs"] = say("坐标由 %(crs)s 换算为经纬度（CGCS2000）。", crs=system.name)
    return read_as(Reading(together([polygon]), tuple(notes.values())), system.datum)


def _box(text: str) -> Reading | None:
    """Return the rectangle of a range such as an announcement has; None where the text is no range."""
    found = read_box(text)
    if found.box is None:
        return None
    west, south, east, north = found.box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    note = say("按起止经纬度画成矩形。")
    return Reading(together([read_polygon([ring], {})]), (note, *found.problems))


def _corner(line: str, number: int, notes: dict[str, Words]) -> Position:
    signs = _LABEL.sub("", _signed(plain(line).strip(" ,;~()[]"))).strip(" ,;~")
    decimal = DECIMAL_LINE.match(signs)
    if decimal:
        return _plain_corner(decimal, number, notes)
    lettered = LETTERED_LINE.match(signs)
    if lettered:
        return _lettered(lettered)
    found = angles(signs)
    if len(found) == 2:
        return _ordered(found[0], found[1], line, number, notes)
    raise defect(
        say("第 %(number)s 行“%(line)s”读不出经度和纬度。", number=number, line=line.strip()[:40]),
        say("每行写一个角点：120.7512,31.4218 或 120°45'04.3\"E 31°25'18.5\"N。"),
        line.strip()[:40],
    )


def _signed(text: str) -> str:
    """Return a line with the signs of degrees where it has colons or the letters d, m, s, and E and N where 东 or 北 stand behind."""
    for pattern in (_COLONS, _LETTERS):
        text = pattern.sub(r"\1°\2'\3" + '"', text)
    return _TRAILING.sub(lambda found: _POINTS[found[1]], text)


def _plain_corner(found: re.Match[str], number: int, notes: dict[str, Words]) -> Position:
    """Return two numbers as a corner; of three, the first is the number of the corner if it counts the lines, the last a height if not."""
    values = [_decimal(value) for value in found.groups() if value is not None]
    if len(values) == 3 and values[0] == number:
        return (values[1], values[2])
    if len(values) == 3:
        notes["height"] = say("坐标点带有高程等附加数值，已舍去。")
    return (values[0], values[1])


def _lettered(found: re.Match[str]) -> Position:
    one, two = _decimal(found["one"]), _decimal(found["two"])
    first = (found["before"] or found["after"] or "").upper()
    second = (found["before2"] or found["after2"] or "").upper()
    return (two, one) if first in _LATITUDES or (not first and second and second not in _LATITUDES) else (one, two)


def _decimal(text: str) -> float:
    return float(text.replace("−", "-"))


def _ordered(one: Angle, other: Angle, line: str, number: int, notes: dict[str, Words]) -> Position:
    if one.hemisphere and other.hemisphere and one.is_latitude == other.is_latitude:
        raise defect(
            say("第 %(number)s 行“%(line)s”写了两个经度或两个纬度。", number=number, line=line.strip()[:40]),
            say("每行一个经度（E、东经）和一个纬度（N、北纬）。"),
        )
    if {one.note, other.note} & {"minutes", "seconds"}:
        raise defect(say("第 %(number)s 行的分或秒不小于 60。", number=number), say("分和秒都应小于 60。"), line.strip()[:40])
    if "lost-minute-sign" in (one.note, other.note):
        notes["lost"] = say("有的坐标丢了“′”，按两位分、两位秒读，请核对。")
    turned = one.is_latitude or (one.is_latitude is None and other.is_latitude is False)
    return (other.value, one.value) if turned else (one.value, other.value)
