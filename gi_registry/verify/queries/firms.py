"""Which authorisations fit a question about a firm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.kernel.words import Words, say
from gi_registry.listings.queries import published_listing
from gi_registry.listings.rules.papers import masked
from gi_registry.registry.models import Authorisation, Gi, Protection
from gi_registry.registry.rules import STANDING_PROTECTION, TRACK_LABELS, Facts, Track, standing_of
from gi_registry.verify.rules.firm import Entry, Question

MOST = 50
"""A page shows no more entries; a question that fits more is too wide to answer."""
BEFORE_APPROVAL = ("draft", "county_review", "city_check", "province_review", "national_review", "correction_pending", "closed")

_Columns = tuple[Authorisation, Protection, Gi, Organisation | None]


def entries_for(session: Session, question: Question) -> list[Entry]:
    """Return the authorisations that fit every part of the question, judged on its date, and what is published of them today.

    Applications that were not approved yet are nobody's business.
    """
    query: Select[_Columns] = (
        select(Authorisation, Protection, Gi, Organisation)  # type: ignore[assignment]  # SQLModel types the outer join as inner
        .join(Protection, col(Protection.id) == Authorisation.protection_id)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(col(Authorisation.state).not_in(BEFORE_APPROVAL), *_fits(question))
        .order_by(col(Authorisation.number))
        .limit(MOST)
    )
    return [_entry(session, tuple(row), question.on) for row in session.execute(query)]


def names_of_mark(session: Session, mark: str) -> Sequence[str]:
    """Return the GIs whose protection carries this trade-mark number."""
    query = select(Gi.name).join(Protection, col(Protection.gi_id) == Gi.id).where(Protection.trade_mark_no == mark)
    return sorted(set(session.exec(query)))


def _fits(question: Question) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if question.uscc:
        conditions.append(or_(col(Organisation.uscc) == question.uscc, col(Authorisation.raw_uscc) == question.uscc))
    if question.name:
        conditions.append(or_(_plain(col(Organisation.name)) == question.name, _plain(col(Authorisation.raw_name)) == question.name))
    if question.mark:
        conditions.append(col(Protection.trade_mark_no) == question.mark)
    return conditions


def _plain(column: object) -> ColumnElement[str]:
    """Fold a stored name as ``rules.firm.plain_name`` folds a typed one, as far as SQL can."""
    folded: ColumnElement[str] = func.replace(func.replace(func.replace(column, " ", ""), "(", "（"), ")", "）")
    return folded


def _entry(session: Session, row: _Columns, on: date) -> Entry:
    authorisation, protection, gi, user = row
    published = published_listing(session, authorisation.id or 0)
    natural = bool(user and user.natural_person)
    return Entry(
        gi=gi.name,
        track_name=TRACK_LABELS[Track(protection.track)],
        protection=protection.number,
        mark=protection.trade_mark_no,
        authorisation=authorisation.number,
        user=masked(user.name, natural_person=natural) if user else authorisation.raw_name,
        uscc=(user.uscc if user else authorisation.raw_uscc) or "",
        matched=authorisation.matched,
        valid_from=authorisation.valid_from,
        valid_to=authorisation.valid_to,
        refusals=_refusals(authorisation, protection, on),
        listing=published.sentence if published else None,
    )


def _refusals(authorisation: Authorisation, protection: Protection, on: date) -> tuple[Words, ...]:
    # A name that an announcement approves may use the mark; that its USCC is not matched yet is our open task, said beside the answer.
    facts = Facts(authorisation.state, matched=True, valid_from=authorisation.valid_from, valid_to=authorisation.valid_to)
    reasons = standing_of(facts, (), on).reasons if not standing_of(facts, (), on).active else ()
    return (*reasons, *_lapsed(protection, on))


def _lapsed(protection: Protection, on: date) -> tuple[Words, ...]:
    if protection.valid_to is not None and on >= protection.valid_to:
        return (say("这项地理标志保护已于 %(day)s 终止。", day=protection.valid_to.isoformat()),)
    if protection.state not in STANDING_PROTECTION and protection.valid_to is None:
        return (say("这项地理标志保护目前不在有效状态。"),)
    return ()
