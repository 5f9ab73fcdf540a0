"""Who owes which year, and how it stands today."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.errors import Conflict
from gi_registry.reports.rules.obligation import (
    LABELS,
    Status,
    Term,
    owed_years,
    owes,
    refuse_unopened,
    refuse_unowed,
    status_of,
    year_due_next,
)
from gi_registry.reports.rules.window import Window, window_of

POLICY = {"opens": "01-01", "due": "02-last", "county_by": "03-15", "province_by": "03-31"}


def window(year: int = 2025) -> Window:
    return window_of(year, POLICY, "2024.1")


def test_the_window_lies_in_the_year_after_and_ends_on_the_last_day_of_february() -> None:
    assert (window(2025).opens_on, window(2025).due_on) == (date(2026, 1, 1), date(2026, 2, 28))
    assert window(2027).due_on == date(2028, 2, 29)
    assert (window().county_by, window().province_by, window().version) == (date(2026, 3, 15), date(2026, 3, 31), "2024.1")


@pytest.mark.parametrize("value", [{"opens": "13-01"}, {**POLICY, "due": "02-30"}])
def test_a_policy_value_that_is_no_date_is_an_error(value: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError)):
        window_of(2025, value, "x")


@pytest.mark.parametrize(
    ("today", "days"), [(date(2026, 2, 28), 0), (date(2026, 2, 27), 1), (date(2026, 3, 1), -1), (date(2025, 12, 31), 59)]
)
def test_days_left_count_to_the_due_date(today: date, days: int) -> None:
    assert window().days_left(today) == days


@pytest.mark.parametrize(
    ("today", "filed", "status"),
    [
        (date(2025, 12, 31), None, Status.NOT_OPEN),
        (date(2026, 1, 1), None, Status.OPEN),
        (date(2026, 2, 28), None, Status.OPEN),
        (date(2026, 3, 1), None, Status.OVERDUE),
        (date(2026, 3, 1), date(2026, 2, 28), Status.FILED),
        (date(2026, 3, 1), date(2026, 3, 1), Status.LATE),
        (date(2030, 3, 1), date(2026, 2, 1), Status.FILED),
    ],
)
def test_the_status_follows_from_dates(today: date, filed: date | None, status: Status) -> None:
    assert status_of(window(), today=today, first_filed_on=filed) is status


def test_every_status_has_words() -> None:
    assert set(LABELS) == set(Status)


@pytest.mark.parametrize(
    ("term", "year", "owed"),
    [
        (Term(date(2024, 5, 1)), 2023, False),
        (Term(date(2024, 5, 1)), 2024, True),
        (Term(date(2024, 12, 31)), 2024, True),
        (Term(date(2025, 1, 1)), 2024, False),
        (Term(date(2020, 1, 1), date(2024, 1, 1)), 2023, True),
        (Term(date(2020, 1, 1), date(2024, 1, 1)), 2024, False),
        (Term(date(2020, 1, 1), date(2024, 1, 2)), 2024, True),
    ],
)
def test_a_user_owes_each_year_in_which_it_was_authorised_on_a_day(term: Term, year: int, owed: bool) -> None:
    assert owes(term, year) is owed


def test_a_user_approved_in_a_year_files_first_for_that_year() -> None:
    assert owed_years(Term(date(2023, 11, 3)), until=2025) == (2023, 2024, 2025)
    assert owed_years(Term(date(2023, 11, 3), date(2024, 6, 1)), until=2026) == (2023, 2024)


def test_nothing_is_owed_for_the_time_before_reports_were_asked_for() -> None:
    term = Term(date(2015, 5, 1), first_year=2023)
    assert owed_years(term, until=2025) == (2023, 2024, 2025)
    assert not owes(term, 2022)
    with pytest.raises(Conflict, match="2023 年度起") as refusal:
        refuse_unowed(term, 2022, today=date(2026, 1, 10), filed={2023})
    assert "2024" in str(refusal.value.remedy)


def test_the_year_due_next_is_the_oldest_missing_one() -> None:
    term = Term(date(2023, 5, 1))
    assert year_due_next(term, today=date(2026, 1, 10), filed={2023, 2025}) == 2024
    assert year_due_next(term, today=date(2026, 1, 10), filed={2023, 2024, 2025}) == 2026
    assert year_due_next(Term(date(2023, 5, 1), date(2024, 1, 1)), today=date(2026, 1, 10), filed={2023}) is None


@pytest.mark.parametrize("year", [2022, 2027])
def test_a_year_that_is_not_owed_is_refused_and_the_refusal_names_the_one_due_next(year: int) -> None:
    with pytest.raises(Conflict) as refusal:
        refuse_unowed(Term(date(2023, 5, 1)), year, today=date(2026, 1, 10), filed={2023})
    assert str(year) in str(refusal.value.reason)
    assert "2024" in str(refusal.value.remedy)


def test_an_owed_year_passes_however_old() -> None:
    refuse_unowed(Term(date(2003, 5, 1)), 2003, today=date(2026, 1, 10), filed=set())


def test_a_year_after_the_end_is_refused_with_the_term() -> None:
    with pytest.raises(Conflict, match="2024-01-01"):
        refuse_unowed(Term(date(2020, 1, 1), date(2024, 1, 1)), 2025, today=date(2026, 1, 10), filed=set())


def test_before_the_window_filing_waits_but_a_draft_may_be_kept() -> None:
    with pytest.raises(Conflict) as refusal:
        refuse_unopened(window(2026), today=date(2026, 11, 22), due_next=2025)
    assert "2027-01-01" in str(refusal.value.reason)
    assert "2025" in str(refusal.value.remedy)
    with pytest.raises(Conflict) as waiting:
        refuse_unopened(window(2026), today=date(2026, 11, 22), due_next=2026)
    assert "草稿" in str(waiting.value.remedy)
    refuse_unopened(window(2025), today=date(2036, 1, 1), due_next=2025)
