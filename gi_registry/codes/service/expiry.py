"""The end of a season: what was granted for it and not used becomes void, and its quota is released."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.codes import queries
from gi_registry.codes.models import Allotment
from gi_registry.codes.rules.intervals import Status
from gi_registry.codes.rules.life import ALLOTMENT_LIFE, Action, State
from gi_registry.codes.rules.season import SeasonEnd, season_end
from gi_registry.codes.service.custody import held, spoil_pieces
from gi_registry.codes.service.printing import end_job
from gi_registry.codes.service.selection import Shelf, lock_shelf, read_shelf
from gi_registry.kernel.quantities import grouped
from gi_registry.kernel.words import Words, say
from gi_registry.notices import service as notices
from gi_registry.policy import service as policy
from gi_registry.workflow import Work, advance

POLICY = "codes.season-end"
ORIGIN = "season"


@dataclass
class Expired:
    """How many allotments lost how many labels, and how many users were told of a coming end."""

    allotments: int = 0
    labels: int = 0
    told: int = 0


def expire_unused(work: Work) -> Expired:
    """Void the unused labels of seasons that are over, and tell users whose season is about to be. Done twice a day, it is done once.

    Labels that are frozen or recalled stay as they are until that is lifted.
    """
    work.require("code:void")
    done = Expired()
    rules: dict[str, SeasonEnd] = {}
    for allotment in queries.unsettled(work.session):
        place = allotment.authority_division
        rule = rules[place] = rules.get(place) or season_end(policy.at(work.session, POLICY, place, work.today).value)
        if rule.is_over(allotment.year, work.today):
            labels = _expire(work, allotment.id or 0, rule)
            done.labels, done.allotments = done.labels + labels, done.allotments + bool(labels)
        elif rule.is_told(allotment.year, work.today):
            done.told += _announce(work, allotment, read_shelf(work.session, allotment.id or 0), rule)
    return done


def _expire(work: Work, allotment_id: int, rule: SeasonEnd) -> int:
    allotment = held(work, allotment_id, "code:void")
    shelf = lock_shelf(work.session, allotment_id)
    pieces = shelf.free_pieces()
    if not pieces:
        return 0
    last_day = rule.last_day(allotment.year).isoformat()
    reason = say("%(year)s 年度的标签用到 %(day)s 为止，未用的失效。", year=allotment.year, day=last_day)
    if allotment.state == State.ALLOTTED and not shelf.activated:
        end_job(work, allotment, reason=str(reason))
        advance(work, allotment, ALLOTMENT_LIFE, Action.VOID)
    done = spoil_pieces(work, allotment, Status.VOID, pieces, reason=str(reason), origin=ORIGIN)
    _tell(work, allotment, say("产季结束，%(n)s 枚未用的标签已失效", n=grouped(done.labels)), reason, say("剩余的标签请销毁，不得再用。"))
    return done.labels


def _announce(work: Work, allotment: Allotment, shelf: Shelf, rule: SeasonEnd) -> bool:
    if not shelf.left:
        return False
    day = rule.last_day(allotment.year).isoformat()
    title = say("%(n)s 枚标签将于 %(day)s 后失效", n=grouped(shelf.left), day=day)
    reason = say("%(year)s 年度的标签用到 %(day)s 为止，未用的失效。", year=allotment.year, day=day)
    return _tell(work, allotment, title, reason, say("请在此之前激活；用不完的可以登记退回。"))


def _tell(work: Work, allotment: Allotment, title: Words, reason: Words, remedy: Words) -> bool:
    if allotment.owner_org_id is None:
        return False
    body = say("申领编号 %(number)s：%(reason)s%(remedy)s", number=allotment.number, reason=reason, remedy=remedy)
    notices.notify(work, organisation_id=allotment.owner_org_id, title=title, body=body, link=f"/allotments/{allotment.id}")
    return True
