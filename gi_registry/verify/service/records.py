"""Read what is on file about a range and about a stretch of its serials, and say until when it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from gi_registry.codes.rules.intervals import Cuts, Span
from gi_registry.codes.rules.mac import Prover
from gi_registry.kernel.clock import legal_date, start_of
from gi_registry.scans.connections import Reader
from gi_registry.verify.queries import codes as queries
from gi_registry.verify.queries.changes import Row
from gi_registry.verify.queries.codes import Minted, Stated
from gi_registry.verify.rules.answer import standing
from gi_registry.verify.rules.record import Mark, Origin, Record
from gi_registry.verify.service.kept import KeptRange, Stretch

MOST_SAID = 20_000
"""A range of which more was said is not kept by stretches: its intervals are asked for with each code."""


def read_range(reader: Reader, minted: Minted, prover: Prover) -> KeptRange | None:
    """Return a range with whom it was issued to; None where nobody is on file."""
    issued = queries.issued_to(reader, minted)
    if issued is None:
        return None
    said = queries.said_of_range(reader, minted.range_id, most=MOST_SAID)
    cuts = None if said is None else Cuts([Span(stated.low, stated.high) for stated in said])
    named = {
        "code_range": minted.range_id,
        "allotment": minted.allotment_id,
        "signing_key": minted.key_id,
        "authorisation": minted.authorisation_id,
        "product": minted.product_id,
        "organisation": issued.organisation_id,
        "gi": issued.gi_id,
        "protection": issued.protection_id,
    }
    return KeptRange(minted, issued, prover, said or (), cuts, _rows(named.items()))


def read_stretch(reader: Reader, kept: KeptRange, serial: int, now: datetime) -> Stretch:
    """Return the record of a serial, as it holds of every serial of which the same was said."""
    said = _said(reader, kept, serial)
    record, sources = _record(reader, kept, said, now=now)
    since, until = _holds([stated.mark for stated in said], kept.minted.key_revoked_from, now)
    return Stretch(record, standing(record, now), legal_date(now), since, until, _rows(("batch", batch) for batch in sources))


def _record(reader: Reader, kept: KeptRange, said: Sequence[Stated], *, now: datetime) -> tuple[Record, Sequence[int]]:
    minted, issued, today = kept.minted, kept.issued, legal_date(now)
    bound = next((stated for stated in said if stated.mark.status == "activated" and stated.mark.holds(now)), None)
    batch_id, activated_at = (bound.batch_id, bound.mark.at) if bound else (None, None)
    goods, zone = queries.goods_of(reader, minted, issued, batch_id=batch_id)
    packed_on = goods.packed_on or (legal_date(activated_at) if activated_at else None)
    record = Record(
        code="",
        genuine=True,
        key_revoked_from=minted.key_revoked_from,
        allotment_void=minted.allotment_void,
        marks=tuple(stated.mark for stated in said),
        gi=issued.gi,
        user=queries.user_of(issued, packed_on=packed_on, today=today),
        goods=goods,
        origin=_origin(reader, kept, zone, on=goods.harvested_on or packed_on or today),
        steps=queries.steps_of(goods, activated_at, queries.worked_on(reader, goods, batch_id)),
        tests=() if batch_id is None else queries.tests_of(reader, batch_id),
        listing=queries.published_listing(reader, minted.authorisation_id, on=today),
        issued_by=queries.issuer_of(minted, issued),
    )
    return record, () if batch_id is None else queries.sources_of(reader, batch_id)


def _origin(reader: Reader, kept: KeptRange, zone: str, *, on: date) -> Origin | None:
    """Return the origin, with its outline where a map review number is stored: drawn once for a range, drawing is slow."""
    origin = queries.origin_of(reader, kept.issued.gi_id, zone=zone, on=on)
    if origin is None or not origin.map_review_no:
        return origin
    if origin.area_id not in kept.outlines:
        kept.outlines[origin.area_id] = queries.read_outline(reader, origin.area_id)
    return replace(origin, outline=kept.outlines[origin.area_id])


def _said(reader: Reader, kept: KeptRange, serial: int) -> Sequence[Stated]:
    if kept.cuts is None:
        return queries.said_of(reader, kept.minted.range_id, serial)
    return [kept.said[number] for number in kept.cuts.covering(serial)]


def _holds(marks: Iterable[Mark], revoked_from: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """Return since when and until when nothing begins or ends to hold: the day (dates rest on it), the marks, the key."""
    today = legal_date(now)
    moments = [start_of(today), start_of(today + timedelta(days=1))]
    moments += [moment for mark in marks for moment in (mark.at, mark.until) if moment is not None]
    moments += [revoked_from] if revoked_from is not None else []
    past, coming = [moment for moment in moments if moment <= now], [moment for moment in moments if moment > now]
    return max(past), min(coming)


def _rows(named: Iterable[tuple[str, int | None]]) -> frozenset[Row]:
    return frozenset((table, str(number)) for table, number in named if number is not None)
