"""The life of a case: every state and action, legal or refused."""

from __future__ import annotations

import pytest

from gi_registry.kernel.errors import IllegalTransition
from gi_registry.listings.rules.life import BEFORE_LISTING, CASE_LIFE, ENDED, LABELS, ON_THE_LIST, Action, State, Turn, turn_of

LEGAL = {
    ("lead", "accept"): "triage",
    ("lead", "dismiss"): "dismissed",
    ("triage", "verify"): "verifying",
    ("triage", "dismiss"): "dismissed",
    ("verifying", "extend"): "verifying",
    ("verifying", "dismiss"): "dismissed",
    ("verifying", "order_rectification"): "rectification_ordered",
    ("verifying", "issue_notice"): "notice_issued",
    ("rectification_ordered", "file_rectification"): "rectification_ordered",
    ("rectification_ordered", "dismiss"): "dismissed",
    ("rectification_ordered", "issue_notice"): "notice_issued",
    ("notice_issued", "prove_service"): "defence_open",
    ("defence_open", "file_defence"): "defence_filed",
    ("defence_open", "propose"): "proposed",
    ("defence_filed", "file_defence"): "defence_filed",
    ("defence_filed", "answer_defence"): "defence_answered",
    ("defence_answered", "propose"): "proposed",
    ("proposed", "return"): "verifying",
    ("proposed", "decide_listing"): "listed",
    ("proposed", "decide_against"): "dismissed",
    ("listed", "object"): "objected",
    ("objected", "uphold"): "listed",
    ("objected", "correct"): "corrected",
    ("listed", "file_rectification"): "rectification_filed",
    ("rectification_filed", "verify_rectification"): "rectification_verified",
    ("rectification_filed", "reject_rectification"): "listed",
    ("rectification_verified", "remove"): "removed",
    ("listed", "expire"): "expired",
    ("objected", "expire"): "expired",
    ("rectification_filed", "expire"): "expired",
    ("rectification_verified", "expire"): "expired",
    ("lead", "withdraw"): "withdrawn",
    ("triage", "withdraw"): "withdrawn",
    ("verifying", "withdraw"): "withdrawn",
    ("rectification_ordered", "withdraw"): "withdrawn",
    ("notice_issued", "withdraw"): "withdrawn",
    ("defence_open", "withdraw"): "withdrawn",
    ("defence_filed", "withdraw"): "withdrawn",
    ("defence_answered", "withdraw"): "withdrawn",
    ("proposed", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(Action))
def test_every_state_and_action(state: State, action: Action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalTransition):
            CASE_LIFE.after(state, action)
    else:
        assert CASE_LIFE.after(state, action) == target


def test_every_word_is_there() -> None:
    assert {*State, *Action} <= set(LABELS)


def test_an_ended_case_goes_nowhere_and_is_nobodys_turn() -> None:
    for state in ENDED:
        assert not [action for action in Action if CASE_LIFE.allows(state, action)]
        assert turn_of(state) is Turn.NOBODY


def test_every_state_is_before_on_or_after_the_list() -> None:
    assert sorted([*BEFORE_LISTING, *ON_THE_LIST, *ENDED]) == sorted(State)


def test_the_list_is_reached_only_through_a_decision() -> None:
    ways_in = {
        action for (state, action), target in CASE_LIFE.steps.items() if target == "listed" and state in {s.value for s in BEFORE_LISTING}
    }
    assert ways_in == {"decide_listing"}
