"""What the papers of a case say, section by section. Pure: a record in, a paper out; every sentence can be read in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import UNITS, Line, grouped
from gi_registry.documents.rules.paper import Block, Code, Column, Paper, Said, Section, Table, Text
from gi_registry.kernel.words import Words, say
from gi_registry.listings.rules.clocks import Clocks
from gi_registry.listings.rules.papers import PAPER_NAMES

OUTCOMES: Mapping[str, Words] = {"accepted": say("采纳"), "partly": say("部分采纳"), "rejected": say("不予采纳")}
REPORT_MISSING = "AR-01"


@dataclass(frozen=True)
class Evidence:
    """One line of the index of evidence: ``on`` is the day on which it came into the case."""

    name: Said
    on: date
    sha256: str


@dataclass(frozen=True)
class Point:
    """One point of the defence and its answer; ``outcome`` is empty while it is unanswered."""

    number: int
    point: str
    outcome: str = ""
    answer: str = ""


@dataclass(frozen=True)
class CasePaper:
    """What is known of a case when one of its papers is made."""

    kind: str
    number: str
    on: date
    authority: str
    party: str
    uscc: str
    address: str
    gi: str
    authorisation: str
    case_number: str
    ground: str
    ground_name: Words
    year: int
    summary: Words
    lines: tuple[Line, ...]
    basis: str
    basis_version: str
    clocks: Clocks
    evidence: tuple[Evidence, ...] = ()
    points: tuple[Point, ...] = ()
    served_on: date | None = None
    window_ends_on: date | None = None
    rectify_until: date | None = None
    publish_until: date | None = None
    effects: tuple[Words | str, ...] = ()
    note: str = ""
    decision_number: str = ""
    register: str = ""


def compose(p: CasePaper) -> Paper:
    """Return the paper of a case; ``p.kind`` is one of ``PAPER_NAMES``."""
    sections = {"order": _order, "notice": _notice, "decision": _decision, "removal": _removal, "correction": _correction}[p.kind](p)
    return Paper(
        title=PAPER_NAMES[p.kind],
        number=p.number,
        issued=p.on,
        authority=p.authority,
        facts=(
            (say("当事人"), p.party),
            (say("统一社会信用代码"), p.uscc),
            (say("住所"), p.address),
            (say("地理标志"), p.gi),
            (say("用标登记编号"), p.authorisation),
            (say("案件编号"), p.case_number),
        ),
        sections=sections,
        seal=True,
        code=Code(p.register, say("扫码查看登记簿中的当事人")) if p.register and p.uscc else None,
    )


def _facts(p: CasePaper) -> tuple[Block, ...]:
    ground = say("事由：%(code)s %(name)s（%(year)s 年度）。%(summary)s", code=p.ground, name=p.ground_name, year=p.year, summary=p.summary)
    columns = (Column(say("项目"), share=3), Column(say("计算"), share=4), Column(say("数量"), "right", 2))
    rows = tuple((line.label, line.arithmetic, _amount(line)) for line in p.lines)
    return (Text(ground), *([Table(columns, rows)] if rows else []))


def _amount(line: Line) -> Said:
    if line.amount is None:
        return " "
    return say("%(amount)s %(unit)s", amount=grouped(line.amount), unit=UNITS.get(line.unit, line.unit))


def _index(p: CasePaper) -> tuple[Block, ...]:
    """The index of evidence: whoever holds the paper can ask for each document by its hash."""
    if not p.evidence:
        return (Text(say("没有附加的文件；事实由登记系统的台账计算，见上表。")),)
    columns = (Column(say("序号"), "right", 0), Column(say("名称"), share=4), Column(say("日期"), share=0), Column("SHA-256", "code", 5))
    rows = tuple((number, item.name, item.on.isoformat(), item.sha256) for number, item in enumerate(p.evidence, start=1))
    return (Table(columns, rows), Text(say("当事人可以在登记系统的案件页面查阅目录所列文件，并按 SHA-256 核对。"), "small"))


def _note(p: CasePaper) -> tuple[Block, ...]:
    return (Text(p.note),) if p.note else ()


def _basis(p: CasePaper) -> Words:
    return say("%(basis)s（参数版本 %(version)s）", basis=p.basis, version=p.basis_version)


def _order(p: CasePaper) -> tuple[Section, ...]:
    wanted = p.note or say("请您在期限内改正上述情形，并提交改正情况和证明材料。")
    end = say("期满仍未改正的，本机关将依程序告知拟列入专用标志使用异常名录；在此之前您有权陈述申辩。")
    return (
        Section(say("一、核查发现"), _facts(p)),
        Section(
            say("二、整改要求"),
            (
                Text(wanted),
                Text(say("整改期限：至%(on)s。", on=p.rectify_until or p.on), "strong"),
                Text(say("您可以在登记系统的案件页面提交整改材料，也可以书面提交。")),
            ),
        ),
        Section(say("三、逾期的后果"), (Text(end),)),
        Section(say("四、依据"), (Text(_basis(p) if p.basis else _no_basis(p)),)),
        Section(say("五、证据目录"), _index(p)),
        Section(say("六、救济"), (Text(say("您对本通知有异议的，可以在整改期限内向本机关书面提出；异议不停止整改期限的计算。")),)),
    )


def _no_basis(p: CasePaper) -> Words:
    return say("该事由没有公示的法律依据（参数版本 %(version)s）；如认定成立，仅作内部重点监管，不公示。", version=p.basis_version)


def _notice(p: CasePaper) -> tuple[Section, ...]:
    rights = say(
        "自本告知书送达次日起 %(days)s 个工作日内，您可以陈述申辩并提交证据。本机关将逐条答复，不会因您的申辩加重处理。",
        days=p.clocks.defence_wd,
    )
    until = say("送达前、期限内或者您的申辩未获答复，本机关不作出决定；决定由承办人以外的人员作出。在决定前已改正的，本案撤回。")
    return (
        Section(say("一、拟认定的事实"), (*_facts(p), *_note(p))),
        Section(say("二、依据"), (Text(_basis(p) if p.basis else _no_basis(p)),)),
        Section(say("三、您的权利"), (Text(rights, "strong"), Text(until))),
        Section(say("四、证据目录"), _index(p)),
    )


def _decision(p: CasePaper) -> tuple[Section, ...]:
    return (
        Section(say("一、事实"), _facts(p)),
        Section(say("二、证据目录"), _index(p)),
        Section(say("三、告知、申辩和答复"), _heard(p)),
        Section(say("四、依据和决定"), (*_ruling(p), *_note(p), *_consequences(p))),
        Section(say("五、移出的条件"), _way_out(p)),
        Section(
            say("六、救济"),
            (
                Text(
                    say(
                        "您可以自收到本决定之日起 %(days)s 日内向本机关提出异议；也可以在六十日内申请行政复议，"
                        "或者在六个月内向人民法院提起行政诉讼。",
                        days=p.clocks.objection_days,
                    )
                ),
            ),
        ),
    )


def _heard(p: CasePaper) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if p.served_on and p.window_ends_on:
        blocks.append(Text(say("拟列入告知书于%(served)s送达，陈述申辩期至%(ends)s。", served=p.served_on, ends=p.window_ends_on)))
    if not p.points:
        return (*blocks, Text(say("当事人在期限内没有陈述申辩。")))
    columns = (Column(say("序号"), "right", 0), Column(say("当事人的意见"), share=4), Column(say("答复"), share=5))
    return (*blocks, Table(columns, tuple((point.number, point.point, _answer(point)) for point in p.points)))


def _answer(point: Point) -> Said:
    outcome = OUTCOMES.get(point.outcome)
    return say("%(outcome)s：%(answer)s", outcome=outcome, answer=point.answer) if outcome and point.answer else point.answer


def _ruling(p: CasePaper) -> tuple[Block, ...]:
    if p.basis:
        return (Text(say("依据：%(basis)s。", basis=_basis(p))), Text(say("决定将当事人列入专用标志使用异常名录。"), "strong"))
    internal = say("该事由没有公示的法律依据（参数版本 %(version)s），决定将当事人列为内部重点监管对象，不公示。", version=p.basis_version)
    return (Text(internal, "strong"),)


def _consequences(p: CasePaper) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if p.publish_until:
        shown = say("公示内容：名称、统一社会信用代码、地理标志、事由、日期、机关和状态。公示最长至%(on)s。", on=p.publish_until)
        blocks.append(Text(shown))
    if p.effects:
        blocks.append(Text(say("列入期间的措施：")))
        blocks += [Text(effect, "item") for effect in p.effects]
    return tuple(blocks)


def _way_out(p: CasePaper) -> tuple[Block, ...]:
    way = say(
        "您改正后提交整改材料，本机关在 %(verify)s 个工作日内核实；核实合格的，在 %(remove)s 个工作日内决定移出，"
        "公示随即终止，限制措施随即解除。",
        verify=p.clocks.verify_repair_wd,
        remove=p.clocks.remove_wd,
    )
    missing = (Text(say("未报送的年报须先补报。")),) if p.ground == REPORT_MISSING else ()
    return (Text(way), *missing)


def _removal(p: CasePaper) -> tuple[Section, ...]:
    listed = say(
        "您因 %(code)s %(name)s（%(year)s 年度）被%(number)s列入专用标志使用异常名录。",
        code=p.ground,
        name=p.ground_name,
        year=p.year,
        number=p.decision_number,
    )
    decided = say("您提交的整改材料已由本机关人员核实合格。现决定将您移出异常名录，公示自即日起终止，因列入采取的限制措施自即日起解除。")
    return (
        Section(say("一、事实"), (Text(listed),)),
        Section(
            say("二、依据和决定"),
            (*_cited(p), Text(decided, "strong"), *_note(p), Text(say("案件记录依法保存，不再公示。"))),
        ),
        Section(say("三、证据目录"), _index(p)),
    )


def _correction(p: CasePaper) -> tuple[Section, ...]:
    upheld = say(
        "您对%(number)s提出的异议，经审查成立。现更正该列入决定：公示自即日起终止，因列入采取的限制措施自即日起解除。",
        number=p.decision_number,
    )
    return (
        Section(say("一、更正"), (*_cited(p), Text(upheld, "strong"), *_note(p))),
        Section(say("二、证据目录"), _index(p)),
    )


def _cited(p: CasePaper) -> Sequence[Block]:
    return (Text(say("依据：%(basis)s。", basis=_basis(p))),) if p.basis else ()
