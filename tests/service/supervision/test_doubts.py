"""A doubt from the public: whose business it becomes, its receipt, its limits, and what is kept apart."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.documents.models import Document, DocumentContent
from gi_registry.kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from gi_registry.supervision import queries, service
from gi_registry.supervision.models import DoubtReceipt, Lead, LeadContact, LeadContactView
from gi_registry.supervision.schemas import Assignment, Feedback, ReasonedStep, Step
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.divisions import make_division
from tests.builders.scans import make_labels
from tests.builders.supervision import SECRET_KEY, UNKNOWN_CODE, make_doubt, picture, sender


def lead_of(work: Work, receipt: service.Receipt) -> Lead:
    found = queries.find_by_number(work.session, receipt.number)
    assert found is not None
    return found


def as_(work: Work, role: str, division: str = "999999") -> Work:
    return Work(work.session, make_actor(work, role, division=division), work.now)


def test_a_doubt_about_an_issued_code_goes_to_the_office_of_its_user(work: Work) -> None:
    labels = make_labels(work)
    receipt = make_doubt(work, labels.code(7), wrongs=["count", "other"], text="  查了三次  ")
    lead = lead_of(work, receipt)
    assert (lead.subject_kind, lead.range_id, lead.serial) == ("code", labels.range_id, 7)
    assert (lead.authorisation_id, lead.gi_id) == (labels.authorisation_id, labels.gi_id)
    assert lead.authority_division == "999999"
    assert (lead.ground, lead.text, lead.state, lead.owner_org_id) == ("CL-01", "查了三次", "new", None)
    assert receipt.number == "疑〔2026〕000001"
    assert receipt.due_on == date(2026, 3, 31)  # 15 working days after 10 March


def test_a_doubt_about_a_code_of_nobody_is_taken_too(work: Work) -> None:
    make_division(work, "99")
    lead = lead_of(work, make_doubt(work, place_division="99", place="示例市场 12 号摊"))
    assert (lead.subject_kind, lead.authority_division, lead.ground) == ("unknown", "99", "CL-03")
    nowhere = lead_of(work, make_doubt(work, place_division="77"))
    assert (nowhere.authority_division, nowhere.place_division) == ("", "")


def test_a_forged_code_of_a_real_range_concerns_nobody(work: Work) -> None:
    labels = make_labels(work, size=10, activated=5)
    lead = lead_of(work, make_doubt(work, labels.code(99)))
    assert (lead.subject_kind, lead.authorisation_id) == ("unknown", None)


def test_what_is_no_code_is_not_found(work: Work) -> None:
    with pytest.raises(NotFound):
        make_doubt(work, "1ABC")


def test_a_doubt_says_something(work: Work) -> None:
    with pytest.raises(Invalid) as refused:
        make_doubt(work, wrongs=[], text=" ")
    assert refused.value.fields[0].field == "wrongs"
    assert make_doubt(work, wrongs=[], text="", photo=picture()).number


def test_the_same_form_twice_is_one_doubt(work: Work) -> None:
    who = sender()
    first, second = make_doubt(work, by=who), make_doubt(work, by=who)
    assert first == second
    assert len(work.session.exec(select(Lead)).all()) == 1


def test_more_than_a_person_has_to_say_is_refused(work: Work) -> None:
    for _ in range(5):
        make_doubt(work, by=sender(client_key="one"))
    with pytest.raises(TooMany):
        make_doubt(work, by=sender(client_key="one"))
    assert make_doubt(work, by=sender(client_key="another")).number  # others are not kept out


def test_a_code_takes_fifty_a_day(work: Work) -> None:
    labels = make_labels(work)
    for _ in range(50):
        make_doubt(work, labels.code(1))
    with pytest.raises(TooMany):
        make_doubt(work, labels.code(1))
    assert make_doubt(work, labels.code(2)).number


def test_the_receipt_answers_number_and_check_together_only(work: Work) -> None:
    receipt = make_doubt(work)
    assert service.read_receipt(work, receipt.token.lower()) == receipt
    wrong = receipt.token[:-1] + ("2" if receipt.token[-1] != "2" else "3")
    for token in (wrong, "2026-000099-" + receipt.check, "", "nonsense"):
        with pytest.raises(NotFound):
            service.read_receipt(work, token)


def test_a_photo_is_evidence_by_hash_and_carries_no_position(work: Work) -> None:
    lead = lead_of(work, make_doubt(work, photo=picture() + b"GPS 31.2N"))
    [(evidence, document)] = queries.evidence_of(work.session, lead.id or 0)
    kept = work.session.get(DocumentContent, document.sha256)
    assert evidence.sha256 == document.sha256
    assert (document.owner_org_id, document.media_type) == (None, "image/jpeg")
    assert kept is not None
    assert b"GPS" not in kept.content


def test_who_may_see_the_photo(work: Work) -> None:
    labels = make_labels(work)
    lead = lead_of(work, make_doubt(work, labels.code(1), photo=picture()))
    document = work.session.exec(select(Document)).one()
    assert service.paper_of(as_(work, "county_handler"), lead.id or 0, document.id or 0).content
    other = lead_of(work, make_doubt(work, labels.code(2)))
    for stranger, lead_id in ((as_(work, "county_handler", "999998"), lead.id), (as_(work, "county_handler"), other.id)):
        with pytest.raises(NotFound):
            service.paper_of(stranger, lead_id or 0, document.id or 0)


# ---- the officers ----


def test_the_queue_shows_the_region_and_nothing_else(work: Work) -> None:
    labels = make_labels(work)
    make_doubt(work, labels.code(1))
    make_doubt(work)
    here = work.session.execute(service.lead_queue(as_(work, "county_handler"), queries.Filters(state="open"))).all()
    there = work.session.execute(service.lead_queue(as_(work, "county_handler", "999998"), queries.Filters())).all()
    everywhere = work.session.execute(service.lead_queue(as_(work, "national_officer", ""), queries.Filters())).all()
    assert (len(here), len(there), len(everywhere)) == (1, 0, 2)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"text": "疑〔2026〕000001"}, 1),
        ({"text": "示例"}, 1),
        ({"source": "statement"}, 0),
        ({"state": "accepted"}, 0),
        ({"ground": "CL-03"}, 1),
    ],
)
def test_filters(work: Work, filters: dict[str, Any], found: int) -> None:
    make_doubt(work, make_labels(work).code(1))
    assert len(work.session.execute(service.lead_queue(work, queries.Filters(**filters))).all()) == found


def test_from_new_to_archived(work: Work) -> None:
    receipt = make_doubt(work, make_labels(work).code(1))
    lead, officer = lead_of(work, receipt), as_(work, "county_handler")
    key = lead.id or 0
    service.assign(officer, key, Assignment())
    assert service.read_receipt(work, receipt.token).stage == "being-handled"
    service.accept(officer, key, Step())
    service.verify(officer, key, Step())
    service.no_case(officer, key, ReasonedStep(reason="核实标签与登记一致"))
    service.feed_back(officer, key, Feedback(feedback="已电话答复反映人"))
    service.archive(officer, key, Step())
    view = service.view_lead(officer, key)
    assert (view.lead.state, view.lead.reason) == ("archived", "核实标签与登记一致")
    assert len(view.events) == 7
    done = service.read_receipt(work, receipt.token)
    assert (done.stage, done.closed_at) == ("closed", work.now)


def test_another_officer_does_not_decide(work: Work) -> None:
    lead = lead_of(work, make_doubt(work, make_labels(work).code(1)))
    officer, colleague = as_(work, "county_handler"), as_(work, "county_handler")
    service.assign(officer, lead.id or 0, Assignment())
    service.accept(officer, lead.id or 0, Step())
    with pytest.raises(NotAllowed):
        service.no_case(colleague, lead.id or 0, ReasonedStep(reason="不属于本地区"))


def test_a_province_hands_a_lead_down_with_its_photo(work: Work) -> None:
    for code in ("99", "9999", "999999"):
        make_division(work, code)
    lead = lead_of(work, make_doubt(work, place_division="99", photo=picture()))
    province = as_(work, "province_officer", "99")
    with pytest.raises(NotFound):
        service.view_lead(as_(work, "county_handler"), lead.id or 0)
    make_division(work, "32")
    with pytest.raises(NotFound):
        service.assign(province, lead.id or 0, Assignment(to_division="32"))
    service.assign(province, lead.id or 0, Assignment(to_division="999999"))
    county = as_(work, "county_handler")
    document = work.session.exec(select(Document)).one()
    assert service.view_lead(county, lead.id or 0).lead.from_division == "99"
    assert service.paper_of(county, lead.id or 0, document.id or 0).content


# ---- the contact ----


def test_the_contact_is_sealed_and_opened_on_the_record(work: Work) -> None:
    receipt = make_doubt(work, make_labels(work).code(1), contact="13800000000")
    lead, officer, colleague = lead_of(work, receipt), as_(work, "county_handler"), as_(work, "county_handler")
    kept = work.session.exec(select(LeadContact)).one()
    assert b"138" not in kept.sealed
    assert "138" not in lead.model_dump_json()
    service.assign(officer, lead.id or 0, Assignment())
    with pytest.raises(NotAllowed):
        service.open_contact(colleague, lead.id or 0, secret_key=SECRET_KEY)
    assert service.open_contact(officer, lead.id or 0, secret_key=SECRET_KEY) == "13800000000"
    [seen] = work.session.exec(select(LeadContactView)).all()
    assert seen.person_id == officer.actor.person_id


def test_the_contact_is_forgotten_in_time_and_the_lead_stays(work: Work) -> None:
    receipt = make_doubt(work, contact="示例")
    until = receipt.contact_until
    assert until == work.today + timedelta(days=180)
    assert service.forget_contacts(work) == 0
    later = Work(work.session, work.actor, work.now + timedelta(days=180))
    assert service.forget_contacts(later) == 1
    assert work.session.exec(select(LeadContact)).all() == []
    assert service.read_receipt(later, receipt.token).with_contact is False


def test_nothing_that_identifies_the_sender_is_in_the_lead(work: Work) -> None:
    lead = lead_of(work, make_doubt(work, UNKNOWN_CODE, by=sender(client_key="a-client", form_key="a-form")))
    assert "a-client" not in lead.model_dump_json()
    assert work.session.get(DoubtReceipt, lead.id) is not None
