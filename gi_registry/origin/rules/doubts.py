"""What is doubtful in an area as announced: its coordinate box, its list of units, its outline do not agree with each other or the day.

A doubt is said beside the version and changes nothing: the register keeps what was announced (domain §8, "records are stored as stated").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gi_registry.divisions.rules.units import Found, Unit, simplified
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.announced import Announced, Box
from gi_registry.origin.rules.wording import Listing

WHOLE_COUNTY = 0.95
"""An outline that spans this share of the county's box both ways is taken for the whole county."""
_SHOWN = 5
_TOWNSHIP = re.compile(r"(?:街道办事处|办事处|街道|镇|乡|农场|林场|茶场|管委会)$")
_VILLAGE = re.compile(r"(?:村|社区|居委会)$")
_COUNTY = re.compile(r"(?:县|区|市|旗|州|盟|省)$")


class Doubt(StrEnum):
    """The kinds of doubt, in the order in which they are said."""

    COORDINATES = "coordinates"
    BOX_OFF_OUTLINE = "box-off-outline"
    BOX_OFF_DIVISION = "box-off-division"
    WHOLE_COUNTY = "whole-county"
    LIST_SHORT = "list-short"
    COUNT = "count"
    COUNT_LOST = "count-lost"
    NOT_INSIDE = "not-inside"
    UNKNOWN_UNIT = "unknown-unit"
    AMBIGUOUS_UNIT = "ambiguous-unit"
    NOT_THEN = "not-then"
    RENAMED = "renamed"
    TRADITIONAL = "traditional"
    BESIDES = "besides"
    NO_PLACE = "no-place"


@dataclass(frozen=True)
class Stated:
    """An announced area, read: the text's listing and box, the units of its list at their day, and what it can be held against.

    ``outline`` is the box of the outline, ``counties`` the boxes of the counties that hold the units, where known (degrees); ``levels``
    the lengths of the division codes on file in the region: what is not loaded cannot be missed. ``strays`` are units that lie
    elsewhere than in the place that the text puts them in, ``head``.
    """

    text: str
    places: tuple[str, ...]
    listing: Listing
    announced: Announced
    units: tuple[Unit, ...] = ()
    head: str = ""
    strays: tuple[str, ...] = ()
    outline: Box | None = None
    counties: tuple[Box, ...] = ()
    levels: frozenset[int] = frozenset()


def doubts(stated: Stated) -> list[tuple[Doubt, Words]]:
    """Return each doubt about an announced area with its sentence."""
    found = [(Doubt.COORDINATES, problem) for problem in stated.announced.problems]
    for kind, rule in _RULES.items():
        if sentence := rule(stated):
            found.append((kind, sentence))
    return found


def _box_off_outline(stated: Stated) -> Words | None:
    box = stated.announced.box
    if box is None or stated.outline is None or touch(box, stated.outline):
        return None
    return say("公告的坐标范围与录入的边界不相接，坐标或边界有误，请核对原文。")


def _box_off_division(stated: Stated) -> Words | None:
    box = stated.announced.box
    if box is None or not stated.counties or any(touch(box, county) for county in stated.counties):
        return None
    return say("公告的坐标范围（%(box)s）与所列行政区域的外框不相接，原文坐标可能有误，请核对。", box=_degrees(box))


def _whole_county(stated: Stated) -> Words | None:
    part = [name for name in stated.listing.units if _TOWNSHIP.search(name) or _VILLAGE.search(name)]
    if not part:
        return None
    if stated.places and all(_COUNTY.search(name) for name in stated.places):
        return say("原文只列了 %(n)s 处乡镇或村，地名清单却是整个%(place)s，请核对。", n=len(part), place=stated.places[0])
    if stated.outline is not None and any(_spans(stated.outline, county) for county in stated.counties):
        return say("原文只列了 %(n)s 处乡镇或村，录入的边界却与整个县的外框一样大，请核对。", n=len(part))
    return None


def _list_short(stated: Stated) -> Words | None:
    listing = stated.listing
    if listing.whole and not listing.units and stated.places and all(_TOWNSHIP.search(name) for name in stated.places):
        return say("原文是%(place)s的全部行政区域，地名清单却只列了 %(n)s 个乡镇，请核对。", place=listing.whole[0], n=len(stated.places))
    if not listing.units or not stated.places or all(_COUNTY.search(name) for name in stated.places):
        return None
    missing = [name for name in listing.units if not any(name.endswith(place) or place.endswith(name) for place in stated.places)]
    return say("原文列出而清单没有的：%(names)s。", names=_some(missing)) if missing else None


def _count(stated: Stated) -> Words | None:
    listing = stated.listing
    if listing.counted is None or not listing.units or listing.counted == len(listing.units):
        return None
    return say("原文说共 %(n)s 个，列出的是 %(m)s 个，请核对原文。", n=listing.counted, m=len(listing.units))


def _count_lost(stated: Stated) -> Words | None:
    return say("原文“个行政村（乡镇）”前面丢了数字，请核对原文。") if stated.listing.count_lost else None


def _not_inside(stated: Stated) -> Words | None:
    return say("原文说在%(head)s之内，但不在其中的有：%(names)s。", head=stated.head, names=_some(stated.strays)) if stated.strays else None


def _unknown(stated: Stated) -> Words | None:
    lost = [unit for unit in stated.units if unit.found is Found.UNKNOWN and _loaded(simplified(unit.stated), stated.levels)]
    if not lost:
        return None
    near = list(dict.fromkeys(place.name for unit in lost for place in unit.near))
    values = {"n": len(lost), "names": _some([unit.stated for unit in lost])}
    if not near:
        return say("行政区划里没有查到 %(n)s 处：%(names)s。", **values)
    return say("行政区划里没有查到 %(n)s 处：%(names)s。名称相近的有：%(near)s。", **values, near=_some(near))


def _ambiguous(stated: Stated) -> Words | None:
    names = [unit.stated for unit in stated.units if unit.found is Found.AMBIGUOUS]
    return say("重名而不能确定的：%(names)s，请写全上级地名。", names=_some(names)) if names else None


def _not_then(stated: Stated) -> Words | None:
    names = [unit.stated for unit in stated.units if unit.found is Found.NOT_THEN]
    return say("起期那天没有这些行政区划名称：%(names)s。", names=_some(names)) if names else None


def _renamed(stated: Stated) -> Words | None:
    above = {f"{old.name}→{new.name}": None for unit in stated.units for old, new in unit.above}
    pairs = list(above) + [
        f"{unit.stated}→{'、'.join(place.name for place in unit.today)}"
        for unit in stated.units
        if unit.found is Found.FOUND and unit.renamed and unit.today
    ]
    return say("后来撤销、更名或分设的：%(names)s。", names=_some(pairs)) if pairs else None


def _traditional(stated: Stated) -> Words | None:
    names = [unit.stated for unit in stated.units if unit.traditional]
    return say("地名中有繁体字，按简体查对：%(names)s。", names=_some(names)) if names else None


def _besides(stated: Stated) -> Words | None:
    if not stated.listing.besides:
        return None
    return say("原文还以%(what)s限定范围，平面边界不能单独判定。", what="、".join(stated.listing.besides))


def _no_place(stated: Stated) -> Words | None:
    if not stated.text or stated.places or stated.outline is not None or stated.listing.tells_places:
        return None
    return say("原文里读不出任何地名，也没有地名清单和边界，请核对这是不是产地范围的公告。")


_RULES: dict[Doubt, Callable[[Stated], Words | None]] = {
    Doubt.BOX_OFF_OUTLINE: _box_off_outline,
    Doubt.BOX_OFF_DIVISION: _box_off_division,
    Doubt.WHOLE_COUNTY: _whole_county,
    Doubt.LIST_SHORT: _list_short,
    Doubt.COUNT: _count,
    Doubt.COUNT_LOST: _count_lost,
    Doubt.NOT_INSIDE: _not_inside,
    Doubt.UNKNOWN_UNIT: _unknown,
    Doubt.AMBIGUOUS_UNIT: _ambiguous,
    Doubt.NOT_THEN: _not_then,
    Doubt.RENAMED: _renamed,
    Doubt.TRADITIONAL: _traditional,
    Doubt.BESIDES: _besides,
    Doubt.NO_PLACE: _no_place,
}


def touch(one: Box, other: Box) -> bool:
    """Say whether two boxes (west, south, east, north) share more than an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _spans(outline: Box, county: Box) -> bool:
    across = (min(outline[2], county[2]) - max(outline[0], county[0])) / (county[2] - county[0])
    up = (min(outline[3], county[3]) - max(outline[1], county[1])) / (county[3] - county[1])
    return across >= WHOLE_COUNTY and up >= WHOLE_COUNTY


def _loaded(name: str, levels: frozenset[int]) -> bool:
    """Say whether a name could have been found: places of its kind are on file in the region."""
    if _VILLAGE.search(name):
        return 12 in levels
    if _TOWNSHIP.search(name):
        return 9 in levels
    return bool(_COUNTY.search(name)) and 6 in levels


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:_SHOWN])
    return f"{shown}……" if len(names) > _SHOWN else shown


def _degrees(box: Box) -> str:
    west, south, east, north = (f"{value:.4f}".rstrip("0").rstrip(".") for value in box)
    return f"{west}°～{east}°，{south}°～{north}°"
