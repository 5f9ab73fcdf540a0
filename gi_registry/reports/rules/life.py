"""The life cycle of an annual report (domain: life cycles, annual report)."""

from __future__ import annotations

from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import say


class State(StrEnum):
    """What is stored. Not open, open, overdue and late are derived from dates, see ``obligation``."""

    DRAFT = "draft"
    FILED = "filed"
    COUNTY_CHECKED = "county_checked"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Action(StrEnum):
    """What people do to a report."""

    FILE = "file"
    CHECK = "check"
    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


EDITABLE = frozenset({State.DRAFT, State.RETURNED})
IN_FORCE = frozenset({State.FILED, State.COUNTY_CHECKED, State.ACCEPTED})
"""Submitted and standing. A report stays in force until an amendment of it is accepted."""

ENDED = frozenset({State.WITHDRAWN, State.SUPERSEDED})

REPORT_LIFE = Machine(
    subject="report",
    initial=State.DRAFT,
    steps={
        (State.DRAFT, Action.FILE): State.FILED,
        (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
        (State.FILED, Action.CHECK): State.COUNTY_CHECKED,
        (State.FILED, Action.RETURN): State.RETURNED,
        (State.FILED, Action.WITHDRAW): State.WITHDRAWN,
        (State.FILED, Action.SUPERSEDE): State.SUPERSEDED,
        (State.COUNTY_CHECKED, Action.ACCEPT): State.ACCEPTED,
        (State.COUNTY_CHECKED, Action.RETURN): State.RETURNED,
        (State.COUNTY_CHECKED, Action.SUPERSEDE): State.SUPERSEDED,
        (State.ACCEPTED, Action.SUPERSEDE): State.SUPERSEDED,
        (State.RETURNED, Action.FILE): State.FILED,
        (State.RETURNED, Action.WITHDRAW): State.WITHDRAWN,
    },
    labels={
        State.DRAFT: say("草稿"),
        State.FILED: say("已报送"),
        State.COUNTY_CHECKED: say("县级已核查"),
        State.ACCEPTED: say("已接受"),
        State.RETURNED: say("已退回"),
        State.WITHDRAWN: say("已撤回"),
        State.SUPERSEDED: say("已被更正替代"),
        Action.FILE: say("报送"),
        Action.CHECK: say("完成县级核查"),
        Action.ACCEPT: say("接受"),
        Action.RETURN: say("退回"),
        Action.WITHDRAW: say("撤回"),
        Action.SUPERSEDE: say("以更正替代"),
    },
)
