"""The life of an allotment: ordered and granted, printed, received, closed; void until it is closed.

Source: label code life cycle of the domain notes (generated → allotted → printed → received → activated). Single codes have no row and
no state: what happened to them is said by intervals (``intervals.Status``).
"""

from __future__ import annotations

from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import say


class State(StrEnum):
    """Where an allotment stands."""

    ALLOTTED = "allotted"
    PRINTED = "printed"
    RECEIVED = "received"
    CLOSED = "closed"
    VOID = "void"


class Action(StrEnum):
    """What can be done to an allotment as a whole."""

    PRINT = "print"
    RECEIVE = "receive"
    CLOSE = "close"
    VOID = "void"


ALLOTMENT_LIFE = Machine(
    subject="allotment",
    initial=State.ALLOTTED,
    steps={
        (State.ALLOTTED, Action.PRINT): State.PRINTED,
        (State.PRINTED, Action.RECEIVE): State.RECEIVED,
        (State.RECEIVED, Action.CLOSE): State.CLOSED,
        (State.ALLOTTED, Action.VOID): State.VOID,
        (State.PRINTED, Action.VOID): State.VOID,
        (State.RECEIVED, Action.VOID): State.VOID,
    },
    labels={
        State.ALLOTTED: say("已核发"),
        State.PRINTED: say("已印制"),
        State.RECEIVED: say("已入库"),
        State.CLOSED: say("已结清"),
        State.VOID: say("已作废"),
        Action.PRINT: say("登记印制"),
        Action.RECEIVE: say("登记入库"),
        Action.CLOSE: say("结清"),
    },
)

STATUS_LABELS = {
    "activated": say("已激活"),
    "void": say("作废"),
    "damaged": say("损坏"),
    "returned": say("退回"),
    "frozen": say("冻结"),
    "recalled": say("召回"),
}
