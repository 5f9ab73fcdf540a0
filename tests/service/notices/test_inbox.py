"""The inbox, and what confirming a notice means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.documents.service import store
from gi_registry.kernel.errors import Conflict, Invalid, NotFound
from gi_registry.kernel.words import say
from gi_registry.notices import service
from gi_registry.notices.queries import unread_count
from gi_registry.notices.rules import Method
from gi_registry.outbox.models import OutboxMessage
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor, make_person
from tests.builders.listings import PDF
from tests.builders.registry import make_organisation


def paper(work: Any, owner: int | None = None) -> int:
    return store(work, name="告知书.pdf", content=PDF, owner_org_id=owner, authority_division="999999").id or 0


def send(work: Any, organisation: Any, method: Method) -> Any:
    return service.serve(
        work, document_id=paper(work, organisation.id), organisation_id=organisation.id, method=method, title=say("您有一份文书")
    )


def test_a_notice_is_read_by_its_own_organisation_only(work: Any) -> None:
    mine, other = make_organisation(work), make_organisation(work)
    notice = service.notify(work, organisation_id=mine.id or 0, title=say("年报提醒"), body=say("请报送。"))
    stranger = Work(work.session, make_actor(work, "producer_operator", organisation=other), work.now)
    with pytest.raises(NotFound):
        service.mark_read(stranger, notice.id or 0)
    reader = Work(work.session, make_actor(work, "producer_operator", organisation=mine), work.now)
    assert service.view_inbox(reader).unread == 1
    service.mark_read(reader, notice.id or 0)
    assert unread_count(work.session, mine.id) == 0


def test_people_with_an_address_get_an_e_mail(work: Any) -> None:
    organisation = make_organisation(work)
    make_person(work, "producer_operator", organisation=organisation).email = "user@example.org"
    make_person(work, "producer_operator", organisation=organisation)
    service.notify(work, organisation_id=organisation.id or 0, title=say("年报提醒"), body=say("请报送。"))
    assert [message.recipient for message in work.session.exec(select(OutboxMessage))] == ["user@example.org"]


def test_electronic_service_without_a_confirmation_is_refused(work: Any) -> None:
    with pytest.raises(Conflict):
        send(work, make_organisation(work), Method.ELECTRONIC)


def test_confirming_is_being_served(work: Any) -> None:
    organisation = make_organisation(work)
    service.record_consent(work, organisation_id=organisation.id or 0, document_id=paper(work), confirmed_on=date(2026, 1, 5))
    record = send(work, organisation, Method.ELECTRONIC)
    assert service.served_on(work.session, record.id, work.today) is None
    reader = Work(work.session, make_actor(work, "producer_operator", organisation=organisation), work.now)
    service.mark_read(reader, record.notice_id)
    assert service.served_on(work.session, record.id, work.today) == work.today


def test_a_receipt_proves_delivery_and_cannot_lie_in_the_future(work: Any) -> None:
    record = send(work, make_organisation(work), Method.POST)
    with pytest.raises(Invalid):
        service.prove(work, record.id, served_on=date(2026, 3, 11), proof_document_id=paper(work))
    service.prove(work, record.id, served_on=work.today, proof_document_id=paper(work))
    assert service.served_on(work.session, record.id, work.today) == work.today


def test_reading_the_hint_of_a_posted_letter_is_not_service(work: Any) -> None:
    organisation = make_organisation(work)
    record = send(work, organisation, Method.POST)
    reader = Work(work.session, make_actor(work, "producer_operator", organisation=organisation), work.now)
    service.mark_read(reader, record.notice_id)
    assert service.served_on(work.session, record.id, work.today) is None
