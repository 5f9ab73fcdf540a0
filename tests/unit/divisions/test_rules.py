"""Places and working days."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.divisions.rules import WorkingDays, division_code, level_of, parent_of, path_codes, path_under, short_name
from gi_registry.kernel.errors import Invalid

# The National Day week of 2026: seven days off, the Saturday of 10 October worked.
OCTOBER = WorkingDays(
    years=frozenset({2026}),
    exceptions={date(2026, 10, day): False for day in (1, 2, 5, 6, 7)} | {date(2026, 10, 10): True},
)


def test_a_holiday_week_is_skipped_and_a_make_up_day_counts() -> None:
    due = OCTOBER.add(date(2026, 9, 30), 3)
    assert (due.on, due.provisional) == (date(2026, 10, 10), False)  # 8, 9 and the worked Saturday


def test_the_day_of_the_event_does_not_count() -> None:
    assert OCTOBER.add(date(2026, 10, 8), 1).on == date(2026, 10, 9)
    assert OCTOBER.add(date(2026, 10, 8), 0).on == date(2026, 10, 8)


def test_beyond_the_loaded_years_a_due_date_is_provisional() -> None:
    due = OCTOBER.add(date(2026, 12, 30), 5)
    assert due.provisional
    assert due.on == date(2027, 1, 6)  # weekends alone: New Year's Day still counts as worked
    assert not OCTOBER.covers(2027)
    assert OCTOBER.covers(2026)


def test_weekends_are_free_unless_the_calendar_says_otherwise() -> None:
    assert not OCTOBER.is_working(date(2026, 10, 11))
    assert OCTOBER.is_working(date(2026, 10, 10))
    assert not OCTOBER.is_working(date(2026, 10, 1))


def test_working_days_between_two_dates() -> None:
    assert OCTOBER.between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert OCTOBER.between(date(2026, 10, 10), date(2026, 9, 30)) == -3


@pytest.mark.parametrize(
    ("typed", "code"), [("320583", "320583"), ("320500", "3205"), ("320000", "32"), ("32", "32"), ("320583100", "320583100")]
)
def test_division_codes(typed: str, code: str) -> None:
    assert division_code(typed) == code


@pytest.mark.parametrize("typed", ["", "3", "32058", "江苏", "32a5"])
def test_wrong_division_codes_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="行政区划代码"):
        division_code(typed)


def test_the_tree() -> None:
    assert [parent_of(code) for code in ("32", "3205", "320583", "320583100")] == [None, "32", "3205", "320583"]
    assert level_of("3205").value == "city"
    assert path_under(path_under(None, "32"), "3205") == "/32/3205/"
    assert path_codes("/32/3205/320583/") == ("320583", "3205", "32")


@pytest.mark.parametrize(
    ("name", "short"), [("镇江市", "镇江"), ("江苏省", "江苏"), ("楚雄彝族自治州", "楚雄彝族"), ("沙县", "沙县"), ("镇江", "镇江")]
)
def test_short_names(name: str, short: str) -> None:
    assert short_name(name) == short
