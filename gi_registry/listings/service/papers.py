"""Official papers: numbered, rendered as complete HTML, stored by their SHA-256. They are in Chinese: that is what is served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, FileSystemLoader, select_autoescape

from gi_registry.accounts.queries import get_organisation
from gi_registry.anomalies.queries import get_finding
from gi_registry.anomalies.rules.finding import UNITS, Line, grouped, line_of, words_of
from gi_registry.anomalies.rules.grounds import ground_named
from gi_registry.assets import asset_dir
from gi_registry.divisions.queries import find_division, full_name
from gi_registry.divisions.rules import short_name
from gi_registry.documents.queries import get_document
from gi_registry.documents.service import store_written
from gi_registry.listings import queries
from gi_registry.listings.models import DefencePoint, ListingCase
from gi_registry.listings.rules.clocks import Clocks, clocks_of
from gi_registry.listings.rules.papers import PAPER_NAMES, paper_number
from gi_registry.listings.service.steps import authority_of
from gi_registry.registry.queries import get_authorisation, get_gi
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Evidence:
    """One line of the index of evidence."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Paper:
    """All that a paper says."""

    kind: str
    title: str
    number: str
    on: date
    authority: str
    place: str
    party: str
    uscc: str
    address: str
    gi: str
    authorisation: str
    case_number: str
    ground: str
    ground_name: str
    year: int
    summary: str
    lines: tuple[Line, ...]
    basis: str
    basis_version: str
    clocks: Clocks
    evidence: tuple[Evidence, ...] = ()
    points: Sequence[DefencePoint] = ()
    served_on: date | None = None
    window_ends_on: date | None = None
    rectify_until: date | None = None
    publish_until: date | None = None
    effects: tuple[str, ...] = ()
    note: str = ""
    decision_number: str = ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(asset_dir("templates")),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    environment.globals["url_for"] = lambda _endpoint, filename: f"/static/{filename}"
    environment.globals["locale"] = lambda: "zh_CN"
    environment.filters["day"] = lambda on: f"{on.year}年{on.month}月{on.day}日"
    environment.filters["grouped"] = grouped
    environment.filters["unit"] = lambda unit: str(UNITS.get(unit, unit))
    return environment


def render(paper: Paper) -> str:
    """Return the paper as complete HTML."""
    return _environment().get_template(f"listings/papers/{paper.kind}.html").render(p=paper)


def issue(
    work: Work,
    case: ListingCase,
    kind: str,
    *,
    basis: tuple[str, str],
    note: str = "",
    effects: tuple[str, ...] = (),
    publish_until: date | None = None,
) -> tuple[str, int]:
    """Number, render and store a paper; return its number and document id. ``basis`` is the legal basis and its version."""
    division = find_division(work.session, case.authority_division)
    place = short_name(division.name) if division else case.authority_division
    count = queries.next_number(work.session, f"{kind}:{case.authority_division}", work.today.year)
    number = paper_number(kind, place, year=work.today.year, count=count)
    paper = _paper(work, case, kind, number, basis=basis, note=note, effects=effects, publish_until=publish_until)
    document = store_written(
        work,
        name=f"{paper.title} {number}.html",
        html=render(paper),
        owner_org_id=case.owner_org_id,
        authority_division=case.authority_division,
    )
    return number, document.id or 0


def _paper(
    work: Work,
    case: ListingCase,
    kind: str,
    number: str,
    *,
    basis: tuple[str, str],
    note: str,
    effects: tuple[str, ...],
    publish_until: date | None,
) -> Paper:
    user = get_authorisation(work.session, case.authorisation_id)
    party = get_organisation(work.session, user.organisation_id or 0)
    finding = get_finding(work.session, case.finding_id)
    return Paper(
        kind=kind,
        title=str(PAPER_NAMES[kind]),
        number=number,
        on=work.today,
        authority=authority_of(work, case),
        place=full_name(work.session, case.authority_division),
        party=party.name,
        uscc=party.uscc or "",
        address=party.address,
        gi=get_gi(work.session, case.gi_id).name,
        authorisation=user.number,
        case_number=case.number,
        ground=case.ground,
        ground_name=str(ground_named(case.ground).name),
        year=case.year,
        summary=str(words_of(finding.summary)),
        lines=tuple(line_of(line) for line in finding.lines),
        basis=basis[0],
        basis_version=basis[1],
        clocks=clocks_of(case.clocks),
        evidence=_evidence(work, case),
        points=queries.points_of(work.session, case.id or 0),
        served_on=case.served_on,
        window_ends_on=case.window_ends_on,
        rectify_until=case.rectify_until,
        publish_until=publish_until,
        effects=effects,
        note=note,
        decision_number=case.decision_number or "",
    )


def _evidence(work: Work, case: ListingCase) -> tuple[Evidence, ...]:
    ids = dict.fromkeys(number for step in queries.steps_of(work.session, case.id or 0) for number in step.document_ids)
    documents = [get_document(work.session, number) for number in ids]
    return tuple(Evidence(document.name.removesuffix(".html"), document.sha256) for document in documents)
