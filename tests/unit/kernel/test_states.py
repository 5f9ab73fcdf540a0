from __future__ import annotations

import pytest

from gi_registry.kernel.errors import IllegalTransition
from gi_registry.kernel.permissions import GRANTS, ROLES, Scope, scopes
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import say

DOOR = Machine(
    subject="door",
    initial="shut",
    steps={("shut", "open"): "open", ("open", "shut"): "shut", ("shut", "lock"): "locked"},
    labels={"open": say("打开"), "locked": say("已锁")},
)


def test_a_life_cycle_allows_its_steps_and_no_other() -> None:
    legal = {("shut", "open"): "open", ("open", "shut"): "shut", ("shut", "lock"): "locked"}
    for state in DOOR.states:
        for action in DOOR.actions:
            if (state, action) in legal:
                assert DOOR.after(state, action) == legal[state, action]
            else:
                with pytest.raises(IllegalTransition):
                    DOOR.after(state, action)


def test_a_refused_step_names_state_and_action_in_words() -> None:
    with pytest.raises(IllegalTransition, match=r"已锁.*打开"):
        DOOR.after("locked", "open")


def test_every_grant_names_a_known_role_and_scope() -> None:
    for permission, grants in GRANTS.items():
        assert permission.count(":") == 1
        assert set(grants) <= set(ROLES), permission
        assert all(isinstance(scope, Scope) for scope in grants.values())


def test_scopes_of_several_roles_add_up_and_an_unknown_permission_is_a_bug() -> None:
    assert scopes("plot:edit", frozenset({"producer_operator", "county_handler"})) == {Scope.OWN, Scope.REGION}
    assert scopes("plot:edit", frozenset({"consumer"})) == frozenset()
    with pytest.raises(KeyError):
        scopes("plot:fly", frozenset())
