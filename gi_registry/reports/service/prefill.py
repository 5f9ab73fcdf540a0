"""What the registry already knows about a year, each figure with its source in words and the page that shows the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from gi_registry.batches.queries.quality import tests_issued
from gi_registry.batches.service import year_totals
from gi_registry.codes.queries import counts
from gi_registry.kernel.words import Words, say
from gi_registry.origin.queries import plots_in_force
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import get_protection
from gi_registry.reports import queries
from gi_registry.reports.rules.draft import Content, Known, Stated, merge
from gi_registry.reports.rules.figures import LABEL_PARTS, TEXTS, Figure, catalogue
from gi_registry.reports.rules.labels import MarkingMode
from gi_registry.reports.rules.lists import MOST_ROWS, ListRow

TEST_ROWS = "test_rows"


def figures_of(session: Session, authorisation: Authorisation) -> tuple[Figure, ...]:
    """Return the figures to be asked of this user: by its marking modes, unit and whether raw material may be bought in."""
    ident = _id(authorisation)
    protection = get_protection(session, authorisation.protection_id)
    outside = protection.steps.get("raw_material") == "allowed_outside"
    return catalogue(
        queries.modes_of(session, ident) or (MarkingMode.ITEM_CODE.value,),
        unit=queries.unit_of(session, ident),
        purchases=outside or protection.capacity_basis == "purchased",
    )


def known_figures(session: Session, authorisation: Authorisation, year: int, *, today: date) -> dict[str, Known]:
    """Return the figures that plots, batches, label ledgers and last year's accepted report already say."""
    known = dict(_land(session, authorisation, min(date(year, 12, 31), today)))
    known |= dict(_batches(session, authorisation, year))
    if MarkingMode.ITEM_CODE in queries.modes_of(session, _id(authorisation)):
        known |= dict(_labels(session, authorisation, year))
    known |= dict(_tests(session, authorisation, year))
    known |= dict(_carried(session, authorisation, year))
    return known


def content_of(session: Session, authorisation: Authorisation, report: Any, *, year: int, today: date) -> Content:
    """Return the content of a draft (or of no report yet) as it stands now: stated figures beside the known ones."""
    known = known_figures(session, authorisation, year, today=today)
    stated = stated_figures(report.figures) if report is not None else {}
    texts = dict(report.texts) if report is not None else {}
    rows = merge(figures_of(session, authorisation), stated, known, choices=report.choices if report is not None else None)
    stated_lists = {key: tuple(items) for key, items in report.lists.items()} if report is not None else {}
    lists = {**known_lists(session, authorisation, year), **stated_lists}
    photos = queries.photos_of(session, report.id) if report is not None and report.id is not None else {}
    if report is None or not report.nil:
        return Content(rows, texts, lists=lists, photos=photos)
    since = report.nil_since.isoformat() if report.nil_since else ""
    return Content(rows, texts, nil=True, nil_since=since, nil_reason=report.nil_reason, lists=lists, photos=photos)


def stated_figures(stored: Mapping[str, Any]) -> dict[str, Stated]:
    """Return the figures of a draft from their stored form."""
    return {key: Stated(item["value"], item.get("reason", ""), follows=item.get("follows", False)) for key, item in stored.items()}


def stored_figures(stated: Mapping[str, Stated]) -> dict[str, Any]:
    """Return the figures of a draft in the form that is stored."""
    return {key: {"value": item.value, "reason": item.reason, "follows": item.follows} for key, item in stated.items()}


def known_texts() -> frozenset[str]:
    """Return the keys of the sentences of the form."""
    return frozenset(field.key for field in TEXTS)


def _land(session: Session, authorisation: Authorisation, on: date) -> Iterable[tuple[str, Known]]:
    plots = plots_in_force(session, _id(authorisation), gi_id=authorisation.gi_id, on=on)
    if plots:
        source = say("%(count)s 个在册地块（%(on)s）", count=len(plots), on=on.isoformat())
        yield "area", Known(sum(plot.area_milli_mu for plot in plots), source, f"/authorisations/{authorisation.id}/plots")


def _batches(session: Session, authorisation: Authorisation, year: int) -> Iterable[tuple[str, Known]]:
    totals = year_totals(session, _id(authorisation), year)
    unit = queries.unit_of(session, _id(authorisation))
    link = f"/authorisations/{authorisation.id}/batches?year={year}"
    harvested, purchased = totals.harvested.get(unit, 0), totals.purchased.get(unit, 0)
    labelled, pre_printed = totals.labelled.get(unit, 0), totals.pre_printed.get(unit, 0)
    if harvested:
        yield "gi_output", Known(harvested, say("%(year)s 年采收批次合计", year=year), link)
    if purchased:
        yield "raw_material", Known(purchased, say("%(year)s 年购进批次合计", year=year), link)
    modes = queries.modes_of(session, _id(authorisation))
    for mode in modes:
        marked = pre_printed if mode == MarkingMode.PRE_PRINTED else labelled
        if marked and (mode == MarkingMode.PRE_PRINTED or len(modes) == 1 or mode == MarkingMode.ITEM_CODE):
            yield f"{mode}.marked", Known(marked, say("%(year)s 年批次台账用标数量", year=year), link)
    if harvested > labelled + pre_printed and (labelled or pre_printed):
        yield "unmarked", Known(harvested - labelled - pre_printed, say("采收批次合计减用标数量"), link)


def _labels(session: Session, authorisation: Authorisation, year: int) -> Iterable[tuple[str, Known]]:
    counted = counts(session, _id(authorisation), year)
    if not any(getattr(counted, part) for part in LABEL_PARTS):
        return
    source = say("%(year)s 年标签台账", year=year)
    for part in LABEL_PARTS:
        yield f"{MarkingMode.ITEM_CODE}.{part}", Known(getattr(counted, part), source, f"/authorisations/{authorisation.id}/codes")


def _tests(session: Session, authorisation: Authorisation, year: int) -> Iterable[tuple[str, Known]]:
    reports = tests_issued(session, _id(authorisation), since=date(year, 1, 1), until=date(year, 12, 31))
    if reports:
        link = f"/authorisations/{authorisation.id}/batches?year={year}"
        yield "tests", Known(len(reports), say("%(year)s 年签发并已录入的检测报告", year=year), link)


def known_lists(session: Session, authorisation: Authorisation, year: int) -> dict[str, tuple[ListRow, ...]]:
    """Return the lists that the registry can fill in: the test reports on file; what the user states of a list goes over it."""
    reports = tests_issued(session, _id(authorisation), since=date(year, 1, 1), until=date(year, 12, 31))[:MOST_ROWS]
    rows = tuple(
        {
            "institution": report.institution_name,
            "accreditation": report.accreditation,
            "report": report.number,
            "day": report.issued_on.isoformat(),
            "result": report.result,
        }
        for report in reports
    )
    return {TEST_ROWS: rows} if rows else {}


def _carried(session: Session, authorisation: Authorisation, year: int) -> Iterable[tuple[str, Known]]:
    last = queries.find_accepted(session, _id(authorisation), year - 1)
    if last is None:
        return
    for mode in queries.modes_of(session, _id(authorisation)):
        closing = queries.stated(last, f"{mode}.closing")
        if closing is not None:
            yield f"{mode}.opening", Known(closing, _carried_source(year), f"/reports/{last.id}")


def _carried_source(year: int) -> Words:
    return say("%(year)s 年度已接受年报的年末结存", year=year - 1)


def _id(authorisation: Authorisation) -> int:
    if authorisation.id is None:
        raise ValueError("the authorisation is not stored yet")
    return authorisation.id
