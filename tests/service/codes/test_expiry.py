"""The season ends: unused labels are void, their quota is back, users were told; what was used, held or settled stays as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from gi_registry.batches import service as batches
from gi_registry.codes import queries, service
from gi_registry.codes.models import Allotment
from gi_registry.codes.rules.season import SeasonEnd, season_end
from gi_registry.codes.schemas import Activation, Commission, Hold, HoldKind, Lift
from gi_registry.codes.service.expiry import ORIGIN
from gi_registry.config import read_settings
from gi_registry.log.keys import ensure_key
from gi_registry.notices.models import Notice
from gi_registry.workflow import Work
from tests.builders.codes import SECRET_KEY, Season, make_allotment, make_season
from tests.builders.registry import make_organisation

LAST_DAY = datetime(2026, 12, 31, 3, tzinfo=UTC)  # of the season of 2025
SETTINGS = read_settings({}, secret_key=SECRET_KEY, public_url="https://gi.example.cn")


def on(work: Work, moment: datetime) -> Work:
    return Work(work.session, work.actor, moment)


def left(work: Work, season: Season) -> tuple[int, int, int]:
    found = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    return found.reserved, found.used, found.left


def used(work: Work, season: Season, allotment: Allotment, count: int) -> None:
    service.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, count=count))


def test_the_unused_are_void_from_the_day_after(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    used(work, season, allotment, 60)
    assert left(work, season) == (40, 60, 7100)
    assert service.expire_unused(on(work, LAST_DAY)).labels == 0
    done = service.expire_unused(on(work, LAST_DAY + timedelta(days=1)))
    assert (done.allotments, done.labels) == (1, 40)
    assert left(work, season) == (0, 60, 7140)
    voided = [row for row in queries.intervals_of_allotment(work.session, allotment.id or 0) if row.status == "void"]
    assert [(row.serial_from, row.serial_to, row.origin) for row in voided] == [(60, 100, ORIGIN)]
    assert "2026-12-31" in voided[0].basis
    again = service.expire_unused(on(work, LAST_DAY + timedelta(days=2)))
    assert (again.allotments, again.labels, left(work, season)) == (0, 0, (0, 60, 7140))
    work.commit()


def test_the_year_closes_with_every_label_spoken_for(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    used(work, season, allotment, 60)
    service.expire_unused(on(work, LAST_DAY + timedelta(days=1)))  # 2027-01-01 in Shanghai
    year = work.today.year
    assert queries.counts(work.session, season.id, year).closing == 40
    after = queries.counts(work.session, season.id, 2027)
    assert (after.opening, after.spoiled, after.closing) == (40, 40, 0)


def test_users_are_told_once_thirty_days_before(work: Work) -> None:
    season = make_season(work)
    used(work, season, make_allotment(work, season, count=10), 10)
    make_allotment(work, season, count=100)
    told = {ahead: service.expire_unused(on(work, LAST_DAY - timedelta(days=ahead))).told for ahead in (31, 30, 29)}
    assert told == {31: 0, 30: 1, 29: 0}
    titles = [row.title for row in work.session.exec(select(Notice))]
    assert [title for title in titles if "失效" in title] == ["100 枚标签将于 2026-12-31 后失效"]


def test_what_is_frozen_waits_for_the_person_who_froze_it(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    hold = Hold(kind=HoldKind.FROZEN, basis="示例县市监检告〔2026〕3 号", first=1, last=30)
    (frozen,) = service.hold(work, allotment.id or 0, hold).intervals
    assert service.expire_unused(on(work, LAST_DAY + timedelta(days=1))).labels == 70
    service.lift(work, allotment.id or 0, Lift(interval_id=frozen.id or 0, basis="核查结束，予以解除"))
    assert service.expire_unused(on(work, LAST_DAY + timedelta(days=2))).labels == 30


def test_what_was_never_printed_is_void_as_a_whole_and_its_commission_ends(work: Work) -> None:
    ensure_key(work.session, SETTINGS, at=work.now)
    season = make_season(work)
    allotment = make_allotment(work, season, count=100, received=False)
    house = make_organisation(work, kind="printer", name="示例印务")
    job = service.commission(work, allotment.id or 0, Commission(printer_id=house.id or 0), SETTINGS)
    assert service.expire_unused(on(work, LAST_DAY + timedelta(days=1))).labels == 100
    assert (allotment.state, job.state, left(work, season)) == ("void", "ended", (0, 0, 7200))


@pytest.mark.parametrize(
    ("rule", "year", "last"),
    [
        (SeasonEnd(0, 2, 31, 0), 2024, date(2024, 2, 29)),
        (SeasonEnd(1, 2, 31, 0), 2024, date(2025, 2, 28)),
        (season_end({"years": 2, "month": 6, "day": 30, "notice_days": 7}), 2025, date(2027, 6, 30)),
    ],
)
def test_the_last_day(rule: SeasonEnd, year: int, last: date) -> None:
    assert rule.last_day(year) == last
    assert not rule.is_over(year, last)
    assert rule.is_over(year, last + timedelta(days=1))
    assert rule.is_told(year, last - timedelta(days=rule.notice_days))
