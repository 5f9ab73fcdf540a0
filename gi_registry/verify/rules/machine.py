"""The answer for machines: the keys of contract.md, nothing translated but names that are words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from gi_registry.kernel.words import Words
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.rules.answer import Answer
from gi_registry.verify.rules.record import Record

Translate = Callable[[str], str]
KEYS = ("verdict", "code", "gi", "user", "batch", "origin", "tests", "checks", "listing", "issued_by", "at")


def as_json(answer: Answer, translate: Translate) -> dict[str, Any]:
    """Return the answer as JSON values; what is not on file is null, what does not exist yet is an empty list."""
    record = answer.record
    return {
        "verdict": str(answer.verdict),
        "code": record.code,
        "gi": _gi(record, translate),
        "user": _user(record, translate),
        "batch": _batch(record, translate),
        "origin": _origin(record),
        "tests": [{"institution": t.institution, "number": t.number, "on": _day(t.on), "result": t.result} for t in record.tests],
        "checks": _checks(answer),
        "listing": _listing(record, translate),
        "issued_by": _issuer(record),
        "at": _moment(answer.at),
    }


def malformed_json(text: str, reason: Words, *, at: datetime, translate: Translate) -> dict[str, Any]:
    """Return the same keys for a text that is no code, with the reason."""
    empty: dict[str, Any] = dict.fromkeys(KEYS)
    shown: dict[str, Any] = {"verdict": str(Verdict.UNKNOWN), "code": text, "tests": [], "at": _moment(at)}
    return {**empty, **shown, "checks": {"first_at": None, "count": None}, "detail": reason.in_language(translate)}


def _gi(record: Record, translate: Translate) -> dict[str, Any] | None:
    gi = record.gi
    if gi is None:
        return None
    return {
        "name": gi.name,
        "code": gi.code,
        "track": gi.track,
        "track_name": _said(gi.track_name, translate),
        "number": gi.number,
        "standard_no": gi.standard_no or None,
    }


def _user(record: Record, translate: Translate) -> dict[str, Any] | None:
    user = record.user
    if user is None:
        return None
    return {
        "name": user.name,
        "uscc": user.uscc or None,
        "authorisation": user.authorisation,
        "status": _said(user.status, translate),
        "active": user.active,
        "authorised_when_packed": user.authorised_when_packed,
    }


def _batch(record: Record, translate: Translate) -> dict[str, Any] | None:
    goods = record.goods
    if goods is None:
        return None
    return {
        "number": goods.batch or None,
        "product": goods.product,
        "grade": goods.grade or None,
        "net_content": {"quantity": goods.content, "unit": goods.unit} if goods.content else None,
        "harvest_year": goods.harvest_year,
        "harvested_on": _day(goods.harvested_on),
        "packed_on": _day(goods.packed_on),
        "best_before_on": _day(goods.best_before_on),
        "shelf_life_days": goods.shelf_life_days,
        "steps": [{"step": _said(step.name, translate), "on": _day(step.on)} for step in record.steps],
    }


def _origin(record: Record) -> dict[str, Any] | None:
    origin = record.origin
    if origin is None:
        return None
    return {
        "places": list(origin.places),
        "zone": origin.zone or None,
        "text": origin.text or None,
        "map_review_no": origin.map_review_no or None,
    }


def _checks(answer: Answer) -> dict[str, Any]:
    checks = answer.record.checks
    shown: dict[str, Any] = {"first_at": _moment(checks.first_at), "count": checks.count}
    if answer.verdict is Verdict.SUSPECT and checks.suspicion:
        shown["counted"] = {
            "client_days": checks.suspicion.client_days,
            "provinces": checks.suspicion.provinces,
            "hours": checks.suspicion.hours,
        }
    return shown


def _listing(record: Record, translate: Translate) -> dict[str, Any] | None:
    listing = record.listing
    if listing is None:
        return None
    return {
        "ground": listing.ground,
        "ground_name": _said(listing.ground_name, translate),
        "decided_on": _day(listing.decided_on),
        "authority": listing.authority or None,
        "number": listing.number or None,
        "status": listing.status,
    }


def _issuer(record: Record) -> dict[str, Any] | None:
    issuer = record.issued_by
    return None if issuer is None else {"name": issuer.name, "allotment": issuer.allotment or None, "key_id": issuer.key_id}


def _said(words: Words | None, translate: Translate) -> str | None:
    return None if words is None else words.in_language(translate)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
