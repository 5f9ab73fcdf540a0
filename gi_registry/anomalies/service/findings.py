"""One finding: look at it, dismiss it, hand it to a case, record a fact that no machine computes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gi_registry.anomalies import queries
from gi_registry.anomalies.models import Finding, FindingEvidence, RecordedFact
from gi_registry.anomalies.queries.copies import province_names
from gi_registry.anomalies.rules.finding import FINDING_LIFE, FindingAction, Line, fingerprint, line_json, words_json
from gi_registry.anomalies.rules.grounds import BY_CODE, Way, ground_named
from gi_registry.anomalies.rules.parameters import Told, tell
from gi_registry.anomalies.rules.where import Where, draw_where
from gi_registry.anomalies.schemas import FactForm, RecordFact
from gi_registry.divisions.queries import full_name
from gi_registry.documents.models import Document
from gi_registry.documents.queries import get_document
from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.words import say
from gi_registry.origin.models import Plot
from gi_registry.policy.rules import Parameter
from gi_registry.policy.service import ground
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work, advance, begin

RECORDED_RULE = "recorded"


@dataclass(frozen=True)
class FindingView:
    """What the page of a finding shows; ``parameters`` with the name of the place in which each holds.

    ``where``: in which provinces copied codes were looked up (CL-01). ``neighbours``: the plots that share ground with the user's (QT-03)
    and their users; the office sees them, the party never does.
    """

    finding: Finding
    evidence: tuple[FindingEvidence, ...]
    authorisation_number: str
    user_name: str
    gi_name: str
    source: Document | None = None
    copied: queries.RangeRow | None = None
    parameters: tuple[tuple[Told, str], ...] = ()
    neighbours: tuple[tuple[Plot, str], ...] = ()
    where: Where | None = None


def view_finding(work: Work, finding_id: int) -> FindingView:
    """Return a finding with every version of its evidence; NotFound outside the actor's region."""
    finding = queries.get_finding(work.session, finding_id)
    work.require("finding:view", finding)
    evidence, parameters = tuple(queries.evidence_of(work.session, finding_id)), _parameters(work, finding)
    if finding.authorisation_id is None:
        copied = queries.code_range_of(work.session, finding.subject_id)
        where = _where(work, finding)
        return FindingView(finding, evidence, copied.label, "", copied.gi_name, copied=copied, parameters=parameters, where=where)
    number, user, gi = queries.party_of(work.session, finding.authorisation_id)
    fact = queries.fact_of(work.session, finding_id)
    source = get_document(work.session, fact.document_id) if fact and fact.document_id else None
    others = [item["other_id"] for item in finding.facts.get("shared", ()) if not item.get("own_other")]
    neighbours = tuple(queries.plots_with_users(work.session, others)) if others else ()
    return FindingView(finding, evidence, number, user, gi, source, parameters=parameters, neighbours=neighbours)


def _where(work: Work, finding: Finding) -> Where | None:
    """Return where the codes were looked up in their busiest hours, as the evidence states it."""
    codes = finding.facts.get("codes", ())
    places = [(str(place), int(checks)) for code in codes for place, _clients, checks in code.get("places", ())]
    return draw_where(places, dict(province_names(work.session))) if places else None


def _parameters(work: Work, finding: Finding) -> tuple[tuple[Told, str], ...]:
    told = tell(finding.parameters, finding.parameter_version, finding.basis)
    return tuple((item, full_name(work.session, item.division)) for item in told)


def findings_query(work: Work, filters: queries.Filters) -> Any:
    """Return the query of a list of findings, limited to the actor's region."""
    work.require("finding:view")
    return queries.findings_matching(work.visible(Finding, "finding:view"), filters)


def dismiss_finding(work: Work, finding_id: int, *, reason: str, expected_version: int) -> Finding:
    """Set a finding aside with a reason; only changed facts open it again."""
    finding = queries.lock_finding(work.session, finding_id)
    work.require("finding:dismiss", finding)
    if not reason.strip():
        raise invalid("reason", say("没有填写理由。"), say("请写明不予采纳的理由，供日后核查。"))
    finding.reason = reason.strip()
    advance(work, finding, FINDING_LIFE, FindingAction.DISMISS.value, expected_version=expected_version)
    return finding


def open_case_on(work: Work, finding_id: int, *, expected_version: int | None = None) -> Finding:
    """Hand a finding to the abnormal-list procedure above; raise Conflict where it accuses nobody on file (CL-01)."""
    finding = queries.lock_finding(work.session, finding_id)
    work.require("finding:open_case", finding)
    if finding.authorisation_id is None or not ground_named(finding.ground).about_user:
        raise Conflict(
            say("这条线索的对象是被仿冒的标识码，行为人不明，不能对使用人立案。"),
            remedy=say("请冻结涉事号段，并把线索移送执法部门查找仿冒的人。"),
            basis=finding.ground,
        )
    advance(work, finding, FINDING_LIFE, FindingAction.OPEN_CASE.value, expected_version=expected_version)
    return finding


def settle_finding(work: Work, finding_id: int) -> Finding:
    """Close a finding whose case has ended; the procedure above has asked for its own permission."""
    return _end(work, finding_id, FindingAction.SETTLE)


def clear_finding(work: Work, finding_id: int) -> Finding:
    """Clear a finding whose case was withdrawn because the facts are cured; the procedure above has asked for its own permission."""
    return _end(work, finding_id, FindingAction.CLEAR)


def _end(work: Work, finding_id: int, action: FindingAction) -> Finding:
    finding = queries.lock_finding(work.session, finding_id)
    advance(work, finding, FINDING_LIFE, action.value)
    return finding


@dataclass(frozen=True)
class FactPage:
    """About whom a fact is to be recorded."""

    authorisation_id: int
    number: str
    user_name: str
    gi_name: str


def fact_page(work: Work, authorisation_id: int) -> FactPage:
    """Return about whom the form records; NotFound for an authorisation outside the actor's region."""
    work.require("fact:record", get_authorisation(work.session, authorisation_id))
    return FactPage(authorisation_id, *queries.party_of(work.session, authorisation_id))


def file_fact(work: Work, authorisation_id: int, fields: FactForm, *, document: Scan | None) -> RecordedFact:
    """Keep the document that establishes a fact and record it; the paper is the office's, its party reads it from the case.

    Raises what ``record_fact`` raises, and Invalid where no scan was handed in.
    """
    user = get_authorisation(work.session, authorisation_id)
    work.require("fact:record", user)
    paper = store_scan(work, document, field="document", owner_org_id=None, authority_division=user.authority_division)
    return record_fact(work, RecordFact(**dict(fields), authorisation_id=authorisation_id, document_id=paper.id))


def record_fact(work: Work, fields: RecordFact) -> RecordedFact:
    """Keep what an officer or a document established, as a finding that a person may open a case on.

    Raises Invalid for a ground that is unknown or computed, for a day to come and for what is recorded already; NotFound for an
    authorisation outside the actor's region.
    """
    user = get_authorisation(work.session, fields.authorisation_id)
    work.require("fact:record", user)
    _check(work, fields)
    parameter = ground(work.session, fields.ground, user.authority_division, fields.established_on)
    facts = {"statement": fields.statement, "source": fields.source, "established_on": fields.established_on.isoformat()}
    evidence = _evidence(fields, facts, parameter)
    mark = fingerprint(fields.ground, fields.authorisation_id, year=fields.established_on.year, key=str(evidence["facts_digest"]))
    if queries.findings_by_fingerprint(work.session, [mark]):
        raise invalid("statement", say("同样的事实已经登记。"), say("请在异常线索中查看，不必重复登记。"))
    finding = Finding(
        ground=fields.ground,
        subject_id=fields.authorisation_id,
        authorisation_id=fields.authorisation_id,
        year=fields.established_on.year,
        fingerprint=mark,
        severity=int(parameter.value["severity"]),
        basis=parameter.basis,
        owner_org_id=user.owner_org_id,
        authority_division=user.authority_division,
        first_found_at=work.now,
        last_found_at=work.now,
        summary=words_json(say("%(ground)s：%(statement)s", ground=ground_named(fields.ground).name, statement=fields.statement)),
        state="",
        **evidence,
    )
    work.record(begin(finding, FINDING_LIFE), "finding:record")
    work.flush()
    work.record(FindingEvidence(finding_id=finding.id or 0, number=1, at=work.now, **evidence), "evidence:keep")
    return _fact_row(work, fields, facts, finding)


def _check(work: Work, fields: RecordFact) -> None:
    named = BY_CODE.get(fields.ground)
    if named is None:
        raise invalid("ground", say("没有这一事由。"), say("请选择由人员登记的事由。"), value=fields.ground)
    if named.way is not Way.RECORDED:
        raise invalid("ground", say("这一事由由系统计算，不能登记。"), say("请选择由人员登记的事由。"), value=fields.ground)
    if fields.established_on > work.today:
        raise invalid("established_on", say("认定日期不能晚于今天。"), value=fields.established_on)


def _evidence(fields: RecordFact, facts: dict[str, Any], parameter: Parameter) -> dict[str, Any]:
    lines = [
        Line(say("认定的事实"), fields.statement),
        Line(say("来源"), fields.source),
        Line(say("认定日期"), fields.established_on.isoformat()),
    ]
    return {
        "facts": facts,
        "facts_digest": sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        "lines": [line_json(line) for line in lines],
        "parameters": {"key": parameter.key, "value": parameter.value, "why": parameter.why},
        "parameter_version": parameter.version,
        "rule_version": RECORDED_RULE,
    }


def _fact_row(work: Work, fields: RecordFact, facts: dict[str, Any], finding: Finding) -> RecordedFact:
    row = RecordedFact(
        ground=fields.ground,
        authorisation_id=fields.authorisation_id,
        facts=facts,
        established_on=fields.established_on,
        at=work.now,
        source=fields.source,
        document_id=fields.document_id,
        finding_id=finding.id or 0,
    )
    work.record(row, "fact:record")
    work.flush()
    return row
