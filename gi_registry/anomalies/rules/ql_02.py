"""QL-02: no valid test report in the period the standard asks (标准要求的期限内没有有效检测报告).

Test, per user and account year with marked goods: a batch was packed on a day for which no passed report was issued within the months the
standard asks, nor binds to the batch itself. No months are set by default: then nothing is asked.

Valid is a passed report, by an institution on file within its validity and scope, on the product's standard. A report that covers the
batch but is doubtful (institution not on file, out of scope, another standard) is no proof against the user: the rule asks for more
information. Severity 1 where an earlier report lapsed, the higher one where the user never had any. Source: domain, section 6.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged
from gi_registry.kernel.words import Words, say

GROUND = "QL-02"
RULE_VERSION = "1"
SHOWN = 40
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Report:
    """A report on goods of the user; ``doubtful``: its institution, scope or standard cannot be relied on."""

    id: int
    number: str
    institution: str
    issued_on: date
    passed: bool
    doubtful: bool
    batches: tuple[int, ...] = ()


@dataclass(frozen=True)
class Packed:
    """A batch that bears the mark, and the day on which it was packed, or by which it must have been."""

    id: int
    number: str
    on: date
    quantity: int
    unit: str


@dataclass(frozen=True)
class TestFacts:
    """The marked batches of one user, account year and standard (``key``: its number without edition), and all reports of the user."""

    __test__ = False

    authorisation_id: int
    year: int
    standard_no: str
    batches: tuple[Packed, ...]
    reports: tuple[Report, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force for the GI and the standard; ``months`` 0: no report is asked."""

    months: int
    severity: int
    severity_without_any: int


def judge(facts: TestFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft with the batches no report covers, Unjudged where only doubtful ones do, else None."""
    if thresholds.months <= 0:
        return None
    passed = [report for report in facts.reports if report.passed]
    bare = [batch for batch in facts.batches if not _covered(batch, [r for r in passed if not r.doubtful], thresholds.months)]
    if not bare:
        return None
    certain = [batch for batch in bare if not _covered(batch, passed, thresholds.months)]
    if not certain:
        why = say("检测报告的机构、资质范围或者标准未经核对，不能判断是否有效，需要补充资料。")
        return Unjudged(GROUND, facts.authorisation_id, facts.year, why, facts.key)
    return _draft(facts, certain, thresholds)


def _covered(batch: Packed, reports: list[Report], months: int) -> bool:
    return any(batch.id in report.batches or months_before(batch.on, months) < report.issued_on <= batch.on for report in reports)


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier; the last day of a shorter month stands for a day it does not have."""
    index = day.year * MONTHS_A_YEAR + day.month - 1 - months
    year, month = index // MONTHS_A_YEAR, index % MONTHS_A_YEAR + 1
    first_of_next = date(year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)
    last = (first_of_next - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def _draft(facts: TestFacts, bare: list[Packed], thresholds: Thresholds) -> FindingDraft:
    latest = max((report for report in facts.reports if report.passed), key=lambda report: report.issued_on, default=None)
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity if facts.reports else thresholds.severity_without_any,
        rule_version=RULE_VERSION,
        key=facts.key,
        facts={
            "authorisation_id": facts.authorisation_id,
            "year": facts.year,
            "standard_no": facts.standard_no,
            "months": thresholds.months,
            "batches": [{**asdict(batch), "on": batch.on.isoformat()} for batch in bare],
            "reports": [{**asdict(report), "issued_on": report.issued_on.isoformat()} for report in facts.reports],
        },
        lines=(
            Line(say("标准 %(standard)s 要求的检测周期", standard=facts.standard_no or "–"), "", thresholds.months, "month"),
            _latest(latest),
            *(_bare(batch, thresholds.months) for batch in bare[:SHOWN]),
        ),
        summary=say(
            "%(year)s 年有 %(count)s 个用标批次在 %(months)s 个月内没有有效的检测报告。",
            year=facts.year,
            count=len(bare),
            months=thresholds.months,
        ),
    )


def _latest(report: Report | None) -> Line:
    label: Words = say("最近的合格报告")
    if report is None:
        return Line(label, say("没有"))
    told = say(
        "%(institution)s %(number)s，%(on)s 签发", institution=report.institution, number=report.number, on=report.issued_on.isoformat()
    )
    return Line(label, told, href=f"/tests/{report.id}")


def _bare(batch: Packed, months: int) -> Line:
    told = say("%(since)s 至 %(on)s 之间没有签发的报告", since=months_before(batch.on, months).isoformat(), on=batch.on.isoformat())
    return Line(say("批次 %(number)s", number=batch.number), told, batch.quantity, batch.unit, f"/batches/{batch.id}")
