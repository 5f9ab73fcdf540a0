"""The authorities' line over a year: due, filed, late, missing, returned, accepted, per region and per GI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gi_registry.registry.models import Authorisation
from gi_registry.reports import queries
from gi_registry.reports.rules.obligation import status_of
from gi_registry.reports.rules.rollup import Tally, grouped, tally_of, total
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Line:
    """One region or GI: the key that opens its rows, its name, its tally."""

    key: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class Rollup:
    """A year in the actor's region: all of it, by region and by GI."""

    year: int
    whole: Tally
    regions: tuple[Line, ...]
    gis: tuple[Line, ...]


def roll_up(work: Work, year: int) -> Rollup:
    """Return the counts of a year in the actor's region; what is owed and how it stands are derived as in the list of obligations."""
    work.require("report:view")
    condition = work.visible(Authorisation, "report:view")
    windows = queries.windows_of(work.session, year, today=work.today, condition=condition)
    window_in = {division: window for window, codes in windows.items() for division in codes}
    regions, gis = list[tuple[str, Tally]](), list[tuple[str, Tally]]()
    for row in queries.tallied(work.session, year, condition=condition):
        if row.division not in window_in:
            continue
        status = status_of(window_in[row.division], today=work.today, first_filed_on=row.first_filed_on)
        tally = tally_of(status, row.state or "", row.count)
        regions.append((row.division, tally))
        gis.append((str(row.gi_id), tally))
    names = queries.names_of_gis(work.session, [int(key) for key, _tally in gis])
    by_region = queries.named_regions(work.session, grouped(regions))
    by_gi = tuple(sorted((Line(key, names[int(key)], tally) for key, tally in grouped(gis).items()), key=lambda line: line.name))
    return Rollup(year, total(tally for _key, tally in regions), tuple(Line(*item) for item in by_region), by_gi)


def rollup_rows(rollup: Rollup) -> list[dict[str, Any]]:
    """Return the roll-up as flat rows for CSV and JSON: the whole, each region, each GI."""
    kinds = (("all", (Line("", "", rollup.whole),)), ("region", rollup.regions), ("gi", rollup.gis))
    year = rollup.year
    return [{"year": year, "by": by, "key": one.key, "name": one.name, **one.tally.numbers} for by, lines in kinds for one in lines]
