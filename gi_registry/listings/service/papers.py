"""Official papers of a case: numbered, typeset in Chinese, stored by their SHA-256 with what they were set from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gi_registry.accounts.queries import get_organisation
from gi_registry.anomalies.queries import evidence_of, fact_of, get_finding
from gi_registry.anomalies.rules.finding import line_of, words_of
from gi_registry.anomalies.rules.grounds import ground_named
from gi_registry.config import read_settings
from gi_registry.divisions.queries import name_in_numbers
from gi_registry.documents.models import Document
from gi_registry.documents.queries import get_document
from gi_registry.documents.service import store_paper
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.listings import queries
from gi_registry.listings.models import ListingCase
from gi_registry.listings.rules.clocks import clocks_of
from gi_registry.listings.rules.papers import PAPER_NAMES, paper_number
from gi_registry.listings.rules.wording import CasePaper, Evidence, Point, compose
from gi_registry.listings.service.steps import acting_division, authority_of
from gi_registry.registry.queries import get_authorisation, get_gi
from gi_registry.workflow import Work


def issue(
    work: Work,
    case: ListingCase,
    kind: str,
    *,
    basis: tuple[str, str],
    note: str = "",
    effects: tuple[Words | str, ...] = (),
    publish_until: date | None = None,
) -> tuple[str, int]:
    """Number, typeset and store a paper; return its number and document id. ``basis`` is the legal basis and its version.

    The number carries the place of the authority that acts: the city's where the city decides.
    """
    division = acting_division(work, case)
    count = queries.next_number(work.session, f"{kind}:{division}", work.today.year)
    number = paper_number(kind, name_in_numbers(work.session, division), year=work.today.year, count=count)
    known = replace(
        _known(work, case, kind, number), basis=basis[0], basis_version=basis[1], note=note, effects=effects, publish_until=publish_until
    )
    document = store_paper(
        work,
        compose(known),
        name=f"{PAPER_NAMES[kind]} {number}",
        owner_org_id=case.owner_org_id,
        authority_division=case.authority_division,
    )
    return number, document.id or 0


def _known(work: Work, case: ListingCase, kind: str, number: str) -> CasePaper:
    user = get_authorisation(work.session, case.authorisation_id)
    party = get_organisation(work.session, user.organisation_id or 0)
    finding = get_finding(work.session, case.finding_id)
    return CasePaper(
        kind=kind,
        number=number,
        on=work.today,
        authority=authority_of(work, case),
        party=party.name,
        uscc=party.uscc or "",
        address=party.address,
        gi=get_gi(work.session, case.gi_id).name,
        authorisation=user.number,
        case_number=case.number,
        ground=case.ground,
        ground_name=ground_named(case.ground).name,
        year=case.year,
        summary=words_of(finding.summary),
        lines=tuple(line_of(line) for line in finding.lines),
        basis="",
        basis_version="",
        clocks=clocks_of(case.clocks),
        evidence=_evidence(work, case),
        points=tuple(Point(row.number, row.point, row.outcome, row.answer) for row in queries.points_of(work.session, case.id or 0)),
        served_on=case.served_on,
        window_ends_on=case.window_ends_on,
        rectify_until=case.rectify_until,
        decision_number=case.decision_number or "",
        register=f"{read_settings().public_url.rstrip('/')}/registry/users/{party.uscc}" if party.uscc else "",
    )


def sources_of(work: Work, case: ListingCase) -> tuple[int, ...]:
    """Return the document that establishes the fact behind the case, where a person recorded it: the party may read it."""
    fact = fact_of(work.session, case.finding_id)
    return (fact.document_id,) if fact is not None and fact.document_id is not None else ()


def _evidence(work: Work, case: ListingCase) -> tuple[Evidence, ...]:
    """What establishes the fact, the computation in its latest version, and every document of the procedure, each once."""
    in_steps = [number for step in queries.steps_of(work.session, case.id or 0) for number in step.document_ids]
    documents = [get_document(work.session, number) for number in dict.fromkeys([*sources_of(work, case), *in_steps])]
    versions = evidence_of(work.session, case.finding_id)
    newest = max(versions, key=lambda version: version.number, default=None)
    computed = () if newest is None else (_computation(newest.number, legal_date(newest.at), newest.facts_digest),)
    return (*computed, *(Evidence(_title(document), legal_date(document.created_at), document.sha256) for document in documents))


def _computation(number: int, on: date, digest: str) -> Evidence:
    return Evidence(say("登记系统中的事实记录（第 %(n)s 版）", n=number), on, digest)


def _title(document: Document) -> str:
    return document.name.removesuffix(".html").removesuffix(".pdf")
