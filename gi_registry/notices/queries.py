"""Reads of the inbox and of service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from gi_registry.kernel.errors import NotFound
from gi_registry.notices.models import Notice, ServiceConsent, ServiceRecord
from gi_registry.notices.rules import Method


def get_notice(session: Session, notice_id: int, organisation_id: int | None) -> Notice:
    """Return a notice of this organisation; raise NotFound for anyone else's."""
    notice = session.get(Notice, notice_id)
    if notice is None or organisation_id is None or notice.organisation_id != organisation_id:
        raise NotFound
    return notice


def list_notices(session: Session, organisation_id: int, *, limit: int = 100) -> Sequence[Notice]:
    """Return the inbox, unread first, newest first."""
    rows = select(Notice).where(Notice.organisation_id == organisation_id)
    return session.exec(rows.order_by(col(Notice.read_at).is_not(None), col(Notice.id).desc()).limit(limit)).all()


def unread_count(session: Session, organisation_id: int | None) -> int:
    """Return how many notices wait in the inbox."""
    if organisation_id is None:
        return 0
    counted = select(func.count()).select_from(Notice).where(Notice.organisation_id == organisation_id, col(Notice.read_at).is_(None))
    return session.exec(counted).one()


def get_service(session: Session, record_id: int) -> ServiceRecord:
    """Return a service record or raise NotFound."""
    record = session.get(ServiceRecord, record_id)
    if record is None:
        raise NotFound
    return record


def find_service_of_notice(session: Session, notice_id: int) -> ServiceRecord | None:
    """Return the service that this notice carries, if it carries one."""
    return session.exec(select(ServiceRecord).where(ServiceRecord.notice_id == notice_id)).first()


def consent_of(session: Session, organisation_id: int, on: date) -> ServiceConsent | None:
    """Return the confirmation of electronic service in force on a day."""
    rows = select(ServiceConsent).where(
        ServiceConsent.organisation_id == organisation_id,
        ServiceConsent.confirmed_on <= on,
        (col(ServiceConsent.ended_on).is_(None)) | (col(ServiceConsent.ended_on) > on),
    )
    return session.exec(rows.order_by(col(ServiceConsent.confirmed_on).desc())).first()


def get_consent(session: Session, consent_id: int, organisation_id: int) -> ServiceConsent:
    """Return a confirmation of this organisation, locked; raise NotFound."""
    query = select(ServiceConsent).where(ServiceConsent.id == consent_id, ServiceConsent.organisation_id == organisation_id)
    found = session.exec(query.with_for_update().execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def consents_of(session: Session, organisation_id: int) -> Sequence[ServiceConsent]:
    """Return every confirmation on file, the newest first."""
    rows = select(ServiceConsent).where(ServiceConsent.organisation_id == organisation_id)
    return session.exec(rows.order_by(col(ServiceConsent.confirmed_on).desc(), col(ServiceConsent.id).desc())).all()


def services_of_notices(session: Session, notice_ids: Sequence[int]) -> frozenset[int]:
    """Return which of these notices carry an electronic service that is not confirmed yet."""
    rows = select(ServiceRecord.notice_id).where(
        col(ServiceRecord.notice_id).in_(notice_ids),
        ServiceRecord.method == Method.ELECTRONIC.value,
        col(ServiceRecord.served_on).is_(None),
    )
    return frozenset(number for number in session.exec(rows) if number is not None)


def running_public_notices(session: Session, today: date) -> Sequence[ServiceRecord]:
    """Return the public notices (公告送达) whose period is not over, newest first."""
    rows = select(ServiceRecord).where(ServiceRecord.method == Method.PUBLIC_NOTICE.value, col(ServiceRecord.served_on) >= today)
    return session.exec(rows.order_by(col(ServiceRecord.sent_on).desc(), col(ServiceRecord.id).desc())).all()
