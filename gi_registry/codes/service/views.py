"""What the pages of codes show, gathered for the reader's scope."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gi_registry.batches import service as batches
from gi_registry.batches.models import Batch
from gi_registry.batches.rules.amounts import unit_words, with_unit
from gi_registry.batches.rules.entitlement import Entitlement
from gi_registry.codes import queries
from gi_registry.codes.models import Allotment, CodeInterval
from gi_registry.codes.rules.identity import CodeCounts
from gi_registry.codes.rules.intervals import Span, Status
from gi_registry.codes.rules.life import ALLOTMENT_LIFE, STATUS_LABELS, Action, State
from gi_registry.codes.rules.pitches import PITCHES
from gi_registry.codes.rules.printing import Stage
from gi_registry.codes.service.custody import batch_fits, may_activate
from gi_registry.codes.service.orders import may_order
from gi_registry.codes.service.papers import Part, parts_of
from gi_registry.codes.service.printing import JobRow, jobs_of, printers
from gi_registry.codes.service.selection import Shelf, read_shelf
from gi_registry.kernel.quantities import grouped
from gi_registry.kernel.verdict import Failed, Verdict
from gi_registry.kernel.words import Words, say
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi, Product
from gi_registry.registry.rules import MarkingMode
from gi_registry.workflow import Work

TONES = {
    State.ALLOTTED: "info",
    State.PRINTED: "waiting",
    State.RECEIVED: "settled",
    State.CLOSED: "ended",
    State.VOID: "refused",
    Status.ACTIVATED: "settled",
    Status.VOID: "refused",
    Status.DAMAGED: "ended",
    Status.RETURNED: "ended",
    Status.FROZEN: "waiting",
    Status.RECALLED: "refused",
}

SPOILED = frozenset({Status.DAMAGED, Status.RETURNED, Status.VOID})


@dataclass(frozen=True)
class Quota:
    """The meter of one unit: the entitlement with its bar in thousandths of the whole."""

    unit: str
    entitlement: Entitlement

    def amount(self, quantity: int) -> Words:
        """Return a quantity with its unit."""
        return with_unit(quantity, self.unit)

    @property
    def unit_words(self) -> Words:
        """Return the unit that quantities are shown in."""
        return unit_words(self.unit)

    @property
    def bar(self) -> tuple[int, int]:
        """Return how much of the bar (1000) is used and how much reserved."""
        found = self.entitlement
        whole = max(found.total, found.used + found.reserved, 1)
        return found.used * 1000 // whole, found.reserved * 1000 // whole


@dataclass(frozen=True)
class AllotmentRow:
    """One line of the list of allotments."""

    allotment: Allotment
    product: Product
    left: int
    activated: int
    state: Words
    tone: str


@dataclass(frozen=True)
class CodesPage:
    """The codes of an authorisation in one year."""

    authorisation: Authorisation
    gi: Gi
    year: int
    zone: str
    quotas: tuple[Quota, ...]
    products: tuple[Product, ...]
    rows: tuple[AllotmentRow, ...]
    others: tuple[AllotmentRow, ...]
    counts: CodeCounts
    order: Verdict
    orders: bool
    key: str


@dataclass(frozen=True)
class IntervalRow:
    """What was said of some serial numbers."""

    first: int
    last: int
    status: Words
    tone: str
    batch: Batch | None
    interval: CodeInterval


@dataclass(frozen=True)
class Event:
    """A line of the history."""

    at: datetime
    words: Words


@dataclass(frozen=True)
class AllotmentPage:
    """One allotment: facts, what is in stock, what happened, and what may be done now."""

    allotment: Allotment
    authorisation: Authorisation
    gi: Gi
    product: Product
    state: Words
    tone: str
    quantity: Words
    left: int
    activated: int
    free: tuple[tuple[int, int], ...]
    intervals: tuple[IntervalRow, ...]
    events: tuple[Event, ...]
    parts: tuple[Part, ...]
    mine: bool
    officer: bool
    voids: bool
    activation: Verdict
    batches: tuple[tuple[Batch, Words], ...]
    misfits: tuple[Failed, ...]
    jobs: tuple[JobRow, ...]
    printers: tuple[tuple[int, str], ...]

    def can(self, action: str) -> bool:
        """Say whether the reader may take a step of the life cycle now."""
        return self.mine and ALLOTMENT_LIFE.allows(self.allotment.state, action)

    @property
    def sheets(self) -> list[tuple[str, Words]]:
        """Return the papers that sheets can be printed on."""
        return [(pitch.name, pitch.title) for pitch in PITCHES.values()]

    @property
    def job(self) -> JobRow | None:
        """The commission to a print house that is under way."""
        return next((row for row in self.jobs if row.job.state not in {Stage.ENDED, Stage.RECEIVED}), None)

    @property
    def short(self) -> int:
        """How many labels fewer than the codes were received from a print house and not accounted for as damaged, returned or void."""
        missing = next((row.short for row in self.jobs if row.job.state == Stage.RECEIVED), 0)
        gone = sum(row.last - row.first + 1 for row in self.intervals if row.interval.status in SPOILED)
        return max(missing - gone, 0)

    @property
    def printable(self) -> bool:
        """Whether sheets can be made now."""
        if any(row.job.state != Stage.ENDED for row in self.jobs) or self.allotment.origin != "order":
            return False
        return self.mine and self.allotment.state not in {State.VOID, State.CLOSED}


def view_codes(work: Work, authorisation_id: int, *, year: int | None, zone: str) -> CodesPage:
    """Return quota, allotments and order form of an authorisation. Raises NotFound."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("allotment:view", authorisation)
    year = year or work.today.year
    products = registry.list_products(work.session, authorisation_id)
    coded = tuple(item for item in products if item.marking_mode == MarkingMode.ITEM_CODE)
    rows = [item for item in queries.list_allotments(work.session, authorisation_id) if item.year == year]
    stock = [item for item in queries.unsettled(work.session, authorisation_id=authorisation_id) if item.year != year]
    return CodesPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        year=year,
        zone=zone,
        quotas=tuple(_quotas(work, authorisation, {item.unit for item in coded}, year=year, zone=zone)),
        products=coded,
        rows=tuple(_row(work, item) for item in rows),
        others=tuple(_row(work, item) for item in stock),
        counts=queries.counts(work.session, authorisation_id, year),
        order=may_order(work, authorisation),
        orders=work.allows("allotment:order", authorisation),
        key=secrets.token_hex(8),
    )


def _quotas(work: Work, authorisation: Authorisation, units: Iterable[str], *, year: int, zone: str) -> Iterable[Quota]:
    for unit in sorted(units):
        found = batches.entitlement(
            work.session, authorisation.id or 0, gi_id=authorisation.gi_id, year=year, zone=zone, unit=unit, on=work.today
        )
        yield Quota(unit, found)


def _row(work: Work, allotment: Allotment) -> AllotmentRow:
    shelf = read_shelf(work.session, allotment.id or 0)
    return AllotmentRow(
        allotment,
        registry.get_product(work.session, allotment.product_id),
        shelf.left,
        shelf.activated,
        ALLOTMENT_LIFE.label(allotment.state),
        TONES[State(allotment.state)],
    )


def view_allotment(work: Work, allotment_id: int) -> AllotmentPage:
    """Return everything about one allotment. Raises NotFound."""
    allotment = queries.get_allotment(work.session, allotment_id)
    work.require("allotment:view", allotment)
    shelf = read_shelf(work.session, allotment_id)
    fitting, misfits = _batches(work, allotment)
    said = queries.intervals_of_allotment(work.session, allotment_id)
    return AllotmentPage(
        allotment=allotment,
        authorisation=registry.get_authorisation(work.session, allotment.authorisation_id),
        gi=registry.get_gi(work.session, allotment.gi_id),
        product=registry.get_product(work.session, allotment.product_id),
        state=ALLOTMENT_LIFE.label(allotment.state),
        tone=TONES[State(allotment.state)],
        quantity=with_unit(allotment.quantity, allotment.unit),
        left=shelf.left,
        activated=shelf.activated,
        free=tuple(shelf.free_numbers()),
        intervals=tuple(_interval(work, shelf, row) for row in said if row.lifted_at is None),
        events=tuple(_events(allotment, said)),
        parts=tuple(parts_of(allotment)),
        mine=work.allows("code:activate", allotment),
        officer=work.allows("code:hold", allotment),
        voids=work.allows("code:void", allotment),
        activation=may_activate(work, allotment),
        batches=fitting,
        misfits=misfits,
        jobs=tuple(jobs_of(work, allotment_id)),
        printers=_printers(work, allotment),
    )


def _printers(work: Work, allotment: Allotment) -> tuple[tuple[int, str], ...]:
    """Return the print houses that may be asked now; none where nobody can be."""
    if allotment.state != State.ALLOTTED or not work.allows("print:commission", allotment):
        return ()
    return tuple((row.id or 0, row.name) for row in printers(work))


def _batches(work: Work, allotment: Allotment) -> tuple[tuple[tuple[Batch, Words], ...], tuple[Failed, ...]]:
    fitting, misfits = [], []
    for batch in batches.list_batches(work.session, allotment.authorisation_id, allotment.year):
        problem = batch_fits(allotment, batch)
        if isinstance(problem, Failed):
            misfits.append(problem)
            continue
        left = batches.available_of_batch(work.session, batch.id or 0)
        if left >= allotment.content_per_label:
            fitting.append((batch, _batch_words(batch, left=left, labels=left // allotment.content_per_label)))
    return tuple(fitting), tuple(misfits)


def _batch_words(batch: Batch, *, left: int, labels: int) -> Words:
    day = batch.packed_on or batch.harvested_on
    return say(
        "%(number)s（%(day)s，还可贴 %(labels)s 枚，%(left)s）",
        number=batch.number,
        day=day.isoformat() if day else say("日期未填"),
        labels=grouped(labels),
        left=with_unit(left, batch.unit),
    )


def _interval(work: Work, shelf: Shelf, row: CodeInterval) -> IntervalRow:
    low, high = shelf.numbers(row.range_id, Span(row.serial_from, row.serial_to))
    batch = batches.get_batch(work.session, row.batch_id) if row.batch_id else None
    return IntervalRow(low, high, STATUS_LABELS[row.status], TONES[Status(row.status)], batch, row)


def _events(allotment: Allotment, said: Sequence[CodeInterval]) -> list[Event]:
    events = [Event(allotment.ordered_at, say("核发 %(count)s 枚", count=grouped(allotment.count)))]
    if allotment.printed_at:
        events.append(Event(allotment.printed_at, say("印制，承印方：%(who)s", who=allotment.printer or say("自行打印"))))
    if allotment.received_at:
        events.append(Event(allotment.received_at, say("入库")))
    for row in said:
        count = grouped(row.serial_to - row.serial_from)
        events.append(Event(row.at, say("%(status)s %(count)s 枚", status=STATUS_LABELS[row.status], count=count)))
        if row.lifted_at:
            lifted = say(
                "解除%(status)s %(count)s 枚，依据：%(basis)s", status=STATUS_LABELS[row.status], count=count, basis=row.lift_basis
            )
            events.append(Event(row.lifted_at, lifted))
    if allotment.closed_at:
        events.append(Event(allotment.closed_at, ALLOTMENT_LIFE.label(Action.CLOSE)))
    return sorted(events, key=lambda event: event.at)


def allotment_rows(shown: CodesPage) -> list[dict[str, object]]:
    """Return the list of allotments as plain rows, for CSV and JSON."""
    return [
        {
            "number": row.allotment.number,
            "product": row.product.name,
            "year": row.allotment.year,
            "count": row.allotment.count,
            "activated": row.activated,
            "left": row.left,
            "state": row.allotment.state,
        }
        for row in shown.rows
    ]
