"""Life cycles, and what an authorisation permits on a day."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from gi_registry.kernel.errors import IllegalTransition
from gi_registry.kernel.states import Machine
from gi_registry.registry.rules import (
    AUTHORISATION_LIFE,
    MARK_LIFE,
    PROTECTION_LIFE,
    Effect,
    Facts,
    OpenRestriction,
    life_of,
    settled_state,
    standing_of,
)

LIVES = [AUTHORISATION_LIFE, PROTECTION_LIFE, MARK_LIFE]
PAIRS = [(life, state, action) for life in LIVES for state, action in product(life.states, life.actions)]


@pytest.mark.parametrize(("life", "state", "action"), PAIRS)
def test_every_pair_is_a_step_or_a_refusal(life: Machine, state: str, action: str) -> None:
    if (state, action) in life.steps:
        assert life.after(state, action) == life.steps[state, action]
    else:
        with pytest.raises(IllegalTransition):
            life.after(state, action)


@pytest.mark.parametrize("life", LIVES)
def test_every_state_and_action_has_words(life: Machine) -> None:
    assert all(name in life.labels for name in (*life.states, *life.actions))


def test_the_announced_ends_are_final() -> None:
    for end in ("deregistered", "closed"):
        assert not any(AUTHORISATION_LIFE.allows(end, action) for action in AUTHORISATION_LIFE.actions)


def test_a_correction_goes_back_to_the_review_it_came_from() -> None:
    assert AUTHORISATION_LIFE.after("correction_pending", "resubmit_to_city_check") == "city_check"


def test_marks_live_otherwise_than_recognitions() -> None:
    assert (life_of("A"), life_of("B"), life_of("C")) == (PROTECTION_LIFE, MARK_LIFE, MARK_LIFE)
    assert (settled_state("A"), settled_state("C")) == ("recognised", "registered")


TODAY = date(2026, 3, 10)
GOOD = Facts("active", matched=True, valid_from=date(2020, 1, 1), valid_to=None)
STOP = OpenRestriction(Effect.STOP_ALLOTMENT, "使用管理规则第十二条", date(2026, 1, 1), None)
WEIGHT = OpenRestriction(Effect.SAMPLING_WEIGHT, "", date(2026, 1, 1), None)


def test_an_active_matched_authorisation_stands_without_effects() -> None:
    standing = standing_of(GOOD, [], TODAY)
    assert (standing.active, standing.effects, standing.reasons, standing.strictest) == (True, frozenset(), (), None)


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (Facts("active", matched=False, valid_from=None, valid_to=None), "匹配"),
        (Facts("deregistered", matched=True, valid_from=None, valid_to=date(2026, 1, 1)), "终止"),
        (Facts("draft", matched=True, valid_from=None, valid_to=None), "草稿"),
        (Facts("active", matched=True, valid_from=date(2026, 3, 11), valid_to=None), "自 2026-03-11"),
        (Facts("active", matched=True, valid_from=None, valid_to=date(2026, 3, 10)), "终止"),
    ],
)
def test_why_it_does_not_stand(facts: Facts, word: str) -> None:
    standing = standing_of(facts, [], TODAY)
    assert not standing.active
    assert any(word in str(reason) for reason in standing.reasons)


def test_goods_packed_before_the_deregistration_were_packed_under_it() -> None:
    ended = Facts("deregistered", matched=True, valid_from=date(2020, 1, 1), valid_to=date(2026, 1, 1))
    assert standing_of(ended, [], date(2025, 12, 31)).active
    assert not standing_of(ended, [], date(2026, 1, 1)).active


def test_the_strictest_open_restriction_decides_and_lifting_one_never_clears_another() -> None:
    assert standing_of(GOOD, [STOP, WEIGHT], TODAY).strictest == "stop_allotment"
    lifted = OpenRestriction(STOP.effect, STOP.basis, STOP.from_on, date(2026, 3, 10))
    assert standing_of(GOOD, [lifted, WEIGHT], TODAY).effects == {"sampling_weight"}
    assert standing_of(GOOD, [lifted, STOP], TODAY).strictest == "stop_allotment"


def test_a_restriction_of_tomorrow_does_not_hold_today() -> None:
    tomorrow = OpenRestriction(Effect.FREEZE_ACTIVATION, "x", date(2026, 3, 11), None)
    assert standing_of(GOOD, [tomorrow], TODAY).effects == frozenset()


def test_rectifying_permits_codes_under_a_cap_only() -> None:
    standing = standing_of(Facts("rectifying", matched=True, valid_from=None, valid_to=None), [], TODAY)
    assert standing.active
    assert standing.effects == {"cap_allotment"}


@pytest.mark.parametrize(
    ("state", "to", "active"),
    [
        ("recognised", None, True),
        ("renewed", None, True),
        ("revoked", None, False),
        ("revoked", date(2026, 3, 11), True),
        ("expired", date(2026, 3, 10), False),
        ("recognised", date(2026, 3, 10), False),
    ],
)
def test_an_authorisation_falls_with_its_protection(state: str, to: date | None, active: bool) -> None:
    facts = Facts("active", matched=True, valid_from=None, valid_to=None, protection_state=state, protection_to=to)
    assert standing_of(facts, [], TODAY).active is active
