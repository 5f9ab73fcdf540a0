"""A file of plots: which of its properties say what, what an accepted repair or conversion makes of an outline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.repair import Repair
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import Datum, read_as

# What surveyors call a column; DKMC and the like are the columns of the national register of contracted land (NY/T 2539-2016).
KNOWN_AS: dict[str, tuple[str, ...]] = {
    "name": ("name", "地块名称", "地块名", "名称", "dkmc", "plot", "plot_name"),
    "zone": ("zone", "分区"),
    "crop": ("crop", "品种", "作物", "养殖品种"),
    "variety": ("variety", "具体品种"),
    "season": ("season", "茬次"),
    "land_record": ("land_record", "land_recor", "土地权属证明", "权证号", "地块编码", "dkbm"),
    "division_code": ("division_code", "division_c", "所在区划代码", "区划代码"),
    "farmer": ("farmer", "农户", "承包方名称", "cbfmc"),
    "farmer_contract": ("farmer_contract", "farmer_con", "合同编号", "承包合同编码", "cbhtbm"),
}
KEY_WORDS: dict[str, Words] = {
    "name": say("地块名称"),
    "zone": say("分区"),
    "crop": say("品种"),
    "variety": say("具体品种"),
    "season": say("茬次"),
    "land_record": say("土地权属证明"),
    "division_code": say("所在区划代码"),
    "farmer": say("农户"),
    "farmer_contract": say("合同编号"),
}


@dataclass(frozen=True)
class Chosen:
    """What a person decided on a file: which plots to take (by position from 1), whose repair and whose conversion to accept."""

    take: frozenset[int]
    repair: frozenset[int] = frozenset()
    shift: frozenset[int] = frozenset()


def guessed(keys: Iterable[str]) -> dict[str, str]:
    """Return which property of a file holds which column, as far as its name tells."""
    listed = list(keys)
    lowered = {key.strip().lower(): key for key in reversed(listed)}
    found = {column: next((lowered[name] for name in names if name in lowered), "") for column, names in KNOWN_AS.items()}
    return {column: key for column, key in found.items() if key}


def told(properties: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, str]:
    """Return what the properties of one feature say under the columns they stand for."""
    values = {column: properties.get(key) for column, key in columns.items() if key}
    return {column: _text(value) for column, value in values.items() if value is not None and _text(value)}


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def default_name(file_name: str, position: int) -> str:
    """Return the name of a plot whose file tells none."""
    return f"{PurePath(file_name).stem[:60]} {position}"


def mended(repair: Repair, converted_from: str = "") -> Reading:
    """Return the outline that an accepted repair makes, with what was changed as notes; ``converted_from``: where its corners came from."""
    note = say("边界已按修补建议改正，变动 %(m2)s 平方米。", m2=repair.moved_m2)
    return Reading(repair.geometry, (note, *repair.changes), converted_from=converted_from)


def settled(outline: Reading | None, *, shifted: bool) -> Reading | None:
    """Return an outline as a person accepted it: converted from GCJ-02 where they said so, never one that was converted before."""
    if outline is None or not shifted or outline.converted_from:
        return outline
    return read_as(outline, Datum.GCJ02)
