"""The words of an announced area: which units it lists, how many it says there are, whether it means a whole county, what else it asks.

Sources: the protection ranges as announced (质检总局、农业部 announcements). What is read here is held against the list of units and the
outline; it never replaces what was announced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = "镇乡村区县市旗州盟省场道处会社圃屯"
_UNIT = re.compile(
    r"(?:街道办事处|办事处|街道|管委会|管理委员会|居委会|开发区|自治州|自治县|自治旗|林场|农场|茶场|渔场|牧场|社区|[镇乡村县市区旗州盟鎮鄉縣區])$"
)
_COORDINATES = re.compile(r"[（(，,；;。]?\s*(?:其?地理坐标|东经|北纬|经度|纬度|坐标)")
_PREAMBLE = re.compile(r"^.*?(?:产地|保护|地域|区域|产品)?(?:范围|範圍|范圍)(?:为|為|是|包括|：|:)")
_INSIDE = re.compile(r"所?辖(?:的|区域内的?)?(?:\s*\d+\s*个[^：:，,。；;]*)?[：:]?")
_COUNT = re.compile(
    r"(?:共计|合计|总计|共|等)?\s*(\d+)\s*[个個]\s*((?:县|縣|市|区|區|州|乡|鄉|镇|鎮|街道|农场|村|自然村|行政村)[^，,。；;：:\d]{0,12})"
)
_COUNTING = re.compile(r"(?:等|共计|合计|总计|共)?\s*\d+\s*[个個].*$")
_COUNT_LOST = re.compile(r"(?<![\d\s几各每一二三四五六七八九十百千两零〇])[个個](?=行政村|自然村|村委会|乡镇|街道|村)")
_WHOLE = re.compile(r"([^，,。；;：:、（(]{2,30}?)\s*(?:全境|现辖行政区域|現轄行政區域|所辖行政区域|行政区域)")
_SPLIT = re.compile(rf"[、，,；;]|(?<=[{_END}])[和及与](?=[^、，,]{{1,12}}[{_END}])")
_TAIL = re.compile(
    r"(?:等)?\s*(?:共计|合计|总计|共)?\s*\d*\s*[个個].*$|等$|(?:全境|现辖行政区域|現轄行政區域|所辖行政区域|行政区域).*$|[（(].*$"
)
_BESIDES = (
    ("海拔", re.compile(r"海拔")),
    ("土壤", re.compile(r"土壤")),
    ("气候", re.compile(r"气温|积温|降水|无霜期")),
    ("水质", re.compile(r"水质|水温|水深")),
)


@dataclass(frozen=True)
class Listing:
    """What an announced text lists.

    ``inside`` is the place that stands above the list (平泉县), ``units`` are the names as written, ``counted`` is how many the text
    says, ``count_lost`` that a number before 个 is missing, ``whole`` the places whose whole present area is meant, ``besides`` what
    else than a place limits the area.
    """

    inside: str = ""
    units: tuple[str, ...] = ()
    counted: int | None = None
    count_lost: bool = False
    whole: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()

    @property
    def tells_places(self) -> bool:
        """Whether any place could be read at all."""
        return bool(self.units or self.whole)

    @property
    def every(self) -> tuple[str, ...]:
        """All names: those of the list, or of the places meant as a whole."""
        return self.units or self.whole


def read_listing(text: str) -> Listing:
    """Return what an announced text lists, as it is written."""
    places = _places_part(text)
    besides = tuple(name for name, sign in _BESIDES if sign.search(text))
    head, body = _head_and_body(places)
    names = [name for part in _SPLIT.split(_COUNTING.sub("", body)) if (name := _unit(part))]
    found = _COUNT.search(places)
    counted, lost = int(found[1]) if found else None, bool(_COUNT_LOST.search(places))
    if len(names) > 1 or (names and head):
        return Listing(head, tuple(names), counted, lost, (), besides)
    told = _PREAMBLE.sub("", places, count=1)
    whole = tuple(name for match in _WHOLE.finditer(told) if _UNIT.search(name := _named(match[1])))
    return Listing(head, () if whole else tuple(names), counted, lost, whole, besides)


def _places_part(text: str) -> str:
    """Return the part that speaks of places: before the coordinates, without line breaks and bracketed asides at its start."""
    told = text.strip().strip("（()）") if text.strip().startswith(("（", "(")) else text.strip()
    found = _COORDINATES.search(told)
    return told[: found.start()] if found and found.start() else told


def _head_and_body(places: str) -> tuple[str, str]:
    body = _PREAMBLE.sub("", places, count=1)
    first = re.split(r"[。]", body, maxsplit=1)[0]
    colon = re.search(r"[：:]", first)
    if colon:
        above = _COUNT.sub("", _INSIDE.split(first[: colon.start()])[0])
        return _named(above), first[colon.end() :]
    inside = _INSIDE.search(first)
    if inside and inside.start() and "现辖" not in first[max(0, inside.start() - 2) : inside.end()]:
        return _named(first[: inside.start()]), first[inside.end() :]
    return "", first


def _unit(part: str) -> str:
    name = _named(part)
    return name if _UNIT.search(name) and 2 <= len(name) <= 24 else ""


def _named(part: str) -> str:
    return _TAIL.sub("", part.strip()).strip(" 　。、：:")
