"""Life cycles as data: which action leads from which state to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gi_registry.kernel.errors import IllegalTransition
from gi_registry.kernel.words import Words, say


@dataclass(frozen=True)
class Machine:
    """A life cycle.

    ``subject`` is the word in log tags (``report``), ``steps`` maps (state, action) to the next state, ``labels`` holds the
    words people see for states and actions.
    """

    subject: str
    initial: str
    steps: Mapping[tuple[str, str], str]
    labels: Mapping[str, Words]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of first mention."""
        seen = dict.fromkeys([self.initial])
        for (state, _action), target in self.steps.items():
            seen.update({state: None, target: None})
        return tuple(seen)

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, in the order of first mention."""
        return tuple(dict.fromkeys(action for _state, action in self.steps))

    def allows(self, state: str, action: str) -> bool:
        """Say whether ``action`` is legal in ``state``."""
        return (str(state), str(action)) in self.steps

    def after(self, state: str, action: str) -> str:
        """Return the state that ``action`` leads to; raise IllegalTransition where there is no such step."""
        try:
            return self.steps[str(state), str(action)]
        except KeyError:
            raise IllegalTransition(
                say("当前状态为“%(state)s”，不能“%(action)s”。", state=self.label(state), action=self.label(action)),
                remedy=say("请刷新页面，按页面上可用的操作继续。"),
            ) from None

    def label(self, name: str) -> Words:
        """Return the words for a state or action."""
        return self.labels.get(str(name), say(str(name)))


def check_list(machine: Machine) -> str:
    """Return a SQL list of the states, for a CHECK constraint."""
    return ", ".join(f"'{state}'" for state in machine.states)
