"""The gates of each step: pure questions whose no is normal and names the remedy.

The procedure cannot move on while the notice is unserved, the window is open or the same person decides; eligibility is tested again
at every step (domain, section 4; models: Administrative Penalty Law Art. 41, 44, 45).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import say
from gi_registry.listings.rules.life import CASE_LIFE, Action, State

SERIOUS = 3
UNSERVED = Failed(say("送达尚未证明。"))


@dataclass(frozen=True)
class CaseFacts:
    """What the gates know of a case, of the actor and of today.

    ``served``: whether the notice counts as served (Failed says what is missing). ``cured``: the rule, asked again, no longer finds
    the ground. ``window_ends_on``: last day of the defence window; ``provisional``: it was computed without a loaded calendar.
    """

    state: str
    today: date
    severity: int = 2
    actor_id: int | None = None
    actor_is_city: bool = False
    handled_by: frozenset[int] = frozenset()
    verifier_id: int | None = None
    party_known: bool = True
    publication_basis: str = ""
    cured: bool = False
    must_be_cured: bool = False
    extended: bool = False
    rectify_until: date | None = None
    served: Verdict = UNSERVED
    served_on: date | None = None
    window_ends_on: date | None = None
    provisional: bool = False
    unanswered: int = 0
    objection_until: date | None = None
    publish_until: date | None = None


Gate = Callable[[CaseFacts], Verdict]


def party_known(facts: CaseFacts) -> Verdict:
    """A notice needs somebody to be served on."""
    if facts.party_known:
        return Passed()
    return Failed(say("该授权尚未匹配到单位，文书无法送达。"), say("请先在登记簿中完成匹配。"))


def not_cured(facts: CaseFacts) -> Verdict:
    """A case whose facts are cured before the listing is withdrawn, not continued."""
    if not facts.cured:
        return Passed()
    return Failed(say("重新核算后事由已不成立，不能继续列入程序。"), say("请撤回案件。"))


def cured(facts: CaseFacts) -> Verdict:
    """A case is withdrawn because its facts are cured, not because someone likes to."""
    if facts.cured:
        return Passed()
    return Failed(say("重新核算后事由仍然成立，不能撤回。"), say("如认为不应列入，请作出不予列入的决定并说明理由。"))


def extended_once(facts: CaseFacts) -> Verdict:
    """The period of verification is extended once."""
    return Failed(say("核查期限只能延长一次。")) if facts.extended else Passed()


def rectification_over(facts: CaseFacts) -> Verdict:
    """An ordered rectification must have had its time before listing is announced."""
    if facts.state != State.RECTIFICATION_ORDERED or facts.rectify_until is None or facts.today > facts.rectify_until:
        return Passed()
    reason = say("整改期限至 %(on)s，期满前不能发出拟列入告知书。", on=facts.rectify_until)
    return Failed(reason, say("整改期满后仍未改正的，再发出告知书。"))


def notice_served(facts: CaseFacts) -> Verdict:
    """The notice of intended listing must have reached the party, with proof."""
    if isinstance(facts.served, Failed):
        return Failed(say("送达尚未证明，不能进入陈述申辩期。"), facts.served.remedy or facts.served.reason)
    return Passed()


def window_over(facts: CaseFacts) -> Verdict:
    """The defence window must be over; a window computed without a loaded calendar is never over."""
    if facts.served_on is None or facts.window_ends_on is None:
        return Failed(say("送达尚未证明，不能进入陈述申辩期满。"), say("请先登记送达。"))
    if facts.provisional:
        return Failed(
            say("%(year)s 年的工作日历尚未载入，不能认定陈述申辩期届满。", year=facts.window_ends_on.year),
            say("请系统管理员载入国务院公布的节假日安排后再继续。"),
        )
    if facts.today <= facts.window_ends_on:
        return Failed(say("陈述申辩期至 %(on)s，尚未届满。", on=facts.window_ends_on), say("期满次日起可以继续。"))
    return Passed()


def defence_answered(facts: CaseFacts) -> Verdict:
    """Every point of the defence must have its answer."""
    if facts.unanswered:
        return Failed(say("还有 %(count)s 点申辩没有答复。", count=facts.unanswered), say("请逐条答复。"))
    return Passed()


def another_officer(facts: CaseFacts) -> Verdict:
    """An officer who handled a case does not decide it."""
    if facts.actor_id is not None and facts.actor_id not in facts.handled_by:
        return Passed()
    return Failed(say("承办人不能决定自己承办的案件。"), say("请由另一名有决定权限的工作人员决定。"))


def high_enough(facts: CaseFacts) -> Verdict:
    """A serious ground is decided by the city."""
    if facts.severity < SERIOUS or facts.actor_is_city:
        return Passed()
    return Failed(say("严重事由由市级决定。"), say("请由市级工作人员决定。"))


def objection_in_time(facts: CaseFacts) -> Verdict:
    """An objection is raised within its period."""
    if facts.objection_until is None or facts.today <= facts.objection_until:
        return Passed()
    reason = say("异议期已于 %(on)s 届满。", on=facts.objection_until)
    return Failed(reason, say("您仍可提交整改材料申请移出，或依法申请行政复议、提起行政诉讼。"))


def repaired(facts: CaseFacts) -> Verdict:
    """Where the rule itself can be asked, it must no longer find the ground."""
    if facts.cured or not facts.must_be_cured:
        return Passed()
    return Failed(say("重新核算后事由仍然成立，不能移出。"), say("请先补正，例如补报所缺年度的报告。"))


def verified_by_another(facts: CaseFacts) -> Verdict:
    """Who verified the repair does not decide the removal."""
    if facts.actor_id is not None and facts.actor_id != facts.verifier_id:
        return Passed()
    return Failed(say("核实整改的人员不能决定移出。"), say("请由另一名有决定权限的工作人员决定。"))


def period_over(facts: CaseFacts) -> Verdict:
    """Publication ends when its period is over."""
    if facts.publish_until is not None and facts.today >= facts.publish_until:
        return Passed()
    return Failed(say("公示期尚未届满。"))


GATES: Mapping[Action, tuple[Gate, ...]] = {
    Action.VERIFY: (not_cured,),
    Action.EXTEND: (extended_once, not_cured),
    Action.WITHDRAW: (cured,),
    Action.ORDER_RECTIFICATION: (party_known, not_cured),
    Action.ISSUE_NOTICE: (party_known, rectification_over, not_cured),
    Action.PROVE_SERVICE: (notice_served,),
    Action.ANSWER_DEFENCE: (defence_answered,),
    Action.PROPOSE: (notice_served, window_over, defence_answered, not_cured),
    Action.RETURN: (another_officer,),
    Action.DECIDE_LISTING: (notice_served, window_over, defence_answered, another_officer, high_enough, not_cured),
    Action.DECIDE_AGAINST: (another_officer, high_enough),
    Action.OBJECT: (objection_in_time,),
    Action.UPHOLD: (another_officer, high_enough),
    Action.CORRECT: (another_officer, high_enough),
    Action.VERIFY_RECTIFICATION: (repaired,),
    Action.REMOVE: (repaired, verified_by_another, high_enough),
    Action.EXPIRE: (period_over,),
}


def check(action: Action, facts: CaseFacts) -> Verdict:
    """Return Passed, or the first reason why ``action`` cannot be done now; the life cycle is asked first."""
    if not CASE_LIFE.allows(facts.state, action):
        return Failed(say("当前状态为“%(state)s”，不能“%(action)s”。", state=CASE_LIFE.label(facts.state), action=CASE_LIFE.label(action)))
    for gate in GATES.get(action, ()):
        verdict = gate(facts)
        if isinstance(verdict, Failed):
            return verdict
    return Passed()


def may_publish(facts: CaseFacts) -> Verdict:
    """Without a legal basis for publication the listing stays internal (重点监管)."""
    if facts.publication_basis:
        return Passed()
    return Failed(say("该事由没有公示的法律依据，仅作内部重点监管，不公示。"))
