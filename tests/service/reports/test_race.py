"""Twenty clicks at once are one filing, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlmodel import func, select

from gi_registry.kernel.errors import Conflict, RegistryError
from gi_registry.log.models import LogLeaf
from gi_registry.reports import queries, service
from gi_registry.reports.models import AnnualReport, ReportFiling
from gi_registry.reports.schemas import NilFiling
from tests.builders.reports import actor_named, draft_of, filing_of, make_draft, make_farm

IN_TIME = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)
CLICKS = 20
pytestmark = pytest.mark.slow


def test_twenty_parallel_filings_are_one_filing_one_leaf_one_receipt(open_work):
    with open_work(now=IN_TIME) as work:
        report = make_draft(work, make_farm(work))
    with open_work() as work:
        approver = actor_named(work.session, "approver")

    def click(_number):
        with open_work(actor=approver, now=IN_TIME) as work:
            return service.file_report(work, report.id, fields=filing_of(work, report.version)).receipt_number

    with ThreadPoolExecutor(CLICKS) as pool:
        receipts = set(pool.map(click, range(CLICKS)))
    with open_work(writable=False) as work:
        assert receipts == {f"{report.number}-01"}
        assert work.session.exec(select(func.count()).select_from(ReportFiling)).one() == 1
        assert leaves(work, "file") == 1


def test_twenty_people_beginning_the_same_year_make_one_draft(open_work):
    with open_work(now=IN_TIME) as work:
        farm = make_farm(work)
    with open_work() as work:
        operator = actor_named(work.session, "operator")

    def save(number):
        try:
            with open_work(actor=operator, now=IN_TIME) as work:
                service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(0, sales=str(100 + number)))
        except Conflict:
            return 1
        return 0

    with ThreadPoolExecutor(CLICKS) as pool:
        refused = sum(pool.map(save, range(CLICKS)))
    with open_work(writable=False) as work:
        assert refused == CLICKS - 1
        assert work.session.exec(select(func.count()).select_from(AnnualReport)).one() == 1


def test_parallel_nil_reports_are_one(open_work):
    with open_work(now=IN_TIME) as work:
        farm = make_farm(work)
    with open_work() as work:
        approver = actor_named(work.session, "approver")
    fields = NilFiling(version=0, nil_since=date(2025, 1, 1), nil_reason="停产改造", declared=True, signed_name=approver.name)

    def click(_number):
        try:
            with open_work(actor=approver, now=IN_TIME) as work:
                return service.file_nil(work, farm.authorisation_id, 2025, fields=fields).receipt_number
        except RegistryError as refusal:
            return str(refusal)

    with ThreadPoolExecutor(CLICKS) as pool:
        receipts = set(pool.map(click, range(CLICKS)))
    with open_work(writable=False) as work:
        filed = queries.find_report(work.session, farm.authorisation_id, 2025)
        assert receipts == {filed.receipt_number}
        assert leaves(work, "file") == 1


def leaves(work, action):
    query = (
        select(func.count()).select_from(LogLeaf).where(LogLeaf.body.contains(f'"action":"{action}"'), LogLeaf.body.contains('"report"'))
    )
    return work.session.exec(query).one()
