"""A report on paper: the receipt, and the report itself to be stamped or kept."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.documents.service import Column, Pairs, Paper, Section, Table, Text, typeset_paper
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.draft import Part, Row, parts
from gi_registry.reports.rules.labels import MODE_LABELS
from gi_registry.reports.rules.lists import shown_cell
from gi_registry.reports.rules.sections import LABELS
from gi_registry.reports.service.filing import Paper as Report
from gi_registry.reports.service.filing import receipt_of, view_report
from gi_registry.workflow import Work

Said = Words | str
METHODS = {"": say("电子声明"), "stamped": say("盖章纸件扫描件")}
FIGURE_COLUMNS = (
    Column(say("项目"), share=3),
    Column(say("单位"), share=1),
    Column(say("填报"), "right", 2),
    Column(say("登记数据"), "right", 2),
    Column(say("修改原因"), share=3),
)


@dataclass(frozen=True)
class Printed:
    """A PDF and the name under which it is kept."""

    name: str
    content: bytes


def receipt_facts(report: Report) -> tuple[tuple[Words, object], ...]:
    """Return what the receipt of the latest filing states, as pairs: numbers, party, moment, deadline, how it was signed, hashes."""
    filing, declared = report.filings[-1], report.declaration
    late = report.report.first_filed_on is not None and report.report.first_filed_on > report.window.due_on
    facts: list[tuple[Words, object]] = [
        (say("报告编号"), report.report.number),
        (say("报告年度"), report.report.year),
        *report.identity[:6],
        (say("报送时间（北京时间）"), filing.filed_at),
        (say("截止日期"), report.window.due_on),
        (say("是否按期"), say("逾期报送") if late else say("按期报送")),
        (say("签署方式"), METHODS[str(declared.get("method", ""))]),
        (say("签署人"), filing.signed_name),
    ]
    if declared.get("rule"):
        facts.append((say("办理依据"), say("单位只有一名在职人员，由经办人兼行报送人职责（%(rule)s）。", rule=str(declared["rule"]))))
    if declared.get("scan"):
        facts.append((say("扫描件摘要（SHA-256）"), str(declared["scan"])))
    return (*facts, (say("内容"), _content_words(report)), (say("内容摘要（SHA-256）"), filing.content_hash))


def print_receipt(work: Work, report_id: int, *, language: str) -> Printed:
    """Return the receipt as a PDF; raises as ``receipt_of``."""
    report = receipt_of(work, report_id)
    filing = report.filings[-1]
    paper = Paper(
        title=say("地理标志专用标志使用年度报告报送回执"),
        number=filing.receipt_number,
        issued=filing.filed_at,
        addressee=str(report.identity[0][1]),
        sections=(
            Section(
                "",
                (Text(say("您单位 %(year)s 年度年报已收到。", year=report.report.year)), Pairs(receipt_facts(report))),  # type: ignore[arg-type]  # dates and words
            ),
        ),
        notes=(
            say("摘要由报送内容的规范 JSON（RFC 8785）计算得出；内容有任何改动，摘要都会不同。"),
            say("回执只证明报送的时间和内容，不表示内容已被核实。"),
        ),
    )
    return Printed(f"{filing.receipt_number}.pdf", typeset_paper(paper, language=language))


def print_report(work: Work, report_id: int, *, language: str) -> Printed:
    """Return the report as a PDF: what its writer is writing, to be stamped, or what was filed; raises as ``view_report``.

    A print of a draft bears the version and the mark of its content, so that a scan of another version is seen to be one.
    """
    report = view_report(work, report_id)
    row = report.report
    stamped = report.editable
    note = say("打印核对码 %(mark)s（第 %(version)s 版）。扫描件须与报送内容一致。", mark=report.print_mark, version=row.version)
    filed = say("内容摘要（SHA-256）：%(hash)s", hash=row.filed_hash or "")
    paper = Paper(
        title=say("地理标志专用标志使用年度报告"),
        subtitle=say("%(year)s 年度", year=row.year),
        number=row.number,
        issued=legal_date(row.saved_at) if stamped else legal_date(row.filed_at or row.saved_at),
        authority=str(report.identity[0][1]) if stamped else "",
        sections=(*_sections(report), *((_declaration(),) if stamped else ())),
        seal=stamped,
        notes=(note if stamped else filed,),
    )
    return Printed(f"{row.number}.pdf", typeset_paper(paper, language=language))


def _sections(report: Report) -> tuple[Section, ...]:
    identity = Section(LABELS["1"], (Pairs(report.identity),))
    if report.content.nil:
        since, why = (say("从何时起没有使用"), report.content.nil_since), (say("原因"), report.content.nil_reason)
        return (identity, Section(say("未使用标志"), (Pairs((since, why)),)))
    return (identity, *(Section(part.label, _blocks(part)) for part in parts(report.content) if part.worth_showing))


def _blocks(part: Part) -> tuple[Table | Pairs, ...]:
    rows = tuple(_figure(row) for row in part.rows if row.value is not None)
    figures = (Table(FIGURE_COLUMNS, rows),) if rows else ()
    texts = tuple((field.label, text) for field, text in part.texts if text)
    lists = tuple(
        Table(
            tuple(Column(cell.label) for cell in field.cells),
            tuple(tuple(shown_cell(cell, row.get(cell.key, "")) for cell in field.cells) for row in rows),
            caption=field.label,
        )
        for field, rows in part.lists
        if rows
    )
    return (*figures, *((Pairs(texts),) if texts else ()), *lists)


def _figure(row: Row) -> tuple[Said, ...]:
    mode = MODE_LABELS.get(row.figure.mode)
    label = say("%(mode)s：%(label)s", mode=mode, label=row.figure.label) if mode else row.figure.label
    return (label, row.figure.measure.label, row.shown, row.known_shown, row.reason if row.changed else "")


def _declaration() -> Section:
    text = say("本单位已核对以上内容，保证其真实、完整，并知晓不实报送须承担责任。")
    return Section(LABELS["8"], (Text(text), Text(say("签署人（签名）：＿＿＿＿＿＿＿＿＿＿　　日期：＿＿＿＿＿＿＿＿"))))


def _content_words(report: Report) -> Words:
    content = report.filings[-1].content
    if content.get("nil"):
        return say("未使用年报：自 %(day)s 起未使用", day=content["nil"].get("since", ""))
    return say("%(n)s 项数字", n=len(content.get("figures", {})))
