"""Tell an organisation something; serve a document and prove that it was served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.queries import get_organisation, people_of
from gi_registry.documents.models import Document
from gi_registry.documents.queries import get_document
from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.errors import Conflict, NotFound, invalid
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import Words, say
from gi_registry.notices import rules
from gi_registry.notices.models import Notice, ServiceConsent, ServiceRecord
from gi_registry.notices.queries import (
    consent_of,
    consents_of,
    find_service_of_notice,
    get_consent,
    get_notice,
    get_service,
    list_notices,
    services_of_notices,
    unread_count,
)
from gi_registry.notices.queries import running_public_notices as queries_of_public_notices
from gi_registry.notices.rules import Method
from gi_registry.notices.schemas import ConsentForm
from gi_registry.outbox.rules import Channel, SmsLimits, sms_limits
from gi_registry.outbox.service import enqueue
from gi_registry.policy.service import at
from gi_registry.workflow import Work

SMS_KEY = "notices.sms-limits"
PERIOD_KEY = "notices.public-notice-days"


def notify(work: Work, *, organisation_id: int, title: Words, body: Words, link: str = "") -> Notice:
    """Put a notice into the organisation's inbox, and an e-mail and a text message into the outbox for each person who can be reached.

    A text message says the title only; where nobody of the organisation has a mobile number, it goes to the organisation's own.

    The words are stored as said, in Chinese: a notice is a record. The calling verb has asked for its own permission.
    """
    organisation = get_organisation(work.session, organisation_id)
    notice = Notice(organisation_id=organisation_id, title=str(title), body=str(body), link=link, created_at=work.now)
    work.record(notice, "notice:send")
    work.flush()
    reached = [person for person in people_of(work.session, organisation_id) if person.active]
    for address in sorted({person.email for person in reached if "@" in person.email}):
        enqueue(work.session, Channel.EMAIL, recipient=address, subject=notice.title, body=notice.body, now=work.now)
    for number in rules.numbers([person.phone for person in reached], organisation.phone):
        enqueue(work.session, Channel.SMS, recipient=number, subject=notice.title, body=str(rules.short_text(notice.title)), now=work.now)
    return notice


def sms_limits_of(work: Work) -> SmsLimits:
    """Return how many text messages may leave in a day (policy ``notices.sms-limits``)."""
    return sms_limits(at(work.session, SMS_KEY, "", work.today).value)


@dataclass(frozen=True)
class InboxItem:
    """A notice with what confirming it would mean."""

    notice: Notice
    is_service: bool


@dataclass(frozen=True)
class Inbox:
    """The inbox of an organisation."""

    items: tuple[InboxItem, ...]
    unread: int
    consent: ServiceConsent | None = None


def view_inbox(work: Work) -> Inbox:
    """Return the inbox of the actor's organisation, unread first."""
    work.require("notice:view")
    organisation_id = work.actor.organisation_id
    if organisation_id is None:
        return Inbox((), 0)
    notices = list_notices(work.session, organisation_id)
    consent = consent_of(work.session, organisation_id, work.today)
    serving = services_of_notices(work.session, [notice.id or 0 for notice in notices]) if consent else frozenset()
    items = tuple(InboxItem(notice, notice.id in serving) for notice in notices)
    return Inbox(items, unread_count(work.session, organisation_id), consent)


@dataclass(frozen=True)
class PublicNotice:
    """What a public notice says, and nothing more."""

    party: str
    document: str
    collect_at: str
    sent_on: date
    served_on: date | None


def public_notices(work: Work) -> list[PublicNotice]:
    """Return the public notices whose period runs, the newest first; natural persons keep the first character of their name."""
    found = []
    for record in queries_of_public_notices(work.session, work.today):
        party = get_organisation(work.session, record.organisation_id)
        name = party.name[:1] + "*" * max(len(party.name) - 1, 1) if party.natural_person else party.name
        title = record.document_name.removesuffix(".html").removesuffix(".pdf")
        found.append(PublicNotice(name, title, record.collect_at, record.sent_on, record.served_on))
    return found


def mark_read(work: Work, notice_id: int) -> Notice:
    """Confirm a notice. Where it carries an electronic service, today becomes the date served, unless the party withdrew its consent."""
    work.require("notice:view")
    notice = get_notice(work.session, notice_id, work.actor.organisation_id)
    if notice.read_at is not None:
        return notice
    notice.read_at, notice.read_by = work.now, work.actor.pseudonym
    served = find_service_of_notice(work.session, notice_id)
    agreed = consent_of(work.session, notice.organisation_id, work.today) is not None
    if agreed and served is not None and served.method == Method.ELECTRONIC and served.served_on is None:
        served.served_on = work.today
        work.record(served, "service:prove")
    work.flush()
    return notice


@dataclass(frozen=True)
class ConsentPage:
    """What is on file about electronic service to an organisation: every confirmation with its paper, and the one in force."""

    organisation: Organisation
    current: ServiceConsent | None
    papers: tuple[tuple[ServiceConsent, Document], ...]


def view_consent(work: Work, organisation_id: int) -> ConsentPage:
    """Return the confirmations of an organisation; NotFound outside the actor's region."""
    organisation = get_organisation(work.session, organisation_id)
    work.require("consent:view", organisation)
    papers = tuple((row, get_document(work.session, row.document_id)) for row in consents_of(work.session, organisation_id))
    return ConsentPage(organisation, consent_of(work.session, organisation_id, work.today), papers)


def file_consent(work: Work, organisation_id: int, fields: ConsentForm, *, paper: Scan | None) -> ServiceConsent:
    """Keep the signed paper and record the confirmation; the organisation may read its own paper.

    Raises NotFound outside the actor's region, Invalid for a day to come, for a day already on file and for what is no scan.
    """
    organisation = get_organisation(work.session, organisation_id)
    work.require("consent:record", organisation)
    division = organisation.authority_division
    document = store_scan(work, paper, field="document", owner_org_id=organisation_id, authority_division=division)
    return record_consent(work, organisation_id=organisation_id, document_id=document.id or 0, confirmed_on=fields.confirmed_on)


def end_consent(work: Work, organisation_id: int, consent_id: int) -> ServiceConsent:
    """Record that the party withdraws its confirmation: from tomorrow a notice in the inbox no longer serves a document.

    The county records it, or the party itself does. Raises NotFound for another's, Conflict for one withdrawn already.
    """
    organisation = get_organisation(work.session, organisation_id)
    work.require("consent:end", organisation)
    consent = get_consent(work.session, consent_id, organisation_id)
    verdict = rules.may_end(consent.confirmed_on, consent.ended_on, work.today)
    if isinstance(verdict, Failed):
        raise Conflict(verdict.reason, remedy=verdict.remedy)
    for row in consents_of(work.session, organisation_id):
        if row.ended_on is None:  # an older paper must not keep alive what the party withdrew
            row.ended_on = rules.ends_on(work.today)
            work.record(row, "consent:end")
    title, body = say("电子送达确认书已撤回"), say("自 %(on)s 起，文书不再电子送达，改为直接、邮寄或公告送达。", on=consent.ended_on)
    notify(work, organisation_id=organisation_id, title=title, body=body, link="/notices")
    return consent


def record_consent(work: Work, *, organisation_id: int, document_id: int, confirmed_on: date) -> ServiceConsent:
    """Record the party's signed confirmation of electronic service (电子送达确认书)."""
    work.require("consent:record", get_organisation(work.session, organisation_id))
    get_document(work.session, document_id)
    if confirmed_on > work.today:
        raise invalid("confirmed_on", say("确认日期不能晚于今天。"), value=confirmed_on)
    if any(row.confirmed_on == confirmed_on for row in consents_of(work.session, organisation_id)):
        raise invalid("confirmed_on", say("这一天签署的确认书已经登记。"), say("请核对日期，不必重复登记。"), value=confirmed_on)
    consent = ServiceConsent(organisation_id=organisation_id, document_id=document_id, confirmed_on=confirmed_on)
    work.record(consent, "consent:record")
    work.flush()
    return consent


def serve(
    work: Work,
    *,
    document_id: int,
    organisation_id: int,
    method: Method,
    title: Words,
    link: str = "",
    collect_at: str = "",
    note: str = "",
) -> ServiceRecord:
    """Send a document to its party by one of the four methods and open the record that will prove it.

    The date served stays empty until it is proved: electronically by the party's confirmation, by post or in person through
    ``prove``; a public notice counts when its period is over. Raises Conflict where electronic service has no recorded consent.
    The calling verb has asked for its own permission.
    """
    document = get_document(work.session, document_id)
    consent = consent_of(work.session, organisation_id, work.today)
    verdict = rules.may_serve(method, consent_on=consent.confirmed_on if consent else None, today=work.today)
    if isinstance(verdict, Failed):
        raise Conflict(verdict.reason, remedy=verdict.remedy, basis=say("电子送达确认书").template)
    notice = notify(
        work,
        organisation_id=organisation_id,
        title=title,
        body=_cover(method, document.name.removesuffix(".html").removesuffix(".pdf")),
        link=link,
    )
    record = ServiceRecord(
        document_id=document_id,
        document_name=document.name,
        organisation_id=organisation_id,
        method=method.value,
        sent_at=work.now,
        sent_on=work.today,
        served_on=_public_date(work, organisation_id) if method is Method.PUBLIC_NOTICE else None,
        consent_id=consent.id if consent and method is Method.ELECTRONIC else None,
        notice_id=notice.id,
        collect_at=collect_at,
        note=note,
    )
    work.record(record, "service:send")
    work.flush()
    return record


def _cover(method: Method, document_name: str) -> Words:
    if method is Method.ELECTRONIC:
        return say("《%(name)s》已向您电子送达。点击“确认收到”之日为送达之日，期限自次日起算。", name=document_name)
    return say(
        "《%(name)s》已通过%(method)s发出，请注意查收。本消息仅为提示，不代替送达。", name=document_name, method=rules.METHOD_NAMES[method]
    )


def _public_date(work: Work, organisation_id: int) -> date:
    division = get_organisation(work.session, organisation_id).division_code
    return rules.notice_period_ends(work.today, int(at(work.session, PERIOD_KEY, division, work.today).value))


def prove(work: Work, record_id: int, *, served_on: date, proof_document_id: int) -> ServiceRecord:
    """Record the receipt of a delivery by post or in person: the day it was served and the document that proves it."""
    record = get_service(work.session, record_id)
    if record.method not in {Method.POST, Method.PERSONAL}:
        raise NotFound
    get_document(work.session, proof_document_id)
    if not record.sent_on <= served_on <= work.today:
        raise invalid("served_on", say("送达日期须在发出日期 %(sent)s 与今天之间。", sent=record.sent_on), value=served_on)
    record.served_on, record.proof_document_id = served_on, proof_document_id
    work.record(record, "service:prove")
    work.flush()
    return record


def service_of(session: Session, record_id: int) -> rules.Service:
    """Return what is known of a service, for the rules of the procedure above."""
    record = get_service(session, record_id)
    return rules.Service(Method(record.method), record.sent_on, record.served_on, record.proof_document_id is not None)


def served_on(session: Session, record_id: int, today: date) -> date | None:
    """Return the day the document counts as served, or None while it does not."""
    service = service_of(session, record_id)
    return service.served_on if rules.is_served(service, today) else None
