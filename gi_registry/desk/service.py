"""What waits for a person, and the clock of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gi_registry.anomalies.models import Finding
from gi_registry.anomalies.rules.grounds import ground_named
from gi_registry.batches.models import CapProposal, GoodsRecord, Trade
from gi_registry.batches.queries import records_in_state, trades_in_state
from gi_registry.batches.queries.caps import waiting_proposals
from gi_registry.db import Installation
from gi_registry.desk import queries
from gi_registry.divisions.queries import working_days
from gi_registry.kernel.errors import NotFound, Unavailable, invalid
from gi_registry.kernel.words import Words, say, unpacked
from gi_registry.listings.models import ListingCase
from gi_registry.listings.rules.life import CASE_LIFE, Turn
from gi_registry.notices.queries import unread_count
from gi_registry.origin.models import AreaProposal
from gi_registry.origin.queries import proposals_waiting
from gi_registry.origin.rules.proposals import PROPOSAL_KIND_WORDS
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.registry.queries import authorisations_of, get_gi
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.queries import Obligation
from gi_registry.reports.rules.obligation import Status
from gi_registry.reports.service import count_obligations, my_obligations
from gi_registry.supervision.rules.life import SOURCES, state_words
from gi_registry.supervision.service import waiting as waiting_leads
from gi_registry.workflow import Work

LARGEST_STEP = 60


@dataclass(frozen=True)
class Item:
    """One thing that waits: what, whose, why it is here, until when, and where to act on it."""

    title: Words
    whose: Words | str
    why: Words
    href: str
    due_on: date | None = None
    grave: bool = False


@dataclass(frozen=True)
class Group:
    """Things of one kind: the few shown, how many there are, and where all of them are."""

    title: Words
    items: tuple[Item, ...]
    total: int
    href: str
    empty: Words


@dataclass(frozen=True)
class Desk:
    """An officer's queue, with the reports of the year in figures."""

    groups: tuple[Group, ...]
    year: int
    reports: dict[str, int]
    unmatched: int


@dataclass(frozen=True)
class Home:
    """A producer's start: what is due, what came in, and the authorisations to work on."""

    due: tuple[Obligation, ...]
    unread: int
    cases: tuple[Item, ...]
    authorisations: tuple[tuple[Authorisation, str], ...]


def view_desk(work: Work) -> Desk:
    """Return what waits for an officer: cases in turn, open findings, reports to check and to accept."""
    work.require("desk:view")
    year = work.today.year - 1
    groups = [_cases(work)]
    if work.allows("finding:view"):
        groups.append(_findings(work))
    if work.allows("lead:handle"):
        groups.append(_leads(work))
    groups += _goods(work)
    if work.allows("report:check"):
        groups.append(_reports(work, "filed", say("待县级核对的年报"), say("已报送，等待核对")))
    if work.allows("report:accept"):
        groups.append(_reports(work, "county_checked", say("待接受的年报"), say("承办人已核对，等待另一人接受")))
    if work.allows("area:approve"):
        groups += _area_proposals(work)
    unmatched = queries.unmatched_count(work.session, work.visible(Authorisation, "authorisation:match"))
    return Desk(tuple(groups), year, count_obligations(work, year), unmatched)


def view_home(work: Work) -> Home:
    """Return what waits for a producer."""
    organisation = work.actor.organisation_id
    rows, _total = queries.cases_in_turn(work.session, work.visible(ListingCase, "case:rectify"), (Turn.PARTY,))
    owned = authorisations_of(work.session, organisation) if organisation is not None else []
    return Home(
        due=tuple(
            item for item in (my_obligations(work) if work.allows("report:view") else ()) if item.status in {Status.OPEN, Status.OVERDUE}
        ),
        unread=unread_count(work.session, organisation),
        cases=tuple(_case(row, path="/cases") for row in rows),
        authorisations=tuple((item, get_gi(work.session, item.gi_id).name) for item in owned),
    )


def view_held(work: Work) -> list[Gi]:
    """Return the GIs of the caller's organisation; empty for whoever holds none."""
    return queries.gis_held(work.session, work.actor.organisation_id)


def _cases(work: Work) -> Group:
    turns = tuple(turn for permission, turn in _TURNS if work.allows(permission))
    rows, total = queries.cases_in_turn(work.session, work.visible(ListingCase, "case:view"), turns)
    items = tuple(_case(row, path="/office/cases") for row in rows)
    return Group(say("轮到您办理的名录案件"), items, total, "/office/cases", say("没有等待您的案件。新案件从异常线索立案开始。"))


_TURNS = (("case:handle", Turn.HANDLER), ("case:decide", Turn.APPROVER))


def _case(row: tuple[ListingCase, str, str], *, path: str) -> Item:
    case, name, gi_name = row
    title = say("%(ground)s %(state)s", ground=case.ground, state=CASE_LIFE.label(case.state))
    return Item(
        title, f"{name} · {gi_name}", say("案号 %(number)s", number=case.number), f"{path}/{case.id}", case.due_on, case.severity == 3
    )


def _findings(work: Work) -> Group:
    rows, total = queries.open_findings(work.session, work.visible(Finding, "finding:view"))
    items = tuple(
        Item(
            title=say("%(ground)s %(name)s", ground=finding.ground, name=ground_named(finding.ground).name),
            whose=f"{name} · {gi_name}" if name else say("行为人不明"),
            why=unpacked(finding.summary),
            href=f"/findings/{finding.id}",
            grave=finding.severity == 3,
        )
        for finding, name, gi_name in rows
    )
    return Group(say("未处理的异常线索"), items, total, "/findings?state=open", say("没有未处理的线索。每晚自动核对一次。"))


def _leads(work: Work) -> Group:
    rows, total = waiting_leads(work, queries.SHOWN)
    items = tuple(
        Item(
            say("%(source)s %(number)s", source=SOURCES[lead.source], number=lead.number),
            " · ".join(part for part in (user, gi_name) if part) or lead.code,
            state_words(lead.state),
            f"/leads/{lead.id}",
            lead.due_on,
        )
        for lead, user, gi_name in rows
    )
    return Group(say("未办结的线索"), items, total, "/leads", say("没有未办结的线索。公众反映和使用人声明会列在这里。"))


def _goods(work: Work) -> list[Group]:
    """Sales whose two sides differ, for whoever reads ledgers, and counts that wait for the county's word."""
    found = []
    if work.allows("ledger:view"):
        rows, total = trades_in_state(work.session, work.visible(Trade, "ledger:view"), "disputed", limit=queries.SHOWN)
        items = tuple(
            Item(say("双方数量不一致的购销"), name, say("售出方：%(why)s", why=trade.reason), f"/trades/{trade.id}") for trade, name in rows
        )
        found.append(Group(say("双方数量不一致的购销"), items, total, "", say("没有双方数量不一致的购销。")))
    if work.allows("cap:approve"):
        found.append(_proposed_caps(work))
    if work.allows("record:decide"):
        waiting, total = records_in_state(work.session, work.visible(GoodsRecord, "record:decide"), "proposed", limit=queries.SHOWN)
        items = tuple(
            Item(say("%(year)s 年度盘点调整", year=record.year), name, say("超过直接入账的界限，等待核准"), f"/goods-records/{record.id}")
            for record, name in waiting
        )
        found.append(Group(say("待核准的盘点调整"), items, total, "", say("没有等待核准的盘点调整。")))
    return [group for group in found if group.total]


def _area_proposals(work: Work) -> list[Group]:
    """Proposed area versions of others, which wait for a second person."""
    rows, total = proposals_waiting(
        work.session, work.visible(AreaProposal, "area:approve"), besides=work.actor.person_id, limit=queries.SHOWN
    )
    items = tuple(
        Item(
            PROPOSAL_KIND_WORDS[row.kind],
            " · ".join(part for part in (get_gi(work.session, row.gi_id).name, row.zone) if part),
            say("待另一人核准：%(note)s", note=row.note),
            f"/office/area-proposals/{row.id}",
        )
        for row in rows
    )
    return [Group(say("待核准的产地范围提案"), items, total, "", say("没有等待核准的范围提案。"))] if total else []


def _proposed_caps(work: Work) -> Group:
    proposals = waiting_proposals(work.session, work.visible(CapProposal, "cap:approve"))
    items = tuple(
        Item(
            say("%(year)s 年度上限提案", year=proposal.year),
            get_gi(work.session, proposal.gi_id).name,
            say("%(n)s 项额度减少，等待省级核准", n=proposal.seen.get("losing", 0)),
            f"/office/cap-proposals/{proposal.id}",
        )
        for proposal in proposals[: queries.SHOWN]
    )
    return Group(say("待核准的上限提案"), items, len(proposals), "", say("没有等待核准的上限提案。"))


def _reports(work: Work, state: str, title: Words, why: Words) -> Group:
    rows, total = queries.reports_in_state(work.session, work.visible(AnnualReport, "report:view"), state)
    items = tuple(
        Item(say("%(year)s 年度年报", year=report.year), f"{name} · {gi_name}", why, f"/office/reports/{report.id}")
        for report, name, gi_name in rows
    )
    return Group(title, items, total, f"/reports?state={state}", say("没有等待您的年报。"))


def move_clock(work: Work, count: int) -> None:
    """Move the demonstration's clock ``count`` working days on, at the same time of day.

    Raises NotFound on a real installation, Invalid for a step that is not 1 to 60 working days.
    """
    installation = work.session.get(Installation, 1)
    if installation is None or not installation.demo:
        raise NotFound
    if not 1 <= count <= LARGEST_STEP:
        raise invalid("working_days", say("一次只能前移 1 至 %(most)s 个工作日。", most=LARGEST_STEP), value=count)
    due = working_days(work.session).add(work.today, count)
    installation.clock_offset_s += int(timedelta(days=(due.on - work.today).days).total_seconds())
    work.session.add(installation)


def require_installed(work: Work) -> None:
    """Raise Unavailable unless the database answers and was installed with ``gi-registry db upgrade``."""
    if work.session.get(Installation, 1) is None:
        raise Unavailable(say("数据库尚未安装。"), remedy=say("请管理员运行：gi-registry db upgrade"))
