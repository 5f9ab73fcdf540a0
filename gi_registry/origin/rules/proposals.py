"""The life of a proposed area version, and where on the calendar it would stand.

An announcement is law; what the register says of it decides whose land counts. So a version comes into force by two persons: one
proposes, another officer approves (domain §2: never the same person for one decision).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gi_registry.kernel.errors import Conflict, NotAllowed, invalid
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.versions import check_period, covers, overlap, refuse_overlap, written

Period = tuple[date | None, date | None]


class ProposalKind(StrEnum):
    """What is proposed: a version that takes its place, or the end of one that nothing follows."""

    VERSION = "version"
    END = "end"


PROPOSAL_KIND_WORDS: dict[str, Words] = {ProposalKind.VERSION: say("新版本"), ProposalKind.END: say("终止现行版本")}

AREA_PROPOSAL_LIFE = Machine(
    subject="area_proposal",
    initial="proposed",
    steps={
        ("proposed", "approve"): "approved",
        ("proposed", "reject"): "rejected",
        ("proposed", "withdraw"): "withdrawn",
    },
    labels={
        "proposed": say("待另一人核准"),
        "approved": say("已核准"),
        "rejected": say("未予核准"),
        "withdrawn": say("已撤回"),
        "propose": say("提出范围提案"),
        "approve": say("核准"),
        "reject": say("不予核准"),
        "withdraw": say("撤回"),
    },
)


@dataclass(frozen=True)
class Standing:
    """A version on file: its id and its half-open period."""

    id: int
    period: Period


@dataclass(frozen=True)
class Placement:
    """Where a proposed version would stand: the version it follows, and the day on which that one would end (None: it ends by itself)."""

    follows: int | None
    ends_on: date | None


def place(new: Period, standing: Iterable[Standing]) -> Placement:
    """Return which version a new one follows and from which day that one would no longer hold.

    Only a version without an end gives way, and only to one that begins after it; a stated end stays as announced. Raises Invalid for a
    period that ends before it begins, Conflict naming both periods where the new version would share a day with another.
    """
    check_period(*new)
    rows = list(standing)
    open_one = next((row for row in rows if row.period[1] is None and _gives_way(row.period[0], new)), None)
    refuse_overlap(new, [row.period for row in rows if row is not open_one])
    if open_one is not None:
        return Placement(open_one.id, new[0])
    return Placement(_before(new[0], rows), None)


def place_end(on: date | None, standing: Iterable[Standing]) -> Placement:
    """Return which version an end without a successor would close; raises Invalid without a day, Conflict where nothing is open then."""
    if on is None:
        raise invalid("valid_from", say("没有填写自哪一天起不再有效。"), say("请填写公告的日期。"))
    open_one = next((row for row in standing if row.period[1] is None and covers(*row.period, on) and row.period[0] != on), None)
    if open_one is None:
        raise Conflict(
            say("%(on)s 没有未定止期的版本可以终止。", on=on.isoformat()), remedy=say("请核对分区和日期；已有止期的版本到期自然终止。")
        )
    return Placement(open_one.id, on)


def _gives_way(since: date | None, new: Period) -> bool:
    return new[0] is not None and (since is None or since < new[0]) and overlap((since, None), new)


def _before(since: date | None, rows: list[Standing]) -> int | None:
    """Return the version that ended last before a day, across a gap too: the one to compare with."""
    ended = [row for row in rows if row.period[1] is not None and since is not None and row.period[1] <= since]
    return max(ended, key=lambda row: row.period[1] or date.min).id if ended else None


def refuse_overtaken(stated: Placement, found: Placement, *, periods: dict[int, Period]) -> None:
    """Raise Conflict where the version that a proposal was compared with is no longer the one it would follow."""
    if stated.follows == found.follows and stated.ends_on == found.ends_on:
        return
    now = written(periods[found.follows]) if found.follows is not None else say("没有前一版本")
    raise Conflict(
        say("提出之后范围已经变动：这一提案如今接续的是 %(now)s，不是提出时比对的版本。", now=now),
        remedy=say("请撤回或不予核准，按现行版本重新提出，重新比对。"),
    )


def refuse_same_person(proposed_by: int, decides: int | None) -> None:
    """Raise NotAllowed where the person who proposed would decide."""
    if decides is None or decides == proposed_by:
        raise NotAllowed(
            say("范围提案须由提出人以外的另一名工作人员核准。"),
            remedy=say("请由本单位或上级的另一名有权人员办理；要更改内容的，请先撤回再提出。"),
            basis="area:approve",
        )


def refuse_other_person(proposed_by: int, withdraws: int | None) -> None:
    """Raise NotAllowed where someone else than the proposer would withdraw."""
    if withdraws != proposed_by:
        raise NotAllowed(say("提案只能由提出人撤回。"), remedy=say("不同意的，由有权核准的人写明理由，不予核准。"), basis="area:propose")
