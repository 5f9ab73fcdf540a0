"""The nightly run: what is found is kept once, what changed is kept as new evidence, what is cured is cleared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from gi_registry.anomalies.models import Finding, FindingEvidence
from gi_registry.anomalies.queries import division_of_range, findings_by_fingerprint, handled_under, open_findings, open_years
from gi_registry.anomalies.rules import ar_01, ar_03, cl_01, qt_03, us_01
from gi_registry.anomalies.rules.finding import (
    AUTHORISATION,
    FINDING_LIFE,
    FindingAction,
    FindingDraft,
    FindingState,
    Unjudged,
    line_json,
    words_json,
)
from gi_registry.anomalies.service.evaluate import DERIVED, evaluate
from gi_registry.anomalies.service.judged import Judged
from gi_registry.divisions.queries import path_of
from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.words import say
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work, advance, begin

LOOK_BACK_YEARS = 2
FIRST_YEAR = 2000
ENDED = (FindingState.CLEARED, FindingState.DISMISSED, FindingState.SETTLED)


@dataclass
class RunResult:
    """What one run did: counts, and what could not be judged with its reason."""

    as_of: date
    dry_run: bool
    found: list[FindingDraft] = field(default_factory=list)
    new: int = 0
    again: int = 0
    changed: int = 0
    cleared: int = 0
    unjudged: list[Unjudged] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """Return the result for machines."""
        return {
            "as_of": self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "new": self.new,
            "again": self.again,
            "changed": self.changed,
            "cleared": self.cleared,
            "found": [
                {"ground": d.ground, "authorisation_id": d.authorisation_id, "year": d.year, "summary": str(d.summary)} for d in self.found
            ],
            "provisional": [
                {"ground": u.ground, "authorisation_id": u.authorisation_id, "year": u.year, "reason": str(u.reason)} for u in self.unjudged
            ],
        }

    @property
    def told(self) -> str:
        """The result for people."""
        head = say(
            "%(what)s完成（%(day)s）：新增 %(new)s，仍成立 %(again)s，有变化 %(changed)s，消除 %(cleared)s，暂不判断 %(unjudged)s。",
            what=say("试算") if self.dry_run else say("核算"),
            day=self.as_of,
            new=self.new,
            again=self.again,
            changed=self.changed,
            cleared=self.cleared,
            unjudged=len(self.unjudged),
        )
        found = [
            say("%(ground)s %(year)s 授权 %(id)s：%(text)s", ground=d.ground, year=d.year, id=d.authorisation_id or "–", text=d.summary)
            for d in self.found
        ]
        notes = [
            say("（暂不判断）%(ground)s %(year)s 授权 %(id)s：%(text)s", ground=u.ground, year=u.year, id=u.authorisation_id, text=u.reason)
            for u in self.unjudged
        ]
        return "\n".join([str(head), *(f"  {line}" for line in (*found, *notes))])

    def __str__(self) -> str:
        return f"new {self.new}, again {self.again}, changed {self.changed}, cleared {self.cleared}, unjudged {len(self.unjudged)}"


def run(work: Work, year: int | None = None, *, as_of: date | None = None, dry_run: bool = False, jurisdiction: str = "") -> RunResult:
    """Judge every derived ground and keep what is found; ``dry_run`` writes nothing.

    Without ``year``: the last report year (AR-03: two), this and the two previous harvest years (land: this one), every year for unused
    marks and copied codes, and each year with an open finding. Officers reach their own region.
    Raises NotFound for an unknown ``jurisdiction`` (division code).
    """
    work.require("finding:run")
    day = as_of or work.today
    result = RunResult(as_of=day, dry_run=dry_run)
    condition = _condition(work, jurisdiction)
    for code in DERIVED:
        years = {year} if year is not None else _years(work, code, day)
        _run_ground(work, result, code=code, years=years, condition=condition)
    work.flush()
    return result


def _years(work: Work, code: str, day: date) -> set[int]:
    begins = {ar_01.GROUND: day.year - 1, us_01.GROUND: FIRST_YEAR, cl_01.GROUND: FIRST_YEAR, qt_03.GROUND: day.year}.get(
        code, day.year - LOOK_BACK_YEARS
    )
    ends = day.year - 1 if code in (ar_01.GROUND, ar_03.GROUND) else day.year
    return set(range(begins, ends + 1)) | open_years(work.session, code)


def _condition(work: Work, jurisdiction: str) -> ColumnElement[bool]:
    visible = work.visible(Authorisation, "finding:run")
    if not jurisdiction:
        return visible
    path = path_of(work.session, jurisdiction)
    if not path:
        raise NotFound
    return visible & handled_under(path)


def _run_ground(work: Work, result: RunResult, *, code: str, years: Iterable[int], condition: ColumnElement[bool]) -> None:
    answers = evaluate(work.session, code, years=years, as_of=result.as_of, condition=condition)
    known = findings_by_fingerprint(work.session, (judged.outcome.fingerprint for judged in answers))
    for judged in answers:
        if isinstance(judged.outcome, Unjudged):
            result.unjudged.append(judged.outcome)
        else:
            result.found.append(judged.outcome)
            _keep(work, result, judged, judged.outcome, known.get(judged.outcome.fingerprint))
    met = {judged.outcome.fingerprint for judged in answers}
    for finding in open_findings(work.session, ground=code, years=years, condition=condition):
        if finding.fingerprint not in met:
            result.cleared += 1
            if not result.dry_run:
                advance(work, finding, FINDING_LIFE, FindingAction.CLEAR.value)


def _keep(work: Work, result: RunResult, judged: Judged, draft: FindingDraft, finding: Finding | None) -> None:
    if finding is None:
        result.new += 1
        if not result.dry_run:
            _insert(work, judged, draft)
        return
    changed = finding.facts_digest != draft.facts_digest
    result.changed += changed
    result.again += not changed
    if result.dry_run:
        return
    finding.last_found_at = work.now
    if changed:
        _new_evidence(work, finding, judged, draft)
    if finding.state in ENDED and (changed or finding.state == FindingState.CLEARED):
        advance(work, finding, FINDING_LIFE, FindingAction.REOPEN.value)


def _insert(work: Work, judged: Judged, draft: FindingDraft) -> None:
    kind, subject_id = draft.subject
    owner, division = _handled(work, kind, subject_id)
    finding = Finding(
        ground=draft.ground,
        subject_kind=kind,
        subject_id=subject_id,
        authorisation_id=draft.authorisation_id,
        year=draft.year,
        fingerprint=draft.fingerprint,
        severity=draft.severity,
        owner_org_id=owner,
        authority_division=division,
        first_found_at=work.now,
        last_found_at=work.now,
        evidence_count=1,
        **_evidence(judged, draft),
        summary=words_json(draft.summary),
        basis=judged.parameter.basis,
        state="",
    )
    work.record(begin(finding, FINDING_LIFE), "finding:find")
    work.flush()
    _store_evidence(work, finding, judged, draft)


def _handled(work: Work, kind: str, subject_id: int) -> tuple[int | None, str]:
    """Whose the finding is and which authority handles it: copied codes belong to nobody, their range says who looks into it."""
    if kind == AUTHORISATION:
        user = get_authorisation(work.session, subject_id)
        return user.owner_org_id, user.authority_division
    return None, division_of_range(work.session, subject_id)


def _new_evidence(work: Work, finding: Finding, judged: Judged, draft: FindingDraft) -> None:
    for name, value in _evidence(judged, draft).items():
        setattr(finding, name, value)
    finding.summary, finding.severity, finding.basis = words_json(draft.summary), draft.severity, judged.parameter.basis
    finding.evidence_count += 1
    finding.version += 1
    work.record(finding, "finding:renew")
    _store_evidence(work, finding, judged, draft)


def _store_evidence(work: Work, finding: Finding, judged: Judged, draft: FindingDraft) -> None:
    kept = FindingEvidence(finding_id=finding.id or 0, number=finding.evidence_count, at=work.now, **_evidence(judged, draft))
    work.record(kept, "evidence:keep")


def _evidence(judged: Judged, draft: FindingDraft) -> dict[str, Any]:
    return {
        "facts": dict(draft.facts),
        "facts_digest": draft.facts_digest,
        "lines": [line_json(line) for line in draft.lines],
        "parameters": {"key": judged.parameter.key, "value": judged.parameter.value, "why": judged.parameter.why},
        "parameter_version": judged.parameter.version,
        "rule_version": draft.rule_version,
    }
