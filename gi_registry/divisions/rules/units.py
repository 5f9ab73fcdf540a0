"""A list of units resolves at its date: which place a name meant on that day, and what the place is called now.

Announcements name places as of their day (domain §8). Since then a county became a district (太谷县 → 太谷区, 郫县 → 郫都区), or its ground
was cut anew (杭州 2021: 江干区 went to 上城区 and 钱塘区). A name is looked up among the places in force on the day; where one later gave
way, its successors are named beside it, several where there are several. What is ambiguous or unknown is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from gi_registry.divisions.rules.places import PLACE_ENDINGS, path_codes, short_name
from gi_registry.kernel.words import Words, say

COUNTY_LENGTH = 6
PREFECTURE = "自治州"
_SHORTENED = {"州": PREFECTURE, "县": "自治县", "旗": "自治旗", "乡": "族乡"}
_TRADITIONAL = str.maketrans(
    "鎮鄉縣區莊臺魚順龍東門馬灣嶺橋溝裡圍國廣興陽陰雲義豐華長樂蘭鳳鶴鐵蘇寧衛濟齊魯貴瓊滬漢關閩遼爾達濱爐壩壢萬",
    "镇乡县区庄台鱼顺龙东门马湾岭桥沟里围国广兴阳阴云义丰华长乐兰凤鹤铁苏宁卫济齐鲁贵琼沪汉关闽辽尔达滨炉坝坜万",
)


class Found(StrEnum):
    """What became of a name."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    NOT_THEN = "not-then"
    UNKNOWN = "unknown"


FOUND_WORDS: dict[str, Words] = {
    Found.FOUND: say("已查到"),
    Found.AMBIGUOUS: say("重名，未定"),
    Found.NOT_THEN: say("当时不叫这个名"),
    Found.UNKNOWN: say("没有查到"),
}


@dataclass(frozen=True)
class Place:
    """A place of the tree with its half-open validity."""

    code: str
    name: str
    path: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds(self, on: date) -> bool:
        """Say whether the place was in force on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class Succession:
    """From ``since`` on ground of ``code`` belongs to ``successor``; a place that gave up a part only names itself as well."""

    code: str
    successor: str
    since: date


@dataclass(frozen=True)
class Unit:
    """A name of a list: the place it meant on the day (several where that is open), and the places it is today.

    ``near`` are places of the same stem in the same region, for a name that is unknown: 神南乡 beside 神南镇. ``traditional`` says that
    the name was read through traditional characters. ``above`` are places that stood over it that day, with what stands there now.
    """

    stated: str
    found: Found
    places: tuple[Place, ...] = ()
    today: tuple[Place, ...] = ()
    near: tuple[Place, ...] = ()
    traditional: bool = False
    above: tuple[tuple[Place, Place], ...] = ()

    @property
    def place(self) -> Place | None:
        """The one place it meant, where that is certain."""
        return self.places[0] if self.found is Found.FOUND else None

    @property
    def renamed(self) -> bool:
        """Whether the place that was meant is not simply itself today."""
        return self.found is not Found.UNKNOWN and [place.code for place in self.places] != [place.code for place in self.today]


@dataclass(frozen=True)
class Gazetteer:
    """The places that may matter, by code, with what came after what."""

    places: Mapping[str, Place]
    successions: tuple[Succession, ...] = ()
    _by_name: dict[str, list[Place]] = field(default_factory=dict, compare=False, repr=False)
    _by_stem: dict[str, list[Place]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for place in self.places.values():
            self._by_name.setdefault(place.name, []).append(place)
            self._by_stem.setdefault(short_name(place.name), []).append(place)

    def named(self, name: str) -> list[Place]:
        """Return the places of a name as written, or else in its short form: 镇江市 for 镇江, 楚雄彝族自治州 for 楚雄州."""
        if exact := self._by_name.get(name):
            return exact
        if len(name) > 2 and (ending := _SHORTENED.get(name[-1])):
            return [place for place in self.places.values() if place.name.startswith(name[:-1]) and place.name.endswith(ending)]
        return [place for ending in PLACE_ENDINGS for place in self._by_name.get(name + ending, ())] if len(name) > 1 else []

    def of_stem(self, stem: str) -> list[Place]:
        """Return the places whose names without their ending are these."""
        return self._by_stem.get(stem, [])

    def forward(self, code: str, *, after: date, today: date) -> tuple[Place, ...]:
        """Return what a place that was in force on ``after`` is today: itself, or its successors and theirs."""
        later = [each for each in self.successions if each.code == code and after < each.since <= today]
        if not later:
            return (self.places[code],) if code in self.places else ()
        first = min(each.since for each in later)
        reached = [place for each in later if each.since == first for place in self.forward(each.successor, after=first, today=today)]
        return tuple(dict.fromkeys(reached))

    def above(self, place: Place, on: date) -> tuple[tuple[Place, Place], ...]:
        """Return which places above one came only after a day, each with the one that was there before: 平泉县, now 平泉市."""
        later = [self.places[code] for code in path_codes(place.path)[1:] if code in self.places and not self.places[code].holds(on)]
        pairs = ((each.code, new) for new in later for each in self.successions if each.successor == new.code)
        return tuple((self.places[code], new) for code, new in pairs if code in self.places and self.places[code].holds(on))

    def names_of(self, code: str) -> set[str]:
        """Return the names under which a place may stand in front of another: its own, short, and those of the places before it."""
        before = {each.code for each in self.successions if each.successor == code} | {code}
        names = {self.places[each].name for each in before if each in self.places}
        return names | {short_name(name) for name in names}


def simplified(name: str) -> str:
    """Return a place name in simplified characters, as far as place names need them."""
    return name.translate(_TRADITIONAL)


def tails(name: str) -> list[str]:
    """Return what a written name may end with: 江苏省昆山市 is 昆山市 behind its province. Longest first, two characters at least."""
    return [name[start:] for start in range(len(name) - 1)]


def spellings(names: Iterable[str]) -> set[str]:
    """Return every name under which the places of a list may be on file; names of prefectures in their short form are left out."""
    ends = {tail for name in names for tail in tails(simplified(name))}
    return ends | {end + ending for end in ends if len(end) < 8 for ending in PLACE_ENDINGS if not end.endswith(PLACE_ENDINGS)}


def resolve(names: Sequence[str], known: Gazetteer, *, within: Sequence[str], on: date, today: date) -> tuple[Unit, ...]:
    """Return what each name of a list meant on a day, in order.

    ``within`` are tree paths that the places must lie under; none is everywhere. Of places of one name in force that day the highest
    wins (a city above a town of its name); more than one at that height is ambiguous.
    """
    return tuple(_resolve(name, known, within=within, on=on, today=today) for name in names)


def _resolve(stated: str, known: Gazetteer, *, within: Sequence[str], on: date, today: date) -> Unit:
    name = simplified(stated)
    traditional = name != stated
    candidates = _candidates(name, known, within)
    if not candidates:
        return Unit(stated, Found.UNKNOWN, near=_near(name, known, within), traditional=traditional)
    then = _highest([place for place in candidates if place.holds(on)])
    if not then:
        now = tuple(dict.fromkeys(each for place in candidates for each in known.forward(place.code, after=_last_day(place), today=today)))
        return Unit(stated, Found.NOT_THEN, tuple(candidates), now, traditional=traditional)
    now = tuple(dict.fromkeys(each for place in then for each in known.forward(place.code, after=on, today=today)))
    found = Found.FOUND if len(then) == 1 else Found.AMBIGUOUS
    return Unit(stated, found, tuple(then), now, traditional=traditional, above=known.above(then[0], on) if len(then) == 1 else ())


def _candidates(name: str, known: Gazetteer, within: Sequence[str]) -> list[Place]:
    for tail in tails(name):
        found = [place for place in known.named(tail) if _lies(place, within) and _leads_to(name[: -len(tail)], place, known)]
        if found:
            return found
    return []


def _lies(place: Place, within: Sequence[str]) -> bool:
    return not within or any(place.path.startswith(path) for path in within)


def _leads_to(before: str, place: Place, known: Gazetteer) -> bool:
    """Say whether what stands in front of a name is the names of places above it, from the wide to the narrow; some may be left out."""
    return _reads(before, tuple(known.names_of(code) for code in reversed(path_codes(place.path)[1:])))


def _reads(before: str, above: tuple[set[str], ...]) -> bool:
    if not before:
        return True
    starts = ((depth, name) for depth, names in enumerate(above) for name in names if before.startswith(name))
    return any(_reads(before.removeprefix(name), above[depth + 1 :]) for depth, name in starts)


def _highest(places: list[Place]) -> list[Place]:
    depth = min((place.path.count("/") for place in places), default=0)
    return [place for place in places if place.path.count("/") == depth]


def _last_day(place: Place) -> date:
    """Return a day on which a place was in force, to follow it from; of one that is in force only later, its first."""
    return date.fromordinal(place.valid_to.toordinal() - 1) if place.valid_to else place.valid_from or date.min


def _near(name: str, known: Gazetteer, within: Sequence[str]) -> tuple[Place, ...]:
    if not within:
        return ()
    stems = dict.fromkeys(short_name(tail) for tail in tails(name) if short_name(tail) != tail)
    return tuple(place for stem in stems for place in known.of_stem(stem) if _lies(place, within) and place.valid_to is None)
