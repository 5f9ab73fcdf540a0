"""What is on file about a code, read over the driver's connections in small statements (see ``scans.connections`` for why).

The tables belong to the features below; their columns are named here and nowhere else in this feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gi_registry.anomalies.rules.grounds import BY_CODE
from gi_registry.codes.rules.intervals import BY_STATEMENT
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.listings.rules.papers import masked, neutral_sentence
from gi_registry.policy.rules import Candidate, Parameter, choose
from gi_registry.registry.rules import AUTHORISATION_LIFE, TRACK_LABELS, Facts, Track, standing_of
from gi_registry.scans.connections import Found, Reader, Statement, day, moment, structure
from gi_registry.verify.rules.outline import Outline, outline_of
from gi_registry.verify.rules.record import Goods, Indication, Issuer, LabReport, Listing, Mark, Origin, Step, User

_RANGE = Statement(
    """SELECT r.id, r.key_id, r.size, r.authorisation_id, a.id AS allotment_id, a.number,
    a.product_id, a.state, a.content_per_label, a.unit, k.revoked_from
    FROM code_range r JOIN allotment a ON a.id = r.allotment_id JOIN signing_key k ON k.id = r.key_id WHERE r.label = :label"""
)
_SAID = "SELECT status, batch_id, at, lifted_at, origin, serial_from, serial_to FROM code_interval WHERE range_id = :range_id"
_SAID_OF_ALL = Statement(_SAID + " ORDER BY id LIMIT :most")
_SAID_OF_ONE = Statement(_SAID + " AND serial_from <= :serial AND serial_to > :serial ORDER BY id")
_ISSUED = Statement(
    """SELECT o.id AS organisation_id, p.id AS protection_id, n.number AS authorisation, n.state, n.matched,
    n.valid_from, n.valid_to, o.name AS user_name, o.uscc, o.natural_person,
    g.id AS gi_id, g.code AS gi_code, g.name AS gi_name, p.track, p.number AS protection_number, p.standard_no AS protection_standard,
    p.state AS protection_state, p.valid_to AS protection_to,
    d.name AS product, d.grade, d.standard_no, d.shelf_life_days,
    (SELECT MIN(x.name) FROM organisation x WHERE x.kind = 'authority' AND x.division_code = n.authority_division) AS authority,
    (SELECT v.name FROM division v WHERE v.code = n.authority_division) AS place
    FROM authorisation n JOIN gi g ON g.id = n.gi_id JOIN protection p ON p.id = n.protection_id
    LEFT JOIN organisation o ON o.id = n.organisation_id LEFT JOIN product d ON d.id = :product_id
    WHERE n.id = :authorisation_id"""
)
_BATCH = Statement(
    """SELECT number, zone, harvest_year, harvested_on, packed_on, best_before_on, grade, state, kind FROM batch WHERE id = :batch_id"""
)
_WORKED = Statement(
    """WITH RECURSIVE made(process_id, depth) AS (
      SELECT process_id, 1 FROM process_output WHERE batch_id = :batch_id
      UNION SELECT o.process_id, m.depth + 1 FROM made m JOIN process_input i ON i.process_id = m.process_id
      JOIN process_output o ON o.batch_id = i.batch_id WHERE m.depth < 12)
    SELECT p.kind, MAX(p.on_date) AS on_date FROM (SELECT process_id FROM made LIMIT 200) w JOIN process p ON p.id = w.process_id
    WHERE p.kind IN ('transform', 'pack') GROUP BY p.kind"""
)
_TESTS = Statement(
    """WITH RECURSIVE source(batch_id, depth) AS (
      SELECT CAST(:batch_id AS INTEGER), 0
      UNION SELECT i.batch_id, s.depth + 1 FROM source s JOIN process_output o ON o.batch_id = s.batch_id
      JOIN process_input i ON i.process_id = o.process_id WHERE s.depth < 12)
    SELECT r.institution_name, r.number, r.issued_on, r.result, MIN(s.depth) AS depth
    FROM (SELECT batch_id, depth FROM source LIMIT 200) s
    JOIN test_report_batch b ON b.batch_id = s.batch_id JOIN test_report r ON r.id = b.report_id WHERE r.state = 'entered'
    GROUP BY r.id, r.institution_name, r.number, r.issued_on, r.result ORDER BY r.issued_on DESC, r.id DESC LIMIT 10"""
)
_SOURCES = Statement(
    """WITH RECURSIVE source(batch_id, depth) AS (
      SELECT CAST(:batch_id AS INTEGER), 0
      UNION SELECT i.batch_id, s.depth + 1 FROM source s JOIN process_output o ON o.batch_id = s.batch_id
      JOIN process_input i ON i.process_id = o.process_id WHERE s.depth < 12)
    SELECT DISTINCT batch_id FROM (SELECT batch_id FROM source LIMIT 200) s"""
)
_AREA = Statement(
    """SELECT id, places, text, map_review_no, zone FROM area_version
    WHERE gi_id = :gi_id AND zone IN (:zone, '') AND (valid_from IS NULL OR valid_from <= :on_date)
    AND (valid_to IS NULL OR valid_to > :on_date)
    ORDER BY zone DESC, valid_from DESC LIMIT 1"""
)
_GEOMETRY = Statement("SELECT geometry FROM area_version WHERE id = :area_id")
_LISTING = Statement(
    """SELECT ground, state, decided_on, decision_number, authority_name FROM listing_case
    WHERE authorisation_id = :authorisation_id AND published_on <= :on_date
    AND (unpublished_on IS NULL OR unpublished_on > :on_date) AND publish_until > :on_date
    ORDER BY severity DESC, decided_on DESC LIMIT 1"""
)
_CLOCK = Statement("SELECT demo, clock_offset_s FROM installation")
_POLICY = Statement("SELECT key, division, valid_from, valid_to, value, version FROM policy_parameter WHERE key LIKE 'verify.%'")

PUBLICLY_ACTIVE = frozenset({"active", "change_review", "rectifying"})
"""States that the page tells as "in force": a change under review and an order to rectify are nobody else's business."""


@dataclass(frozen=True)
class Minted:
    """A range that exists: what is needed to judge one of its codes."""

    range_id: int
    key_id: int
    size: int
    authorisation_id: int
    product_id: int
    allotment_id: int
    allotment: str
    allotment_void: bool
    content: int
    unit: str
    key_revoked_from: datetime | None


@dataclass(frozen=True)
class Stated:
    """What was said of serials ``low`` … ``high`` − 1, and the batch that they were bound to."""

    mark: Mark
    batch_id: int | None
    low: int
    high: int


@dataclass(frozen=True)
class Issued:
    """Who may use the code, for what; ``state`` … ``valid_to`` are what standing is computed from."""

    gi_id: int
    organisation_id: int | None
    protection_id: int
    gi: Indication
    name: str
    uscc: str
    number: str
    facts: Facts
    product: str
    grade: str
    shelf_life_days: int | None
    authority: str


def find_range(reader: Reader, label: str) -> Minted | None:
    """Return the range with this label, or None."""
    row = reader.one(_RANGE, label=label)
    if row is None:
        return None
    return Minted(
        range_id=row["id"],
        key_id=row["key_id"],
        size=row["size"],
        authorisation_id=row["authorisation_id"],
        product_id=row["product_id"],
        allotment_id=row["allotment_id"],
        allotment=row["number"],
        allotment_void=row["state"] == "void",
        content=row["content_per_label"],
        unit=row["unit"],
        key_revoked_from=moment(row["revoked_from"]),
    )


def said_of_range(reader: Reader, range_id: int, *, most: int) -> Sequence[Stated] | None:
    """Return all that was said of the serials of a range, in order; None where it is more than ``most``."""
    rows = reader.all(_SAID_OF_ALL, range_id=range_id, most=most + 1)
    return None if len(rows) > most else [_stated(row) for row in rows]


def said_of(reader: Reader, range_id: int, serial: int) -> Sequence[Stated]:
    """Return what was said of one serial, in order."""
    return [_stated(row) for row in reader.all(_SAID_OF_ONE, range_id=range_id, serial=serial)]


def _stated(row: Found) -> Stated:
    at = moment(row["at"])
    assert at is not None  # the column has a value always
    mark = Mark(row["status"], at, moment(row["lifted_at"]), row["origin"] == BY_STATEMENT)
    return Stated(mark, row["batch_id"], row["serial_from"], row["serial_to"])


def issued_to(reader: Reader, minted: Minted) -> Issued | None:
    """Return the user, the GI and the product that a range was issued for."""
    row = reader.one(_ISSUED, authorisation_id=minted.authorisation_id, product_id=minted.product_id)
    if row is None:
        return None
    return Issued(
        gi_id=row["gi_id"],
        organisation_id=row["organisation_id"],
        protection_id=row["protection_id"],
        gi=_indication(row),
        name=masked(row["user_name"] or "", natural_person=bool(row["natural_person"])),
        uscc=row["uscc"] or "",
        number=row["authorisation"],
        facts=Facts(
            state=row["state"],
            matched=bool(row["matched"]),
            valid_from=day(row["valid_from"]),
            valid_to=day(row["valid_to"]),
            protection_state=row["protection_state"],
            protection_to=day(row["protection_to"]),
        ),
        product=row["product"] or "",
        grade=row["grade"] or "",
        shelf_life_days=row["shelf_life_days"],
        authority=row["authority"] or row["place"] or "",
    )


def _indication(row: Found) -> Indication:
    return Indication(
        name=row["gi_name"],
        code=row["gi_code"],
        track=row["track"],
        track_name=TRACK_LABELS[Track(row["track"])],
        number=row["protection_number"],
        standard_no=row["standard_no"] or row["protection_standard"] or "",
    )


def user_of(issued: Issued, *, packed_on: date | None, today: date) -> User:
    """Return the user as the public may know it: standing today, and on the packing date."""
    facts = issued.facts
    standing = standing_of(facts, (), today)
    ended = facts.state in ("deregistered", "closed") or (facts.valid_to is not None and facts.valid_to <= today)
    label = AUTHORISATION_LIFE.label("active" if facts.state in PUBLICLY_ACTIVE else facts.state)
    return User(
        name=issued.name,
        uscc=issued.uscc,
        authorisation=issued.number,
        status=label if standing.active or facts.state in ("deregistered", "closed") else standing.reasons[0],
        active=standing.active,
        ended_on=(facts.valid_to or today) if ended else None,
        authorised_when_packed=None if packed_on is None else standing_of(facts, (), packed_on).active,
    )


def goods_of(reader: Reader, minted: Minted, issued: Issued, *, batch_id: int | None) -> tuple[Goods, str]:
    """Return product and batch, and the zone of the batch."""
    goods: dict[str, Any] = {
        "product": issued.product,
        "grade": issued.grade,
        "content": minted.content,
        "unit": minted.unit,
        "shelf_life_days": issued.shelf_life_days,
    }
    row = reader.one(_BATCH, batch_id=batch_id) if batch_id is not None else None
    if row is None:
        return Goods(**goods), ""
    packed_on, best = day(row["packed_on"]), day(row["best_before_on"])
    if best is None and packed_on and issued.shelf_life_days:
        best = packed_on + timedelta(days=issued.shelf_life_days)
    batch: dict[str, Any] = {
        **goods,
        "grade": row["grade"] or issued.grade,
        "batch": row["number"],
        "harvest_year": row["harvest_year"],
        "harvested_on": day(row["harvested_on"]),
        "packed_on": packed_on,
        "best_before_on": best,
        "state": row["state"],
        "processed": row["kind"] == "processed",
    }
    return Goods(**batch), row["zone"] or ""


def tests_of(reader: Reader, batch_id: int) -> tuple[LabReport, ...]:
    """Return the newest test reports that speak of a batch, or of one that it was made of."""
    return tuple(
        LabReport(row["institution_name"], row["number"], day(row["issued_on"]) or date.min, row["result"], of_source=row["depth"] > 0)
        for row in reader.all(_TESTS, batch_id=batch_id)
    )


def sources_of(reader: Reader, batch_id: int) -> tuple[int, ...]:
    """Return a batch and those that it was made of, as far back as its page tells of them."""
    return tuple(row["batch_id"] for row in reader.all(_SOURCES, batch_id=batch_id))


def origin_of(reader: Reader, gi_id: int, *, zone: str, on: date) -> Origin | None:
    """Return the places of the area in force on a date, those of the zone before those of the whole; None where none was in force."""
    row = reader.one(_AREA, gi_id=gi_id, zone=zone, on_date=on)
    if row is None:
        return None
    return Origin(tuple(structure(row["places"]) or ()), zone, row["text"] or "", row["map_review_no"] or "", area_id=row["id"])


def read_outline(reader: Reader, area_id: int) -> Outline | None:
    """Return the generalised outline of an area version; None where it has no geometry. Slow: keep what it returns."""
    row = reader.one(_GEOMETRY, area_id=area_id)
    return outline_of(row["geometry"]) if row else None


def worked_on(reader: Reader, goods: Goods, batch_id: int | None) -> dict[str, date | None]:
    """Return the last day of each kind of process that goods went through; asks only where they went through any."""
    if not goods.processed:
        return {}
    return {row["kind"]: day(row["on_date"]) for row in reader.all(_WORKED, batch_id=batch_id)}


def steps_of(goods: Goods, activated_at: datetime | None, worked: dict[str, date | None]) -> tuple[Step, ...]:
    """Return the dated steps of the goods, in their order; ``worked``: the last day of each kind of process."""
    dated = (
        (say("采收"), goods.harvested_on),
        (say("加工"), worked.get("transform")),
        (say("包装"), goods.packed_on or worked.get("pack")),
        (say("标签激活"), legal_date(activated_at) if activated_at else None),
    )
    return tuple(Step(name, on) for name, on in dated if on is not None)


def issuer_of(minted: Minted, issued: Issued) -> Issuer:
    """Return who issued the code."""
    return Issuer(issued.authority, minted.allotment, minted.key_id)


def published_listing(reader: Reader, authorisation_id: int, *, on: date) -> Listing | None:
    """Return the published listing of an authorisation on a date: the gravest, then the latest; None where nothing is published."""
    row = reader.one(_LISTING, authorisation_id=authorisation_id, on_date=on)
    if row is None:
        return None
    ground = BY_CODE.get(row["ground"])
    name = ground.name if ground else Words(row["ground"])
    decided_on, authority, number = day(row["decided_on"]) or on, row["authority_name"] or "", row["decision_number"] or ""
    sentence = neutral_sentence(ground=name, decided_on=decided_on.isoformat(), authority=authority, number=number)
    return Listing(row["ground"], name, decided_on, sentence=sentence, authority=authority, number=number, status=row["state"])


def clock_offset(reader: Reader) -> tuple[bool, timedelta]:
    """Return whether the database is a demonstration, and how far its clock is moved."""
    row = reader.one(_CLOCK)
    return (bool(row["demo"]), timedelta(seconds=int(row["clock_offset_s"]))) if row else (False, timedelta())


def policy_values(reader: Reader, on: date) -> dict[str, Any]:
    """Return the national values of ``verify.*`` in force on a date."""
    candidates = [
        Candidate(
            row["division"],
            day(row["valid_from"]) or date.min,
            day(row["valid_to"]),
            Parameter(row["key"], structure(row["value"]), row["version"]),
        )
        for row in reader.all(_POLICY)
    ]
    chosen = {key: choose([c for c in candidates if c.parameter.key == key], (), on) for key in {c.parameter.key for c in candidates}}
    return {key: parameter.value for key, parameter in chosen.items() if parameter is not None}
