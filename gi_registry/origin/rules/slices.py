"""A slice of plots to be judged again: plain data that a process of its own can work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy
import shapely

from gi_registry.origin.rules.verdict import OriginVerdict
from gi_registry.origin.rules.verdicts import judge_many
from gi_registry.origin.rules.versions import Version


@dataclass(frozen=True)
class Basis:
    """By what plots are judged: the day, the policy's tolerance on it in metres, and the versions of their zone."""

    on: date
    default_m: int
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Group:
    """Plots of one GI and zone; ``before`` is what held the day before a change, None where a slice follows no change."""

    wkb: Sequence[bytes | str]
    accuracies_m: Sequence[int | None]
    now: Basis
    before: Basis | None = None


Judged = tuple[OriginVerdict, OriginVerdict | None]


def judge_group(group: Group) -> list[Judged]:
    """Return the verdict on each plot, and the one before the change where the group has such a day."""
    plots = numpy.array(shapely.from_wkb(numpy.array(group.wkb, dtype=object)), dtype=object)
    now = _on(plots, group, group.now)
    before: Sequence[OriginVerdict | None] = [None] * len(now) if group.before is None else _on(plots, group, group.before)
    return list(zip(now, before, strict=True))


def judge_groups(groups: Sequence[Group]) -> list[list[Judged]]:
    """Return the verdicts of several groups: the work of one process for one slice."""
    return [judge_group(group) for group in groups]


def _on(plots: numpy.ndarray[tuple[int], numpy.dtype[numpy.object_]], group: Group, basis: Basis) -> list[OriginVerdict]:
    return judge_many(plots, basis.versions, on=basis.on, accuracies_m=group.accuracies_m, default_m=basis.default_m)


def deciding(versions: dict[str, tuple[Version, ...]], zone: str, *, without: tuple[str, date] | None = None) -> tuple[Version, ...]:
    """Return the versions that decide for a zone: its own, or the whole area's where it has none.

    ``without`` (zone, first day) leaves out the version that came with a change, for the question what held before it.
    """
    for wanted in dict.fromkeys((zone, "")):
        own = versions.get(wanted, ())
        if without is not None and without[0] == wanted:
            own = tuple(version for version in own if version.valid_from != without[1])
        if own:
            return own
    return ()
