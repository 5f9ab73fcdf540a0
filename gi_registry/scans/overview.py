"""The user's own view of what became of its codes: checks by day, product, allotment and province, and codes with unusual counts.

The holder of a GI sees the sums of its GI: no allotments, no codes, no users. No look-up of anybody is shown, only counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, false
from sqlmodel import col, select

from gi_registry.codes.rules.format import compose
from gi_registry.codes.rules.mac import mac_of, mac_prf, order_prf, permute
from gi_registry.codes.rules.suites import Secret
from gi_registry.codes.service import open_secret
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.errors import RegistryError
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.scans import sightings
from gi_registry.scans.rules.shown import LONGEST_DAYS, USUAL_DAYS, bar_heights, shown_count
from gi_registry.scans.sightings import DayCount, Span, Total, Unusual
from gi_registry.workflow import Work

CHART_HEIGHT = 100
SHOWN_CODES = 100


@dataclass(frozen=True)
class Filters:
    """What the address asks for: days, a product, an allotment (0: all)."""

    since: date | None = None
    until: date | None = None
    product_id: int = 0
    allotment_id: int = 0


@dataclass(frozen=True)
class Bar:
    """A day of the chart: its place from the left, and the heights of all checks and of the first checks among them."""

    at: int
    checks: int
    first: int


@dataclass(frozen=True)
class ProvinceCount:
    """Checks of a province; None: fewer than three."""

    name: str
    checks: int | None


@dataclass(frozen=True)
class UnusualCode:
    """A code with unusual counts as its user reads it: ``code`` is what is printed, empty where the key cannot be opened now."""

    found: Unusual
    code: str


@dataclass(frozen=True)
class Overview:
    """Everything on the page. ``detailed``: one's own codes, not the sums of a GI."""

    since: date
    until: date
    days: tuple[DayCount, ...]
    bars: tuple[Bar, ...]
    products: tuple[Total, ...]
    allotments: tuple[Total, ...]
    provinces: tuple[ProvinceCount, ...]
    unusual: tuple[UnusualCode, ...]
    choices: tuple[list[tuple[int, str]], list[tuple[int, str]]]
    detailed: bool

    @property
    def checks(self) -> int:
        """All checks of the days shown."""
        return sum(day.checks for day in self.days)

    @property
    def first(self) -> int:
        """The first checks among them."""
        return sum(day.first for day in self.days)

    @property
    def uncounted(self) -> int:
        """Look-ups of codes that were not live."""
        return sum(day.uncounted for day in self.days)


def view_scans(work: Work, filters: Filters, *, secret_key: str) -> Overview:
    """Return what became of the codes that the actor may see, of at most 92 days."""
    work.require("scan:view")
    detailed = "holder_manager" not in work.actor.roles
    first, last = _period(work.today, filters)
    span = Span(
        condition=work.visible(Authorisation, "scan:view") if detailed else _held(work),
        since=_midnight(first),
        until=_midnight(last + timedelta(days=1)),
        product_id=filters.product_id if detailed else 0,
        allotment_id=filters.allotment_id if detailed else 0,
    )
    session = work.session
    days = sightings.by_day(session, span)
    return Overview(
        since=first,
        until=last,
        days=days,
        bars=_bars(days, first, last),
        products=sightings.by_product(session, span) if detailed else sightings.by_gi(session, span),
        allotments=sightings.by_allotment(session, span) if detailed else (),
        provinces=tuple(ProvinceCount(total.name, shown_count(total.checks)) for total in sightings.by_province(session, span)),
        unusual=_printed(work, span, secret_key=secret_key) if detailed else (),
        choices=sightings.products_and_allotments(session, span.condition) if detailed else ([], []),
        detailed=detailed,
    )


def _held(work: Work) -> ColumnElement[bool]:
    """Return the condition on authorisations under the GIs that one's organisation holds."""
    if work.actor.organisation_id is None:
        return false()
    return col(Authorisation.gi_id).in_(select(Gi.id).where(Gi.holder_org_id == work.actor.organisation_id))


def _period(today: date, filters: Filters) -> tuple[date, date]:
    last = min(filters.until or today, today)
    first = filters.since or last - timedelta(days=USUAL_DAYS - 1)
    return max(min(first, last), last - timedelta(days=LONGEST_DAYS - 1)), last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _bars(days: tuple[DayCount, ...], first: date, last: date) -> tuple[Bar, ...]:
    counted = {day.day: day for day in days}
    every = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    heights = bar_heights([counted[day].checks if day in counted else 0 for day in every], height=CHART_HEIGHT)
    bars = []
    for at, (day, height) in enumerate(zip(every, heights, strict=True)):
        if height:
            found = counted[day]
            bars.append(Bar(at, height, height * found.first // found.checks))
    return tuple(bars)


def _printed(work: Work, span: Span, *, secret_key: str) -> tuple[UnusualCode, ...]:
    secrets: dict[int, Secret] = {}
    return tuple(
        UnusualCode(row, _text(work, row, secrets, secret_key=secret_key))
        for row in sightings.unusual(work.session, span, limit=SHOWN_CODES)
    )


def _text(work: Work, row: Unusual, secrets: dict[int, Secret], *, secret_key: str) -> str:
    try:
        secret = secrets.setdefault(row.key_id, secrets.get(row.key_id) or open_secret(work.session, row.key_id, secret_key))
    except RegistryError:
        return ""
    permuted = permute(order_prf(secret, key_id=row.key_id, range_label=row.label), row.serial)
    mac = mac_of(mac_prf(secret, key_id=row.key_id, range_label=row.label), row.serial)
    return compose(row.key_id, row.label, permuted=permuted, mac=mac)


def day_rows(shown: Overview) -> list[Mapping[str, object]]:
    """Return the days as rows for CSV and JSON."""
    return [
        {"day": day.day.isoformat(), "checks": day.checks, "first_checks": day.first, "repeats": day.repeat, "not_counted": day.uncounted}
        for day in shown.days
    ]
