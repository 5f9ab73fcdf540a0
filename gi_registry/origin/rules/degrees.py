"""Degrees, minutes and seconds as people write them: whatever sign stands for a degree, a minute, a second, or "from … to".

    120°45'04.3"E   东经120度45分4.3秒   Ｅ１２０º４５′４″   115°5230″ (the sign of the minute lost)

What is certain is read; what is repaired on the way is told by ``Angle.note``; what would be a guess is refused by the callers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("º˚゜∘⁰", "°"),
        **dict.fromkeys("′’‘`´ʹʼ", "'"),
        **dict.fromkeys("″〞〝”“ʺ＂", '"'),
        **dict.fromkeys("~∼〜～–—―−﹣至到", "~"),
        "度": "°",
        "分": "'",
        "秒": '"',
        "東": "东",
        "經": "经",
        "緯": "纬",
    }
)
_PAIRED = re.compile(r"''")
_RANGE_HYPHEN = re.compile(r"(?<=[°'\"EWNS\d])\s*(?:~\s*)+\s*|(?<=[°'\"EWNS])\s*-\s*(?=[EWNSo\d东西南北])", re.IGNORECASE)

HEMISPHERE = r"东经|西经|北纬|南纬|[EWNS]"
ANGLE = (
    rf"(?P<before>{HEMISPHERE})?\s*:?\s*(?P<degrees>\d{{1,3}}(?:\.\d+)?)\s*°\s*"
    r"(?:(?P<run>\d{4}(?:\.\d+)?)\s*\"|"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*(?:'|(?=\s*\d{1,2}(?:\.\d+)?\s*\"))\s*)?"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:\"|(?![\d.]|\s*[°'])))?)"
    r"\s*(?P<after>[EWNS](?![A-Za-z]))?"
)
_ANGLE = re.compile(ANGLE, re.IGNORECASE)
SOUTH_OR_WEST = frozenset({"西经", "南纬", "W", "S"})
LATITUDES = frozenset({"北纬", "南纬", "N", "S"})


@dataclass(frozen=True)
class Angle:
    """One angle of a text in degrees (south and west negative), its hemisphere as written, and what was assumed.

    ``note`` is "" or one of ``lost-minute-sign``, ``minutes``, ``seconds`` (60 or more, which is broken).
    """

    value: float
    hemisphere: str
    note: str
    start: int
    end: int

    @property
    def is_latitude(self) -> bool | None:
        """Whether it is a latitude; None where no letter says so."""
        return None if not self.hemisphere else self.hemisphere in LATITUDES


def plain(text: str) -> str:
    """Return the text with one sign for each meaning: ``°``, ``'``, ``"``, ``~`` for a range; full-width becomes half-width."""
    narrow = text.translate(_FULL_WIDTH).translate(_SIGNS)
    return _RANGE_HYPHEN.sub("~", _PAIRED.sub('"', narrow))


def angles(text: str) -> list[Angle]:
    """Return every angle with a degree sign in a text that went through ``plain``, in order."""
    return [_angle(found) for found in _ANGLE.finditer(text)]


def _angle(found: re.Match[str]) -> Angle:
    degrees, note = float(found["degrees"]), ""
    if found["run"]:
        minutes, seconds, note = float(found["run"][:2]), float(found["run"][2:]), "lost-minute-sign"
    else:
        minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
        if found["seconds"] and not found["minutes"] and '"' not in found[0]:  # "40°24": the one sign that is missing is the minute's
            minutes, seconds, note = seconds, 0.0, "lost-minute-sign"
        elif found["minutes"] and found["seconds"] and "'" not in found[0]:
            note = "lost-minute-sign"
    if minutes >= 60 or seconds >= 60:
        note = "minutes" if minutes >= 60 else "seconds"
    hemisphere = (found["before"] or found["after"] or "").upper()
    value = round(degrees + minutes / 60 + seconds / 3600, 9)
    return Angle(-value if hemisphere in SOUTH_OR_WEST else value, hemisphere, note, found.start(), found.end())
