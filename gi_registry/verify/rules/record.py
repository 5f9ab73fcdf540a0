"""What is on file about one code: frozen facts, gathered by ``queries`` and judged by ``answer``. Moments are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gi_registry.kernel.words import Words
from gi_registry.verify.rules.outline import Outline


class Counting(StrEnum):
    """Whether this look-up was counted, and why not."""

    COUNTED = "counted"
    MERGED = "merged"
    PREVIEW = "preview"
    UNAVAILABLE = "unavailable"
    NOT_LIVE = "not-live"


@dataclass(frozen=True)
class Suspicion:
    """Counted facts: this many client-days in this many provinces within these hours."""

    client_days: int
    provinces: int
    hours: int


@dataclass(frozen=True)
class Checks:
    """The checks of a code, this look-up included when it counted. ``is_first`` is true once in the life of a code."""

    counting: Counting = Counting.NOT_LIVE
    first_at: datetime | None = None
    count: int | None = None
    is_first: bool = False
    suspicion: Suspicion | None = None


@dataclass(frozen=True)
class Mark:
    """What was said of an interval that covers the serial; ``until`` is when it was lifted, ``by_user`` that its user stated it."""

    status: str
    at: datetime
    until: datetime | None = None
    by_user: bool = False

    def holds(self, now: datetime) -> bool:
        """Say whether it holds at a moment."""
        return self.at <= now and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Indication:
    """The GI and the protection under which the code was issued."""

    name: str
    code: str = ""
    track: str = ""
    track_name: Words | None = None
    number: str = ""
    standard_no: str = ""


@dataclass(frozen=True)
class User:
    """The legal user. ``authorised_when_packed`` is None where no packing date is on file; ``active`` speaks of today."""

    name: str
    uscc: str = ""
    authorisation: str = ""
    status: Words | None = None
    active: bool = True
    ended_on: date | None = None
    authorised_when_packed: bool | None = None


@dataclass(frozen=True)
class Goods:
    """Product and batch; the batch part is empty until the code was activated."""

    product: str = ""
    grade: str = ""
    content: int | None = None
    unit: str = ""
    batch: str = ""
    harvest_year: int | None = None
    harvested_on: date | None = None
    packed_on: date | None = None
    best_before_on: date | None = None
    shelf_life_days: int | None = None
    state: str = ""
    processed: bool = False


@dataclass(frozen=True)
class Origin:
    """The places of the area version in force at harvest; an outline may be shown only with a stored map review number (审图号)."""

    places: tuple[str, ...] = ()
    zone: str = ""
    text: str = ""
    map_review_no: str = ""
    outline: Outline | None = None
    area_id: int = 0


@dataclass(frozen=True)
class Step:
    """A step on the way of the goods, with its date."""

    name: Words
    on: date


@dataclass(frozen=True)
class LabReport:
    """The summary of a test report; ``result`` is ``pass`` or ``fail``; ``of_source``: it speaks of goods that the batch was made of."""

    institution: str
    number: str
    on: date
    result: str
    of_source: bool = False


@dataclass(frozen=True)
class Listing:
    """A published entry in the list of abnormal use, as stated in the decision."""

    ground: str
    ground_name: Words
    decided_on: date
    sentence: Words
    authority: str = ""
    number: str = ""
    status: str = "listed"


@dataclass(frozen=True)
class Issuer:
    """Who issued the code."""

    name: str
    allotment: str = ""
    key_id: int | None = None


@dataclass(frozen=True)
class Record:
    """Everything on file about one code. ``genuine``: the MAC proves it and the serial was minted."""

    code: str
    genuine: bool = False
    key_revoked_from: datetime | None = None
    allotment_void: bool = False
    marks: tuple[Mark, ...] = ()
    gi: Indication | None = None
    user: User | None = None
    goods: Goods | None = None
    origin: Origin | None = None
    steps: tuple[Step, ...] = ()
    tests: tuple[LabReport, ...] = ()
    checks: Checks = Checks()
    listing: Listing | None = None
    issued_by: Issuer | None = None


def told(kept: Record, code: str, checks: Checks) -> Record:
    """Return a record with its code and checks in place: ``replace`` without its seven microseconds."""
    record = object.__new__(Record)
    record.__dict__.update(kept.__dict__, code=code, checks=checks)
    return record
