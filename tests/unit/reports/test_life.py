"""The life cycle of an annual report, every state with every action."""

from __future__ import annotations

import pytest

from gi_registry.kernel.errors import IllegalTransition
from gi_registry.reports.rules.life import EDITABLE, ENDED, IN_FORCE, REPORT_LIFE, Action, State

LEGAL = {
    ("draft", "file"): "filed",
    ("draft", "withdraw"): "withdrawn",
    ("filed", "check"): "county_checked",
    ("filed", "return"): "returned",
    ("filed", "withdraw"): "withdrawn",
    ("filed", "supersede"): "superseded",
    ("county_checked", "accept"): "accepted",
    ("county_checked", "return"): "returned",
    ("county_checked", "supersede"): "superseded",
    ("accepted", "supersede"): "superseded",
    ("returned", "file"): "filed",
    ("returned", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("action", list(Action))
def test_every_state_and_action(state: State, action: Action) -> None:
    if (state, action) in LEGAL:
        assert REPORT_LIFE.after(state, action) == LEGAL[state, action]
    else:
        with pytest.raises(IllegalTransition) as refusal:
            REPORT_LIFE.after(state, action)
        assert str(REPORT_LIFE.labels[state]) in str(refusal.value.reason)


def test_every_state_is_editable_in_force_or_ended() -> None:
    assert frozenset(State) == EDITABLE | IN_FORCE | ENDED
    assert not EDITABLE & IN_FORCE
    assert set(REPORT_LIFE.states) == set(State)


def test_every_state_and_action_has_words() -> None:
    assert set(REPORT_LIFE.labels) == {*State, *Action}
