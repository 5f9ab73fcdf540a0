"""US-06: use before, after or without authorisation (不在授权有效期内用标). Test: the packing date of goods that bear the mark lies outside
every period of the user's authorisations for the GI; where no packing date is stated, the days between which the goods must have been
packed (harvest, last activation) all do.

The day that decides is that of packing, never that of a scan or a sale: an old tin scanned today is lawful. Periods are half-open
[valid_from, valid_to): on the day an authorisation ends it is no longer in force. Marked are batches with activated item codes, batches of
products with a batch code, and pre-printed packages. Undated goods that could have been packed in time give no answer.
Source: CNIPA Announcement 354; domain, sections 3 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged
from gi_registry.kernel.words import say

GROUND = "US-06"
RULE_VERSION = "1"


@dataclass(frozen=True)
class Term:
    """A half-open period of validity; an absent bound is open."""

    number: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class MarkedBatch:
    """Goods that bear the mark: ``quantity`` in ``unit``, and the days that are known."""

    id: int
    number: str
    quantity: int
    unit: str
    packed_on: date | None = None
    harvested_on: date | None = None
    last_activated_on: date | None = None

    @property
    def earliest(self) -> date | None:
        """The first day on which it can have been packed; None: not known."""
        return self.packed_on or self.harvested_on

    @property
    def latest(self) -> date | None:
        """The last day on which it can have been packed; None: not known."""
        return self.packed_on or self.last_activated_on or self.harvested_on


@dataclass(frozen=True)
class ValidityFacts:
    """What US-06 needs of one user and account year; ``terms`` are all authorisations of the same user for the GI."""

    authorisation_id: int
    year: int
    terms: tuple[Term, ...]
    batches: tuple[MarkedBatch, ...] = ()


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: severity."""

    severity: int


def certainly_outside(batch: MarkedBatch, terms: tuple[Term, ...]) -> bool:
    """Say whether no day on which the batch can have been packed lies in a term."""
    first, last = batch.earliest, batch.latest
    return first is not None and last is not None and not any(_touches(term, first, last) for term in terms)


def _touches(term: Term, first: date, last: date) -> bool:
    return (term.valid_from is None or term.valid_from <= last) and (term.valid_to is None or first < term.valid_to)


def judge(facts: ValidityFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft with the batches that are certainly outside, Unjudged where dates are missing, else None."""
    if any(term.valid_from is None for term in facts.terms):
        return Unjudged(GROUND, facts.authorisation_id, facts.year, say("授权起始日期不明，不能判断用标是否在有效期内。"))
    found = tuple(batch for batch in facts.batches if certainly_outside(batch, facts.terms))
    if found:
        return _draft(facts, found, thresholds)
    if any(batch.earliest is None for batch in facts.batches):
        return Unjudged(GROUND, facts.authorisation_id, facts.year, say("有用标批次没有包装日期，需要补充资料。"))
    return None


def _draft(facts: ValidityFacts, found: tuple[MarkedBatch, ...], thresholds: Thresholds) -> FindingDraft:
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="",
        facts={
            "authorisation_id": facts.authorisation_id,
            "year": facts.year,
            "terms": [[term.number, str(term.valid_from or ""), str(term.valid_to or "")] for term in facts.terms],
            "batches": [[batch.number, str(batch.earliest), str(batch.latest), batch.quantity] for batch in found],
        },
        lines=(
            *(
                Line(
                    say("授权 %(number)s 有效期", number=term.number),
                    say("%(start)s 起，%(end)s 止（止日当天已失效）", start=str(term.valid_from), end=str(term.valid_to))
                    if term.valid_to
                    else say("%(start)s 起", start=str(term.valid_from)),
                    href=f"/office/authorisations/{facts.authorisation_id}",
                )
                for term in facts.terms
            ),
            *(_line(batch) for batch in found),
        ),
        summary=say("%(year)s 年有 %(count)s 个批次的包装日期不在授权有效期内。", year=facts.year, count=len(found)),
    )


def _line(batch: MarkedBatch) -> Line:
    if batch.packed_on:
        told = say("包装日期 %(day)s", day=batch.packed_on.isoformat())
    else:
        told = say("未填包装日期，应在 %(first)s 至 %(last)s 之间", first=str(batch.earliest), last=str(batch.latest))
    return Line(say("批次 %(number)s", number=batch.number), told, batch.quantity, batch.unit, f"/batches/{batch.id}")
