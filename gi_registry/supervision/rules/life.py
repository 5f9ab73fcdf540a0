"""The life of a lead (domain notes, supervision: new → assigned → accepted | returned → verifying → … → fed back → archived).

Every step is data here; the pages offer those that a county needs first, transfers between authorities join them later.
"""

from __future__ import annotations

from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say


class Source(StrEnum):
    """Where a lead came from."""

    DOUBT = "doubt"
    STATEMENT = "statement"
    OFFICE = "office"


class Subject(StrEnum):
    """What a lead is about. A copied code is about the code: never about the user whose code it was."""

    CODE = "code"
    USER = "user"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    VERIFYING = "verifying"
    NO_CASE = "no_case"
    RECTIFY = "rectify"
    CASE_FILED = "case_filed"
    CRIME_TRANSFER = "crime_transfer"
    FED_BACK = "fed_back"
    ARCHIVED = "archived"


class Action(StrEnum):
    """What can be done to a lead."""

    ASSIGN = "assign"
    ACCEPT = "accept"
    RETURN = "return"
    VERIFY = "verify"
    NO_CASE = "no_case"
    RECTIFY = "rectify"
    FILE_CASE = "file_case"
    TRANSFER_CRIME = "transfer_crime"
    WITHDRAW = "withdraw"
    FEED_BACK = "feed_back"
    ARCHIVE = "archive"


OPEN = (State.NEW, State.ASSIGNED, State.RETURNED, State.ACCEPTED, State.VERIFYING)
RESULTS = (State.NO_CASE, State.RECTIFY, State.CASE_FILED, State.CRIME_TRANSFER)

LEAD_LIFE = Machine(
    subject="lead",
    initial=State.NEW,
    steps={
        (State.NEW, Action.ASSIGN): State.ASSIGNED,
        (State.RETURNED, Action.ASSIGN): State.ASSIGNED,
        (State.ASSIGNED, Action.ASSIGN): State.ASSIGNED,
        (State.ASSIGNED, Action.ACCEPT): State.ACCEPTED,
        (State.ASSIGNED, Action.RETURN): State.RETURNED,
        (State.ACCEPTED, Action.VERIFY): State.VERIFYING,
        (State.ACCEPTED, Action.NO_CASE): State.NO_CASE,
        (State.VERIFYING, Action.NO_CASE): State.NO_CASE,
        (State.VERIFYING, Action.RECTIFY): State.RECTIFY,
        (State.VERIFYING, Action.FILE_CASE): State.CASE_FILED,
        (State.VERIFYING, Action.TRANSFER_CRIME): State.CRIME_TRANSFER,
        **{(state, Action.WITHDRAW): State.NO_CASE for state in OPEN},
        **{(state, Action.FEED_BACK): State.FED_BACK for state in RESULTS},
        (State.FED_BACK, Action.ARCHIVE): State.ARCHIVED,
    },
    labels={
        State.NEW: say("待分办"),
        State.ASSIGNED: say("已分办"),
        State.RETURNED: say("已退回"),
        State.ACCEPTED: say("已受理"),
        State.VERIFYING: say("核查中"),
        State.NO_CASE: say("不予立案"),
        State.RECTIFY: say("责令改正"),
        State.CASE_FILED: say("已立案"),
        State.CRIME_TRANSFER: say("已移送公安机关"),
        State.FED_BACK: say("已反馈"),
        State.ARCHIVED: say("已归档"),
        Action.ASSIGN: say("分办"),
        Action.ACCEPT: say("受理"),
        Action.RETURN: say("退回"),
        Action.VERIFY: say("开始核查"),
        Action.WITHDRAW: say("撤回声明"),
        Action.FEED_BACK: say("反馈"),
        Action.ARCHIVE: say("归档"),
    },
)

SOURCES = {Source.DOUBT: say("公众反映"), Source.STATEMENT: say("使用人声明"), Source.OFFICE: say("机关登记")}
SERIES = {Source.DOUBT: "疑", Source.STATEMENT: "声", Source.OFFICE: "线"}


class Stage(StrEnum):
    """What the public is told of a doubt."""

    RECEIVED = "received"
    HANDLED = "being-handled"
    CLOSED = "closed"


STAGES = {Stage.RECEIVED: say("已收到"), Stage.HANDLED: say("办理中"), Stage.CLOSED: say("已办结")}


def stage(state: str) -> Stage:
    """Return what the public is told of a lead in this state; neither the result nor who handles it."""
    if state in (State.NEW, State.RETURNED):
        return Stage.RECEIVED
    return Stage.HANDLED if state in OPEN else Stage.CLOSED


def state_words(state: str) -> Words:
    """Return the words of a state."""
    return LEAD_LIFE.label(state)
