"""The verdict on a code: the first of the closed list that applies."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

import pytest

from gi_registry.scans.rules.verdicts import PRECEDENCE, Verdict
from gi_registry.verify.rules.answer import answer, standing
from gi_registry.verify.rules.record import Checks, Counting, Mark, Record, User
from tests.unit.verify.records import ACTIVATED, FIRST, FOURTH, LIVE, NOW, SUSPECTED, but, marked

# Each condition alone leads to its verdict; of any two, the one that stands earlier in the list wins.
CONDITIONS = {
    "unknown": lambda record: but(record, genuine=False),
    "void": lambda record: marked("void", record=record),
    "recalled": lambda record: marked("recalled", record=record),
    "frozen": lambda record: marked("frozen", record=record),
    "not-activated": lambda record: but(record, marks=tuple(mark for mark in record.marks if mark.status != "activated")),
    "suspect": lambda record: but(record, checks=SUSPECTED),
    "repeat": lambda record: but(record, checks=FOURTH),
}


def test_the_list_is_closed_and_each_verdict_has_its_place():
    assert [str(verdict) for verdict in PRECEDENCE] == [*CONDITIONS, "first-check"]
    assert set(PRECEDENCE) == set(Verdict)


def test_a_live_code_checked_for_the_first_time():
    assert answer(LIVE, NOW).verdict == "first-check"


@pytest.mark.parametrize("verdict", CONDITIONS)
def test_each_condition_alone(verdict):
    assert answer(CONDITIONS[verdict](LIVE), NOW).verdict == verdict


@pytest.mark.parametrize(("stronger", "weaker"), [pair for pair in combinations(CONDITIONS, 2) if pair != ("suspect", "repeat")])
def test_of_two_conditions_the_stronger_wins_in_either_order(stronger, weaker):
    assert answer(CONDITIONS[stronger](CONDITIONS[weaker](LIVE)), NOW).verdict == stronger
    assert answer(CONDITIONS[weaker](CONDITIONS[stronger](LIVE)), NOW).verdict == stronger


@pytest.mark.parametrize("status", ["void", "damaged", "returned"])
def test_void_tells_why(status):
    found = answer(marked(status), NOW)
    assert (found.verdict, found.cause) == ("void", status)


def test_a_whole_allotment_can_be_void():
    assert answer(but(allotment_void=True), NOW).cause == "allotment"


@pytest.mark.parametrize(("revoked", "verdict"), [(-1, "void"), (0, "void"), (1, "first-check")])
def test_a_key_revoked_before_the_activation_makes_void_and_one_revoked_later_does_not(revoked, verdict):
    assert answer(but(key_revoked_from=ACTIVATED.at + timedelta(seconds=revoked)), NOW).verdict == verdict


def test_a_code_never_activated_falls_with_its_key_once_that_is_revoked():
    idle = but(marks=())
    assert answer(but(idle, key_revoked_from=NOW), NOW).verdict == "void"
    assert answer(but(idle, key_revoked_from=NOW + timedelta(days=1)), NOW).verdict == "not-activated"


def test_what_was_never_used_ends_with_the_authorisation_and_what_was_used_does_not():
    ended = User("示例", ended_on=date(2026, 3, 10))
    assert answer(but(user=ended, marks=()), NOW).cause == "expired"
    assert answer(but(user=ended), NOW).verdict == "first-check"
    assert answer(but(user=User("示例", ended_on=date(2026, 3, 11)), marks=()), NOW).verdict == "not-activated"


def test_a_batch_recalled_recalls_its_codes():
    assert LIVE.goods is not None
    from dataclasses import replace

    assert answer(but(goods=replace(LIVE.goods, state="recalled")), NOW).verdict == "recalled"


def test_a_mark_holds_from_its_moment_until_it_is_lifted():
    frozen = Mark("frozen", NOW - timedelta(days=2), until=NOW)
    assert answer(but(marks=(ACTIVATED, frozen)), NOW - timedelta(seconds=1)).verdict == "frozen"
    assert answer(but(marks=(ACTIVATED, frozen)), NOW).verdict == "first-check"
    assert answer(but(marks=(Mark("activated", NOW + timedelta(days=1)),)), NOW).verdict == "not-activated"


@pytest.mark.parametrize("counting", [Counting.MERGED, Counting.PREVIEW, Counting.UNAVAILABLE])
def test_a_first_check_is_claimed_only_when_it_was_counted(counting):
    assert answer(but(checks=Checks(counting, NOW, 1, is_first=True)), NOW).verdict == "repeat"
    assert answer(but(checks=Checks(counting)), NOW).verdict == "repeat"


def test_a_forged_code_shows_nothing_about_anybody():
    shown = answer(but(genuine=False), NOW).record
    assert shown == Record(LIVE.code)


def test_a_live_code_has_no_standing_until_it_is_counted():
    assert standing(LIVE, NOW) is None


@pytest.mark.parametrize(("verdict", "shows"), [("first-check", True), ("repeat", True), *((name, False) for name in list(CONDITIONS)[:6])])
def test_the_mark_stands_only_beside_a_live_code(verdict, shows):
    record = CONDITIONS[verdict](LIVE) if verdict in CONDITIONS else LIVE
    assert answer(record, NOW).shows_mark is shows


@pytest.mark.parametrize("authorised", [False, None])
def test_the_mark_needs_a_user_authorised_on_the_packing_date(authorised):
    assert not answer(but(user=User("示例", authorised_when_packed=authorised)), NOW).shows_mark
    assert answer(but(checks=FIRST), NOW).shows_mark
