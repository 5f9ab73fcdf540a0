"""What time does to cases: services that became effective, cured cases, warnings, publications whose period is over."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.words import say
from gi_registry.listings import queries
from gi_registry.listings.models import ListingCase
from gi_registry.listings.rules.clocks import clocks_of, prewarning_on
from gi_registry.listings.rules.life import State
from gi_registry.listings.service.deciding import end_period
from gi_registry.listings.service.handling import end_cured, is_notice_served, open_window, still_eligible
from gi_registry.listings.service.steps import tell_party
from gi_registry.workflow import Work


@dataclass
class DailyResult:
    """How many cases the day moved."""

    windows_opened: int = 0
    withdrawn: int = 0
    prewarned: int = 0
    expired: int = 0


def daily(work: Work) -> DailyResult:
    """Do what time does: to the party's benefit or as the notice itself says; never a listing, never a decision."""
    work.require("case:clock")
    result = DailyResult()
    for case in queries.cases_before_listing(work.session):
        if not still_eligible(work, case):
            end_cured(work, case)
            result.withdrawn += 1
        elif case.state == State.NOTICE_ISSUED and is_notice_served(work, case):
            open_window(work, case)
            result.windows_opened += 1
    for case in queries.cases_on_the_list(work.session):
        if case.publish_until is not None and work.today >= case.publish_until:
            end_period(work, case)
            result.expired += 1
        elif _warn(work, case):
            result.prewarned += 1
    return result


def _warn(work: Work, case: ListingCase) -> bool:
    if case.publish_until is None or case.prewarned_on is not None:
        return False
    if work.today < prewarning_on(case.publish_until, clocks_of(case.clocks)):
        return False
    case.prewarned_on = work.today
    case.version += 1
    work.record(case, "case:prewarn")
    tell_party(
        work,
        case,
        say("公示期将于 %(on)s 届满", on=case.publish_until.isoformat()),
        say("案件 %(number)s：期满前仍未整改的，主管部门将按规定继续处理。请尽快提交整改材料。", number=case.number),
    )
    work.flush()
    return True
