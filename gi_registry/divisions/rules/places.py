"""Places and days: levels and paths of the tree of divisions, and arithmetic with working days.

Division codes are those of GB/T 2260: two digits a province, four a prefecture, six a county, nine a township, twelve a village.
Prefixes are a habit, not a rule (the cities of 新疆生产建设兵团 break it): the parent is stored, never computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import plain
from gi_registry.kernel.words import say


class Level(StrEnum):
    """How high a place stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


LEVEL_OF_LENGTH = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}
LEVEL_LABELS = {
    Level.PROVINCE: say("省级"),
    Level.CITY: say("地市级"),
    Level.COUNTY: say("县级"),
    Level.TOWNSHIP: say("乡镇级"),
    Level.VILLAGE: say("村级"),
}
PLACE_ENDINGS = (
    "特别行政区", "自治州", "自治县", "自治旗", "自治区", "地区", "林区", "特区", "省",
    "市", "盟", "州", "县", "区", "旗", "镇", "乡", "街道",
)  # fmt: skip


def division_code(text: str, field: str = "code") -> str:
    """Return a division code without the zeros that fill a short one to six digits; raise Invalid."""
    code = plain(text)
    if re.fullmatch(r"\d{6}", code) and code.endswith("00"):
        code = code.removesuffix("00").removesuffix("00")
    if not code.isascii() or not code.isdigit() or len(code) not in LEVEL_OF_LENGTH:
        raise invalid(
            field,
            say("“%(value)s”不是行政区划代码。", value=text),
            say("应为 2、4、6、9 或 12 位数字，例如 32、3205、320583。"),
            value=text,
        )
    return code


def box_text(text: str) -> str:
    """Return a box ``west,south,east,north`` in degrees as it is stored, empty for none; raise Invalid for what is no box."""
    if not text.strip():
        return ""
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        west, south, east, north = (1.0, 1.0, 0.0, 0.0)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise invalid(
            "box",
            say("“%(value)s”不是经纬度的外框。", value=text),
            say("应为“西,南,东,北”四个度数，例如 120.9,31.2,121.3,31.6。"),
            value=text,
        )
    return ",".join(f"{value:g}" if value == round(value, 4) else str(value) for value in (west, south, east, north))


def level_of(code: str) -> Level:
    """Return the level that the length of ``code`` says."""
    return LEVEL_OF_LENGTH[len(code)]


def parent_of(code: str) -> str | None:
    """Return the parent that the code's prefix suggests; None for a province. Only a suggestion: a stated parent wins."""
    lengths = sorted(LEVEL_OF_LENGTH)
    place = lengths.index(len(code))
    return code[: lengths[place - 1]] if place else None


def path_under(parent_path: str | None, code: str) -> str:
    """Return the tree path of ``code`` under its parent's path: ``/32/3205/320583/``."""
    return f"{parent_path or '/'}{code}/"


def path_codes(path: str) -> tuple[str, ...]:
    """Return the codes of a path, nearest first: the place itself, its parent, and so on up."""
    return tuple(reversed([code for code in path.split("/") if code]))


def short_name(name: str) -> str:
    """Return a place name without its ending (镇江市 → 镇江), unless one character would be left."""
    for ending in PLACE_ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


@dataclass(frozen=True)
class Due:
    """A date a number of working days away; ``provisional`` when a year on the way is not loaded and weekends stood in for it."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """The State Council's calendar: ``exceptions`` maps a day to whether it is worked where weekends alone would say otherwise.

    ``years`` are the loaded years. Beyond them weekends decide and the answer is provisional: a gate asks ``covers`` first and
    refuses until the year is loaded.
    """

    years: frozenset[int]
    exceptions: Mapping[date, bool]

    def covers(self, year: int) -> bool:
        """Say whether the holidays of ``year`` are loaded."""
        return year in self.years

    def is_working(self, day: date) -> bool:
        """Say whether ``day`` is a working day; beyond the loaded years Monday to Friday are."""
        return self.exceptions.get(day, day.weekday() < 5)

    def add(self, day: date, n: int) -> Due:
        """Return the ``n``-th working day after ``day`` (the day of the event does not count; n = 0 is the day itself)."""
        on, left, provisional = day, n, False
        while left > 0:
            on += timedelta(days=1)
            provisional = provisional or not self.covers(on.year)
            left -= self.is_working(on)
        return Due(on=on, provisional=provisional)

    def between(self, start: date, end: date) -> int:
        """Return how many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_working(start + timedelta(days=offset)) for offset in range(1, (end - start).days + 1))


@dataclass(frozen=True)
class Somewhere:
    """A place as the subject of a permission: who may act there. An empty code is everywhere: only a grant without limits reaches it."""

    authority_division: str = ""
    owner_org_id: None = None
    id: int = 0
    __tablename__: str = "somewhere"
