"""A small world for the access table: one of everything, and a person of every role here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import col, select

from gi_registry.app import create_app
from gi_registry.config import read_settings
from gi_registry.db import Database
from gi_registry.kernel.actor import SYSTEM
from gi_registry.kernel.permissions import ROLES
from gi_registry.log import queries as log
from gi_registry.log.keys import ensure_key
from gi_registry.workflow import Work
from tests.conftest import NOW

SCOPES = ("own", "other")
ORGANISED = ("producer_operator", "producer_approver", "holder_manager", "printer", "testing_institution")
PLACES = {
    "county_handler": ("999999", "999998"),
    "county_approver": ("999999", "999998"),
    "city_officer": ("9999", "3205"),
    "province_officer": ("99", "32"),
}
PUBLIC_ROLE = "consumer"
# Enough for most forms to get past their shape, so that the row is looked for before anything else is refused.
BODY = {"version": "1", "reason": "示例说明", "reasons": "示例说明", "note": "示例说明", "method": "personal"}
TESTED_ROLES = tuple(role for role in ROLES if role != "system")


@dataclass
class World:
    """The application on a database with one of everything; ``subjects`` are the values for the slots of addresses."""

    app: Flask
    subjects: dict[str, Any]
    people: dict[tuple[str, str], str]

    def subject(self, endpoint: str, name: str) -> Any:
        """Return what stands for a slot of an address; an endpoint may need another than the rest."""
        return self.subjects.get(f"{endpoint} {name}", self.subjects.get(name))

    def client(self, role: str, scope: str) -> Any:
        """Return a browserless client of a person of this role, here (``own``) or elsewhere (``other``)."""
        client = self.app.test_client()
        if role != PUBLIC_ROLE:
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = self.people.get((role, scope), self.people[role, "own"]), True
        return client

    def path(self, rule: Any, method: str, **differs: Any) -> str:
        """Return the address of a rule with the subjects in its slots, or others."""
        with self.app.test_request_context():
            values = {name: self.subject(rule.endpoint, name) for name in rule.arguments} | differs
            return str(self.app.url_map.bind("localhost").build(rule.endpoint, values, method=method))

    def request(self, rule: Any, method: str, role: str, scope: str) -> str:
        """Return how the request ended: entered, sign-in, refused or missing."""
        path = self.path(rule, method)
        return _ending(self.client(role, scope).open(path, method=method, data=BODY if method == "POST" else None))


def _ending(answer: Any) -> str:
    assert answer.status_code < 500, answer.text[:2000]
    if answer.status_code == 401 or (answer.status_code in {302, 303} and "/sign-in" in answer.headers["Location"]):
        return "sign-in"
    return {403: "refused", 404: "missing"}.get(answer.status_code, "entered")


@contextmanager
def built(url: str) -> Iterator[World]:
    """Build the world; what a request changes is rolled back, so that each meets the same one."""
    database = Database(url)
    settings = read_settings({}, database_url=url, secret_key="only-for-tests-" + "0" * 32, secure_cookies=False)
    with database.session() as session:
        work = Work(session, SYSTEM, NOW)
        subjects, moment = _subjects(work)
        people = {key: _person(work, key, subjects) for key in _cast()}
        ensure_key(session, settings, at=NOW)
        work.commit()
        size = log.head(session).size
        subjects["path"] = "0/000" if size >= 256 else f"0/000.p/{size}"  # a tile has 256 leaves
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gi_registry.workflow.utc_now", lambda _offset=None: moment)
        patch.setattr(Work, "commit", Work.flush)
        app = create_app(settings, database)
        app.config["WTF_CSRF_ENABLED"] = False
        yield World(app, subjects, people)
    database.engine.dispose()


def _cast() -> list[tuple[str, str]]:
    named = [role for role in TESTED_ROLES if role != PUBLIC_ROLE]
    return [(role, scope) for role in named for scope in (SCOPES if role in ORGANISED or role in PLACES else SCOPES[:1])]


def _person(work: Work, key: tuple[str, str], subjects: dict[str, Any]) -> str:
    from tests.builders.accounts import make_person
    from tests.builders.divisions import make_division
    from tests.builders.registry import make_organisation

    role, scope = key
    division = PLACES[role][SCOPES.index(scope)] if role in PLACES else ""
    if division:
        make_division(work, division)
    organisation = None
    if role in ORGANISED:
        # one organisation elsewhere for all: an operator alone in a firm would also answer for it
        elsewhere = subjects.get("_elsewhere") or make_organisation(work, division_code="999998")
        subjects["_elsewhere"] = elsewhere
        organisation = subjects["_organisation"] if scope == "own" else elsewhere
    person = make_person(work, role, division=division, organisation=organisation)
    return f"{person.id}:{person.epoch}"


def _subjects(work: Work) -> tuple[dict[str, Any], datetime]:
    """Return what stands for each slot of an address, all of it of one user in one county, and the moment it is in."""
    from gi_registry.accounts.models import Organisation, Person, RoleGrant
    from gi_registry.batches.models import Batch
    from gi_registry.codes.models import Allotment
    from gi_registry.documents.models import Document
    from gi_registry.notices.models import Notice
    from gi_registry.origin.models import Plot
    from gi_registry.registry import service as registry
    from gi_registry.registry.models import Authorisation, Product
    from gi_registry.registry.schemas import RestrictForm
    from gi_registry.reports import service as reports
    from tests.builders.listings import make_stage, to_listed, to_window
    from tests.builders.reports import draft_of, filing_of

    stage = to_window(make_stage(work))
    authorisation = work.session.get(Authorisation, stage.the_case.authorisation_id)
    assert authorisation is not None
    draft = reports.save_draft(stage.as_("operator"), authorisation.id or 0, 2025, fields=draft_of())
    owner = stage.as_("owner")
    report = reports.file_report(owner, draft.id or 0, fields=filing_of(owner, draft.version))

    def first(model: Any, *conditions: Any) -> Any:
        return work.session.exec(select(model.id).where(*conditions).order_by(col(model.id))).first()

    owned = stage.party.id
    _hold(work, authorisation.gi_id, owned or 0)
    fields = RestrictForm(version=authorisation.version, effect="sampling_weight", basis="示例依据", from_on=work.today)
    restriction = registry.impose_by_hand(work, authorisation.id or 0, fields)
    person_id = first(Person)
    listed = to_listed(make_stage(work))
    subjects = {
        "_organisation": work.session.get(Organisation, owned),
        "authorisation_id": authorisation.id,
        "gi_id": authorisation.gi_id,
        "protection_id": authorisation.protection_id,
        "organisation_id": owned,
        "person_id": person_id,
        "grant_id": first(RoleGrant, RoleGrant.person_id == person_id),
        "restriction_id": restriction.id,
        "uscc": stage.party.uscc,
        "product_id": first(Product, Product.authorisation_id == authorisation.id),
        "plot_id": first(Plot, Plot.authorisation_id == authorisation.id),
        "proposal_id": _proposal(work, authorisation.gi_id),
        "process_id": _process(work, authorisation),
        "cap_proposal_id": _cap_proposal(work, authorisation.gi_id),
        "capacity_unit_id": _capacity_unit(work, authorisation),
        "batch_id": first(Batch, Batch.authorisation_id == authorisation.id),
        "allotment_id": first(Allotment, Allotment.authorisation_id == authorisation.id),
        "report_id": report.id,
        "finding_id": stage.finding.id,
        "case_id": stage.case.id if stage.case else None,
        "listings.show_listing case_id": listed.id,
        "document_id": first(Document, Document.owner_org_id == owned),
        **_letters(work, owned or 0),
        "notice_id": first(Notice, Notice.organisation_id == owned),
        "year": 2025,
        "reports.show_section number": 2,
        "reports.save_section number": 2,
        "kind": "organisations",
        "action": "withdraw",
        "step": "order_rectification",
        "filename": "registry.css",
        "file_id": _plot_file(work, authorisation.id or 0),
        **_leads(work, authorisation),
        **_tests(work, authorisation),
        **_goods(work, authorisation),
        "job_id": _print_job(work, first(Allotment, Allotment.authorisation_id == authorisation.id), owned or 0),
    }
    return subjects, listed.now


def _hold(work: Work, gi_id: int, organisation_id: int) -> None:
    """Make the user's organisation the holder of the GI too, so that ``own`` is one organisation."""
    from gi_registry.registry.models import Gi

    gi = work.session.get(Gi, gi_id)
    assert gi is not None
    gi.holder_org_id = gi.owner_org_id = organisation_id
    work.record(gi, "gi:change")


def _proposal(work: Work, gi_id: int) -> Any:
    """Return a proposed area version of the GI, by an officer who is no other person of this world."""
    from gi_registry.accounts.service import actor_of
    from tests.builders.accounts import make_person
    from tests.builders.origin import propose

    proposer = actor_of(work.session, make_person(work, "national_officer").id or 0)
    return propose(Work(work.session, proposer, work.now), gi_id).id


def _process(work: Work, authorisation: Any) -> Any:
    """Return a split of a harvest of the user."""
    from tests.builders.batches import make_batch
    from tests.builders.processes import do

    batch = make_batch(work, authorisation, unit="g", quantity="10")
    return do(work, "split", [(batch, "4")], {"quantity": "4"}).id


def _cap_proposal(work: Work, gi_id: int) -> Any:
    """Return a proposed cap of the GI, by an officer who is no other person of this world."""
    from gi_registry.accounts.service import actor_of
    from gi_registry.batches.schemas import CapProposalFields
    from gi_registry.batches.service import proposals
    from tests.builders.accounts import make_person

    proposer = Work(work.session, actor_of(work.session, make_person(work, "national_officer").id or 0), work.now)
    values = {"year": 2025, "unit": "piece", "per_mu": "1", "status": "final", "effective_on": work.today, "basis": "示例", "note": "示例"}
    return proposals.propose_cap(proposer, gi_id, CapProposalFields.model_validate(values)).id


def _capacity_unit(work: Work, authorisation: Any) -> Any:
    """Return declared cellars of the user, by a person who is no other of this world."""
    from gi_registry.batches.models import CapacityUnit
    from tests.builders.accounts import make_person

    unit = CapacityUnit(
        authorisation_id=authorisation.id,
        gi_id=authorisation.gi_id,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        kind="cellar",
        name="示例窖池",
        quantity=10,
        valid_from=work.today,
        state="declared",
        declared_by=make_person(work, "national_officer").id,
        declared_at=work.now,
    )
    work.record(unit, "capacity_unit:declare")
    work.flush()
    return unit.id


def _plot_file(work: Work, authorisation_id: int) -> Any:
    """Return a file of plots of the user that waits to be confirmed."""
    from gi_registry.origin import service
    from tests.builders.origin import square
    from tests.builders.plot_files import collection

    return service.bring_file(
        work, authorisation_id, name="示例.geojson", content=collection(({"name": "新塘"}, square(50, east_m=3_000)))
    ).id


def _letters(work: Work, organisation_id: int) -> dict[str, Any]:
    """Return a person of the user who has an open letter, and the user's confirmation of electronic service."""
    from gi_registry.accounts import service
    from gi_registry.accounts.schemas import Invitee
    from gi_registry.documents.models import Document
    from gi_registry.notices.service import record_consent

    person = service.add_invitee(work, organisation_id, Invitee(login="invitee", name="被邀人", role="producer_operator"))
    letter = service.invite(work, person.id or 0).letter
    paper = work.session.exec(select(Document.id).where(Document.owner_org_id == organisation_id)).first()
    consent = record_consent(work, organisation_id=organisation_id, document_id=paper or 0, confirmed_on=work.today - timedelta(days=9))
    asked = ("letters.show_letters", "letters.invite", "letters.recover")
    return {
        **{f"{endpoint} person_id": person.id for endpoint in asked},
        "letter_id": letter.id,
        "consent_id": consent.id,
        "session_id": 1,
    }


def _leads(work: Work, authorisation: Any) -> dict[str, Any]:
    """Return a code of nobody, a lead in the county with its photo, its receipt, and a statement of the user."""
    from tests.builders.supervision import UNKNOWN_CODE, make_doubt, make_lead_of, with_photo

    lead = make_lead_of(work, authorisation)
    photo = with_photo(work, lead)
    statement = make_lead_of(work, authorisation, source="statement", owner_org_id=authorisation.owner_org_id)
    return {
        "code": UNKNOWN_CODE,
        "token": make_doubt(work).token,
        "lead_id": lead.id,
        "supervision.show_paper document_id": photo.id,
        "supervision.withdraw_statement lead_id": statement.id,
    }


def _tests(work: Work, authorisation: Any) -> dict[str, Any]:
    """Return a test report on a batch of the user, and the institution that the user's organisation is on file as."""
    from gi_registry.batches.models import Batch, TestingInstitution
    from tests.builders.quality import make_test

    institution = TestingInstitution(
        organisation_id=authorisation.organisation_id,
        owner_org_id=authorisation.organisation_id,
        authority_division=authorisation.authority_division,
        cma_number="示例",
        valid_from=work.today,
    )
    work.record(institution, "testing_institution:register")
    work.flush()
    batch = work.session.exec(select(Batch).where(Batch.authorisation_id == authorisation.id).order_by(col(Batch.id))).first()
    assert batch is not None
    return {"institution_id": institution.id, "test_id": make_test(work, batch, by=institution).id}


def _print_job(work: Work, allotment_id: int, organisation_id: int) -> Any:
    """Return a commission to the user's own organisation, which has been ended, so that the allotment may still be printed."""
    from gi_registry.codes.models import PrintJob
    from gi_registry.codes.rules.printing import PRINT_LIFE
    from gi_registry.workflow import advance, begin

    job = PrintJob(allotment_id=allotment_id, state="", commissioned_at=work.now, owner_org_id=organisation_id, authority_division="999999")
    begin(job, PRINT_LIFE)
    work.record(job, "print_job:commission")
    work.flush()
    return advance(work, job, PRINT_LIFE, "cancel").id


def _goods(work: Work, authorisation: Any) -> dict[str, Any]:
    """Return a purchase of the user and one that another says it made from it, and a count that waits for the county."""
    from gi_registry.registry.models import Protection
    from tests.builders.goods import make_record, make_trade
    from tests.builders.registry import make_authorisation

    other = make_authorisation(work, protection=work.session.get(Protection, authorisation.protection_id))
    _batch, bought = make_trade(work, authorisation, other)
    _batch, sold = make_trade(work, other, authorisation)
    record = make_record(work, authorisation, "adjustment", quantity="1")
    asked = ("batches.confirm_trade", "batches.dispute_trade")
    return {"trade_id": bought.id, **{f"{endpoint} trade_id": sold.id for endpoint in asked}, "record_id": record.id}
