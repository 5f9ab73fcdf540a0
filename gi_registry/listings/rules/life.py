"""The life of a case on the abnormal-use list (domain, section 4): states, actions, whose turn it is."""

from __future__ import annotations

from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say


class State(StrEnum):
    """Where a case stands."""

    LEAD = "lead"
    TRIAGE = "triage"
    VERIFYING = "verifying"
    RECTIFICATION_ORDERED = "rectification_ordered"
    NOTICE_ISSUED = "notice_issued"
    DEFENCE_OPEN = "defence_open"
    DEFENCE_FILED = "defence_filed"
    DEFENCE_ANSWERED = "defence_answered"
    PROPOSED = "proposed"
    LISTED = "listed"
    OBJECTED = "objected"
    RECTIFICATION_FILED = "rectification_filed"
    RECTIFICATION_VERIFIED = "rectification_verified"
    REMOVED = "removed"
    CORRECTED = "corrected"
    EXPIRED = "expired"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What a person may do to a case."""

    ACCEPT = "accept"
    VERIFY = "verify"
    EXTEND = "extend"
    DISMISS = "dismiss"
    WITHDRAW = "withdraw"
    ORDER_RECTIFICATION = "order_rectification"
    ISSUE_NOTICE = "issue_notice"
    PROVE_SERVICE = "prove_service"
    FILE_DEFENCE = "file_defence"
    ANSWER_DEFENCE = "answer_defence"
    PROPOSE = "propose"
    RETURN = "return"
    DECIDE_LISTING = "decide_listing"
    DECIDE_AGAINST = "decide_against"
    OBJECT = "object"
    UPHOLD = "uphold"
    CORRECT = "correct"
    FILE_RECTIFICATION = "file_rectification"
    VERIFY_RECTIFICATION = "verify_rectification"
    REJECT_RECTIFICATION = "reject_rectification"
    REMOVE = "remove"
    EXPIRE = "expire"


class Turn(StrEnum):
    """Who must act next."""

    HANDLER = "handler"
    APPROVER = "approver"
    PARTY = "party"
    NOBODY = "nobody"


BEFORE_LISTING = (
    State.LEAD, State.TRIAGE, State.VERIFYING, State.RECTIFICATION_ORDERED, State.NOTICE_ISSUED, State.DEFENCE_OPEN,
    State.DEFENCE_FILED, State.DEFENCE_ANSWERED, State.PROPOSED,
)  # fmt: skip
ON_THE_LIST = (State.LISTED, State.OBJECTED, State.RECTIFICATION_FILED, State.RECTIFICATION_VERIFIED)
AFTER_DECISION = (*ON_THE_LIST, State.REMOVED, State.CORRECTED, State.EXPIRED)
ENDED = (State.REMOVED, State.CORRECTED, State.EXPIRED, State.DISMISSED, State.WITHDRAWN)

_STEPS: dict[tuple[State, Action], State] = {
    (State.LEAD, Action.ACCEPT): State.TRIAGE,
    (State.LEAD, Action.DISMISS): State.DISMISSED,
    (State.TRIAGE, Action.VERIFY): State.VERIFYING,
    (State.TRIAGE, Action.DISMISS): State.DISMISSED,
    (State.VERIFYING, Action.EXTEND): State.VERIFYING,
    (State.VERIFYING, Action.DISMISS): State.DISMISSED,
    (State.VERIFYING, Action.ORDER_RECTIFICATION): State.RECTIFICATION_ORDERED,
    (State.VERIFYING, Action.ISSUE_NOTICE): State.NOTICE_ISSUED,
    (State.RECTIFICATION_ORDERED, Action.FILE_RECTIFICATION): State.RECTIFICATION_ORDERED,
    (State.RECTIFICATION_ORDERED, Action.DISMISS): State.DISMISSED,
    (State.RECTIFICATION_ORDERED, Action.ISSUE_NOTICE): State.NOTICE_ISSUED,
    (State.NOTICE_ISSUED, Action.PROVE_SERVICE): State.DEFENCE_OPEN,
    (State.DEFENCE_OPEN, Action.FILE_DEFENCE): State.DEFENCE_FILED,
    (State.DEFENCE_OPEN, Action.PROPOSE): State.PROPOSED,
    (State.DEFENCE_FILED, Action.FILE_DEFENCE): State.DEFENCE_FILED,
    (State.DEFENCE_FILED, Action.ANSWER_DEFENCE): State.DEFENCE_ANSWERED,
    (State.DEFENCE_ANSWERED, Action.PROPOSE): State.PROPOSED,
    (State.PROPOSED, Action.RETURN): State.VERIFYING,
    (State.PROPOSED, Action.DECIDE_LISTING): State.LISTED,
    (State.PROPOSED, Action.DECIDE_AGAINST): State.DISMISSED,
    (State.LISTED, Action.OBJECT): State.OBJECTED,
    (State.OBJECTED, Action.UPHOLD): State.LISTED,
    (State.OBJECTED, Action.CORRECT): State.CORRECTED,
    (State.LISTED, Action.FILE_RECTIFICATION): State.RECTIFICATION_FILED,
    (State.RECTIFICATION_FILED, Action.VERIFY_RECTIFICATION): State.RECTIFICATION_VERIFIED,
    (State.RECTIFICATION_FILED, Action.REJECT_RECTIFICATION): State.LISTED,
    (State.RECTIFICATION_VERIFIED, Action.REMOVE): State.REMOVED,
    **{(state, Action.EXPIRE): State.EXPIRED for state in ON_THE_LIST},
    **{(state, Action.WITHDRAW): State.WITHDRAWN for state in BEFORE_LISTING},
}

LABELS: dict[str, Words] = {
    "lead": say("线索"),
    "triage": say("初步审查"),
    "verifying": say("核查中"),
    "rectification_ordered": say("限期整改"),
    "notice_issued": say("拟列入告知，待送达"),
    "defence_open": say("陈述申辩期"),
    "defence_filed": say("已陈述申辩，待逐条答复"),
    "defence_answered": say("申辩已答复"),
    "proposed": say("待决定"),
    "listed": say("已列入"),
    "objected": say("异议审查"),
    "rectification_filed": say("整改待核实"),
    "rectification_verified": say("整改已核实，待移出"),
    "removed": say("已移出"),
    "corrected": say("已更正"),
    "expired": say("公示期满"),
    "dismissed": say("不予列入"),
    "withdrawn": say("已撤回"),
    "accept": say("受理线索"),
    "verify": say("开始核查"),
    "extend": say("延长核查期限"),
    "dismiss": say("不予列入"),
    "withdraw": say("撤回案件"),
    "order_rectification": say("发出限期整改通知书"),
    "issue_notice": say("发出拟列入告知书"),
    "prove_service": say("登记送达"),
    "file_defence": say("提交陈述申辩"),
    "answer_defence": say("逐条答复申辩"),
    "propose": say("提请决定"),
    "return": say("退回补充核查"),
    "decide_listing": say("决定列入"),
    "decide_against": say("决定不予列入"),
    "object": say("提出异议"),
    "uphold": say("维持列入决定"),
    "correct": say("更正列入决定"),
    "file_rectification": say("提交整改材料"),
    "verify_rectification": say("核实整改合格"),
    "reject_rectification": say("整改未通过核实"),
    "remove": say("决定移出"),
    "expire": say("公示期满终止公示"),
}

CASE_LIFE = Machine(
    subject="case",
    initial=State.LEAD.value,
    steps={(state.value, action.value): target.value for (state, action), target in _STEPS.items()},
    labels=LABELS,
)

_TURNS: dict[State, Turn] = {
    State.RECTIFICATION_ORDERED: Turn.PARTY,
    State.DEFENCE_OPEN: Turn.PARTY,
    State.LISTED: Turn.PARTY,
    State.PROPOSED: Turn.APPROVER,
    State.OBJECTED: Turn.APPROVER,
    State.RECTIFICATION_VERIFIED: Turn.APPROVER,
    **dict.fromkeys(ENDED, Turn.NOBODY),
}

TURN_NAMES: dict[Turn, Words] = {
    Turn.HANDLER: say("轮到承办人"),
    Turn.APPROVER: say("轮到决定人"),
    Turn.PARTY: say("轮到当事人"),
    Turn.NOBODY: say("程序已结束"),
}


def turn_of(state: str) -> Turn:
    """Return whose turn it is in a state."""
    return _TURNS.get(State(state), Turn.HANDLER)
