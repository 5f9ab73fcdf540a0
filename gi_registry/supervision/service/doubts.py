"""Take a doubt from the public, and tell its receipt."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gi_registry.codes.rules.sealing import seal
from gi_registry.divisions.queries import find_division, working_days
from gi_registry.kernel.errors import Duplicate, NotFound, TooMany, invalid
from gi_registry.kernel.words import say
from gi_registry.policy.service import at, find
from gi_registry.supervision import queries
from gi_registry.supervision.models import DoubtReceipt, Lead, LeadContact
from gi_registry.supervision.rules import receipts
from gi_registry.supervision.rules.doubts import DAY, HOUR, ground_hint, over, read_limits
from gi_registry.supervision.rules.life import Source, Stage, Subject, stage
from gi_registry.supervision.schemas import Doubt
from gi_registry.supervision.service.opening import attach, open_lead
from gi_registry.supervision.service.photos import Photo
from gi_registry.supervision.service.subjects import Concerned, concerned
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Sender:
    """Who sends, as far as it may be known: the key of the client for this day, a coarse place, and the key of the form."""

    client_key: str
    form_key: str
    place: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What the sender is told. ``token`` is number and check in one word, for the address."""

    number: str
    check: str
    token: str
    stage: Stage
    received_at: datetime
    due_on: date | None
    longest_on: date | None
    closed_at: datetime | None
    with_contact: bool
    contact_until: date | None


def take_doubt(work: Work, code: str, fields: Doubt, *, sender: Sender, secret_key: str, photo: Photo | None = None) -> Receipt:
    """Take a doubt about a well-formed code, issued or not, and return its receipt; the same form sent again gets the same receipt.

    Raises NotFound for what is no code, Invalid where nothing was said, TooMany beyond ``doubt.limits``.
    """
    about = concerned(work, code, secret_key=secret_key)
    before = queries.find_by_form(work.session, sender.form_key)
    if before is not None:
        return _receipt(work, before)
    if not (fields.wrongs or fields.text or photo):
        raise invalid("wrongs", say("还没有说明哪里不对。"), say("请至少选择一项，或写几句话，或附一张照片。"))
    refuse_flood(work, about.code, sender)
    try:
        with work.savepoint():
            lead = _open(work, about, fields, sender=sender)
    except Duplicate:
        twin = queries.find_by_form(work.session, sender.form_key)
        if twin is None:
            raise
        return _receipt(work, twin)
    if photo is not None:
        attach(work, lead, name=f"{lead.number}.jpg", content=photo.content)
    _keep_contact(work, lead, fields.contact, secret_key=secret_key)
    return _receipt(work, lead)


def _open(work: Work, about: Concerned, fields: Doubt, *, sender: Sender) -> Lead:
    place = fields.place_division if fields.place_division and find_division(work.session, fields.place_division) else ""
    wrongs = tuple(wrong.value for wrong in fields.wrongs)
    lead = open_lead(
        work,
        Source.DOUBT,
        authority_division=about.authority_division or place or _coarse(work, sender.place),
        subject_kind=Subject.CODE.value if about.issued else Subject.UNKNOWN.value,
        code=about.code,
        range_id=about.range_id,
        serial=about.serial,
        authorisation_id=about.authorisation_id,
        gi_id=about.gi_id,
        ground=ground_hint(wrongs) or ("" if about.issued else "CL-02"),
        wrongs=list(dict.fromkeys(wrongs)),
        text=fields.text,
        place_division=place,
        place=fields.place,
        bought_on=fields.bought_on if fields.bought_on and fields.bought_on <= work.today else None,
    )
    check = receipts.new_check()
    work.session.add(
        DoubtReceipt(lead_id=lead.id or 0, check_text=check, form_key=sender.form_key, client_key=sender.client_key, at=work.now)
    )
    work.flush()
    return lead


def _coarse(work: Work, place: str | None) -> str:
    """Return the province of a scan place where it is on file: a code of nobody goes to the province it was held in."""
    return place[:2] if place and find_division(work.session, place[:2]) else ""


def refuse_flood(work: Work, code: str, sender: Sender) -> None:
    """Raise TooMany where the client, the code or everybody sent more than ``doubt.limits``; a form sent again is no further one."""
    if queries.find_by_form(work.session, sender.form_key) is not None:
        return
    found = find(work.session, "doubt.limits", "", work.today)
    limits = read_limits(found.value if found else None)
    by_client = queries.doubts_since(work.session, work.now - HOUR, client=sender.client_key)
    of_code = queries.doubts_since(work.session, work.now - DAY, code=code)
    of_all = queries.doubts_since(work.session, work.now - HOUR)
    if over(limits, by_client=by_client, of_code=of_code, of_all=of_all):
        raise TooMany(
            say("短时间内提交的反映过多，本次没有收下。"),
            remedy=say("请过一小时再试；情况紧急的，请拨打 12315。"),
            basis="doubt.limits",
        )


def _keep_contact(work: Work, lead: Lead, contact: str, *, secret_key: str) -> None:
    if not contact:
        return
    days = int(at(work.session, "doubt.contact-days", "", work.today).value)
    sealed = seal(contact.encode(), secret_key=secret_key, label=f"lead-contact-{lead.id}")
    work.session.add(LeadContact(lead_id=lead.id or 0, sealed=sealed, delete_on=work.today + timedelta(days=days)))
    work.flush()


def read_receipt(work: Work, token: str) -> Receipt:
    """Return the receipt for number and check; raise NotFound for a wrong one, whichever of the two is wrong."""
    read = receipts.read_token(token)
    lead = queries.find_by_number(work.session, read[0]) if read else None
    kept = queries.receipt_of(work.session, lead.id or 0) if lead else None
    if read is None or lead is None or kept is None or not hmac.compare_digest(kept.check_text, read[1]):
        raise NotFound(say("没有找到这份回执。请核对编号和查询码。"))
    return _receipt(work, lead)


def _receipt(work: Work, lead: Lead) -> Receipt:
    kept, contact = queries.receipt_of(work.session, lead.id or 0), queries.contact_of(work.session, lead.id or 0)
    check = kept.check_text if kept else ""
    extension = int(at(work.session, "lead.extension-working-days", lead.authority_division, work.today).value)
    longest = working_days(work.session).add(lead.due_on, extension).on if lead.due_on else None
    return Receipt(
        number=lead.number,
        check=check,
        token=receipts.token_of(lead.number, check),
        stage=stage(lead.state),
        received_at=lead.received_at,
        due_on=lead.due_on,
        longest_on=longest,
        closed_at=lead.closed_at,
        with_contact=contact is not None,
        contact_until=contact.delete_on if contact else None,
    )


def forget_contacts(work: Work) -> int:
    """Delete the contacts whose day has come; return how many. The lead stays, without a way to its reporter."""
    due = queries.contacts_due(work.session, work.today)
    for contact in due:
        work.session.delete(contact)
    work.flush()
    return len(due)
