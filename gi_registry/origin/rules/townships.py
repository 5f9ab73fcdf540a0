"""Land of a GI on file in a township or with a user in a year, beside what statistics say and beside the year before (QT-03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

PER_MILLE = 1000


@dataclass(frozen=True)
class Ground:
    """What counts of one plot: thousandths of a mu, half-open validity, season, crop, where and whose, and whether a record backs it."""

    plot_id: int
    authorisation_id: int
    area_milli_mu: int
    valid_from: date | None
    valid_to: date | None
    season: str
    crop: str
    place: str
    recorded: bool

    def used(self, on: date) -> bool:
        """Say whether the plot is in use on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)

    def used_in(self, year: int) -> bool:
        """Say whether the plot is in use on some day of a year."""
        starts = self.valid_from is None or self.valid_from < date(year + 1, 1, 1)
        ends_later = self.valid_to is None or self.valid_to > date(year, 1, 1)
        never = self.valid_from is not None and self.valid_from == self.valid_to
        return starts and ends_later and not never


@dataclass(frozen=True)
class TownshipSum:
    """The land on file in a place and year beside the official figure, in thousandths of a mu; ``official_milli_mu`` None: none on file.

    ``crop`` empty is all crops; ``division_code`` is the place of the official figure, else the township of the plots.
    """

    division_code: str
    crop: str
    year: int
    plots: int
    stated_milli_mu: int
    before_milli_mu: int
    official_milli_mu: int | None = None
    source: str = ""

    @property
    def over_milli_mu(self) -> int:
        """How much more is on file than the official figure, 0 where not more or nothing to compare with."""
        return 0 if self.official_milli_mu is None else max(0, self.stated_milli_mu - self.official_milli_mu)

    @property
    def growth_permille(self) -> int | None:
        """Growth against the year before in thousandths; None where there was nothing."""
        return growth_permille(self.before_milli_mu, self.stated_milli_mu)


@dataclass(frozen=True)
class Growth:
    """A user's land in a year and the one before, in thousandths of a mu; ``recorded_milli_mu`` is what is new and backed by a record.

    A record is a land record stated with the plot, or the county's verification.
    """

    authorisation_id: int
    year: int
    before_milli_mu: int
    after_milli_mu: int
    recorded_milli_mu: int

    @property
    def unrecorded_permille(self) -> int | None:
        """Growth without a record, in thousandths of the year before; None for a user that had no land then."""
        return growth_permille(self.before_milli_mu, max(self.before_milli_mu, self.after_milli_mu - self.recorded_milli_mu))


def growth_permille(before: int, after: int) -> int | None:
    """Return by how many thousandths something grew, rounded down; None from nothing."""
    return (after - before) * PER_MILLE // before if before else None


def peak_milli_mu(grounds: Iterable[Ground], year: int) -> int:
    """Return the largest area in use on one day of a year, in thousandths of a mu.

    On a day, land of the whole year counts with the largest of the seasons: fields that carry two crops one after the other, or rice and
    crab at once, are one field.
    """
    rows = list(grounds)
    days = {date(year, 1, 1)} | {row.valid_from for row in rows if row.valid_from and row.valid_from.year == year}
    return max(_on_day([row for row in rows if row.used(day)]) for day in days)


def _on_day(rows: list[Ground]) -> int:
    seasons: dict[str, int] = {}
    for row in rows:
        seasons[row.season] = seasons.get(row.season, 0) + row.area_milli_mu
    whole = seasons.pop("", 0)
    return whole + max(seasons.values(), default=0)


def growth_of(grounds: Iterable[Ground], year: int) -> tuple[Growth, ...]:
    """Return each user's growth against the year before, by authorisation id; users without land in the year are left out."""
    users: dict[int, list[Ground]] = {}
    for row in grounds:
        users.setdefault(row.authorisation_id, []).append(row)
    found = []
    for authorisation_id, rows in sorted(users.items()):
        after = peak_milli_mu(rows, year)
        if after:
            backed = sum(row.area_milli_mu for row in rows if row.recorded and row.used_in(year) and not row.used_in(year - 1))
            found.append(Growth(authorisation_id, year, peak_milli_mu(rows, year - 1), after, backed))
    return tuple(found)
