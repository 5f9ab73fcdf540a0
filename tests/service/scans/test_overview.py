"""What a user sees of the look-ups of its codes: counts by day, product and province, its unusual codes, and nobody's look-up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.scans.models import FirstCheck, Scan
from gi_registry.scans.overview import Filters, day_rows, view_scans
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.divisions import make_division
from tests.builders.registry import make_organisation
from tests.builders.scans import SECRET_KEY, Labels, make_labels


@pytest.fixture
def labels(work: Work) -> Labels:
    made = make_labels(work)
    for code, name in (("32", "江苏省"), ("44", "广东省")):
        make_division(work, code).name = name
    looks = [(1, "32", "first-check", 0), (1, "32", "repeat", 0), (1, "32", "repeat", 1), (2, "44", "first-check", 1), (3, None, "void", 1)]
    for serial, place, verdict, days in looks:
        work.session.add(
            Scan(
                range_id=made.range_id,
                serial=serial,
                at=work.now - timedelta(days=days),
                place=f"{place}0100" if place else None,
                client_key=f"c{serial}{days}{verdict}",
                verdict=verdict,
                counted=verdict != "void",
            )
        )
    checked = {"range_id": made.range_id, "first_at": work.now - timedelta(days=2), "last_at": work.now}
    work.session.add(FirstCheck(serial=1, count=3, **checked))
    work.session.add(
        FirstCheck(serial=9, count=37, suspect_at=work.now, suspect_clients=37, suspect_provinces=6, suspect_hours=48, **checked)
    )
    work.session.flush()
    return made


def user(work: Work, labels: Labels) -> Work:
    authorisation = work.session.get(Authorisation, labels.authorisation_id)
    assert authorisation is not None
    organisation = work.session.get(Organisation, authorisation.organisation_id)
    return Work(work.session, make_actor(work, "producer_operator", organisation=organisation), work.now)


def test_counts_by_day(work: Work, labels: Labels) -> None:
    shown = view_scans(user(work, labels), Filters(), secret_key=SECRET_KEY)
    assert day_rows(shown) == [
        {"day": "2026-03-09", "checks": 2, "first_checks": 1, "repeats": 1, "not_counted": 1},
        {"day": "2026-03-10", "checks": 2, "first_checks": 1, "repeats": 1, "not_counted": 0},
    ]
    assert (shown.checks, shown.first, shown.uncounted) == (4, 2, 1)
    assert [bar.at for bar in shown.bars] == [28, 29]
    assert [(total.checks, total.first) for total in shown.products] == [(4, 2)]


def test_a_day_is_a_day_in_shanghai(work: Work, labels: Labels) -> None:
    at = work.now.replace(hour=17)  # one in the morning of the 11th in Shanghai
    work.session.add(Scan(range_id=labels.range_id, serial=4, at=at, client_key="late", verdict="first-check"))
    work.session.flush()
    later = user(work, labels)
    later.now = at + timedelta(hours=1)
    assert view_scans(later, Filters(), secret_key=SECRET_KEY).days[-1].day == date(2026, 3, 11)


def test_few_look_ups_of_a_place_are_not_counted_out(work: Work, labels: Labels) -> None:
    shown = view_scans(user(work, labels), Filters(), secret_key=SECRET_KEY)
    assert {row.name: row.checks for row in shown.provinces} == {"江苏省": 3, "广东省": None}


def test_unusual_codes_as_they_are_printed(work: Work, labels: Labels) -> None:
    [item] = view_scans(user(work, labels), Filters(), secret_key=SECRET_KEY).unusual
    assert item.code == labels.code(9)
    assert (item.found.counted.client_days, item.found.counted.provinces, item.found.counted.hours) == (37, 6, 48)
    assert view_scans(user(work, labels), Filters(), secret_key="another" * 9).unusual[0].code == ""


def test_filters_narrow_days_and_allotments(work: Work, labels: Labels) -> None:
    me = user(work, labels)
    assert len(view_scans(me, Filters(since=date(2026, 3, 10)), secret_key=SECRET_KEY).days) == 1
    assert view_scans(me, Filters(allotment_id=999_999), secret_key=SECRET_KEY).days == ()
    long = view_scans(me, Filters(since=date(2020, 1, 1)), secret_key=SECRET_KEY)
    assert (long.until - long.since).days == 91


def test_others_see_nothing(work: Work, labels: Labels) -> None:
    stranger = Work(work.session, make_actor(work, "producer_operator", organisation=make_organisation(work)), work.now)
    elsewhere = Work(work.session, make_actor(work, "county_handler", division="999998"), work.now)
    for other in (stranger, elsewhere):
        shown = view_scans(other, Filters(), secret_key=SECRET_KEY)
        assert (shown.days, shown.unusual, shown.provinces, shown.choices) == ((), (), (), ([], []))


def test_the_holder_sees_sums_of_its_gi_and_no_code(work: Work, labels: Labels) -> None:
    holder, gi = make_organisation(work), work.session.get(Gi, labels.gi_id)
    manager = Work(work.session, make_actor(work, "holder_manager", organisation=holder), work.now)
    assert view_scans(manager, Filters(), secret_key=SECRET_KEY).days == ()
    assert gi is not None
    gi.holder_org_id = gi.owner_org_id = holder.id
    work.session.flush()
    shown = view_scans(manager, Filters(), secret_key=SECRET_KEY)
    assert (shown.checks, [total.name for total in shown.products]) == (4, [gi.name])
    assert (shown.unusual, shown.allotments, shown.detailed) == ((), (), False)
