"""Reads of codes. ``lookup`` is what a scan asks; ``counts`` is what the annual report asks. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange, PrintJob, SigningKey
from gi_registry.codes.rules.identity import CodeCounts, Marked, Stock, count_labels
from gi_registry.codes.rules.intervals import Layer, Span, Status
from gi_registry.codes.rules.life import State
from gi_registry.codes.rules.printing import Stage
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Authorisation, Product


@dataclass(frozen=True)
class Found:
    """What is on file about one serial; the layers are None where nothing was said."""

    code_range: CodeRange
    allotment: Allotment
    key: SigningKey
    activation: CodeInterval | None
    exception: CodeInterval | None


# ---- keys ----


def find_key(session: Session, key_id: int) -> SigningKey | None:
    """Return a signing key by the symbol on paper."""
    return session.get(SigningKey, key_id)


def list_keys(session: Session) -> Sequence[SigningKey]:
    """Return every signing key, the oldest first."""
    return session.exec(select(SigningKey).order_by(col(SigningKey.id))).all()


def current_key(session: Session) -> SigningKey | None:
    """Return the key that new codes are made with: the newest that is not revoked."""
    unrevoked = select(SigningKey).where(col(SigningKey.revoked_from).is_(None))
    return session.exec(unrevoked.order_by(col(SigningKey.id).desc()).limit(1)).first()


# ---- one code ----


def find_range(session: Session, label: str) -> CodeRange | None:
    """Return the range of a label of five symbols."""
    return session.exec(select(CodeRange).where(CodeRange.label == label)).first()


def intervals_of(session: Session, range_id: int) -> Sequence[CodeInterval]:
    """Return the open intervals of a range in the order of their serials."""
    query = select(CodeInterval).where(CodeInterval.range_id == range_id, col(CodeInterval.lifted_at).is_(None))
    return session.exec(query.order_by(col(CodeInterval.serial_from))).all()


def lookup(session: Session, label: str, serial: int) -> Found | None:
    """Return what is on file about a serial of a range; None for a range that is not ours and for a serial beyond its size."""
    row = session.exec(
        select(CodeRange, Allotment, SigningKey)
        .join(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .join(SigningKey, col(SigningKey.id) == CodeRange.key_id)
        .where(CodeRange.label == label)
    ).first()
    if row is None or not 0 <= serial < row[0].size:
        return None
    said = session.exec(
        select(CodeInterval).where(
            CodeInterval.range_id == row[0].id,
            col(CodeInterval.lifted_at).is_(None),
            CodeInterval.serial_from <= serial,
            CodeInterval.serial_to > serial,
        )
    ).all()
    by_layer = {interval.layer: interval for interval in said}
    return Found(row[0], row[1], row[2], by_layer.get(Layer.ACTIVATION), by_layer.get(Layer.EXCEPTION))


# ---- allotments ----


def find_allotment(session: Session, allotment_id: int) -> Allotment | None:
    """Return an allotment or None."""
    return session.get(Allotment, allotment_id)


def get_allotment(session: Session, allotment_id: int) -> Allotment:
    """Return an allotment; raise NotFound."""
    found = find_allotment(session, allotment_id)
    if found is None:
        raise NotFound
    return found


def locked_allotment(session: Session, allotment_id: int) -> Allotment:
    """Return an allotment as it stands now, its row locked until the transaction ends; raise NotFound."""
    session.flush()
    query = select(Allotment).where(col(Allotment.id) == allotment_id).with_for_update().execution_options(populate_existing=True)
    allotment: Allotment | None = session.execute(query).scalar_one_or_none()
    if allotment is None:
        raise NotFound
    return allotment


def find_allotment_by_number(session: Session, number: str) -> Allotment | None:
    """Return an allotment by its number or None."""
    return session.exec(select(Allotment).where(Allotment.number == number)).first()


def find_repeat(session: Session, authorisation_id: int, key: str) -> Allotment | None:
    """Return the allotment that an earlier request with this idempotency key made."""
    query = select(Allotment).where(Allotment.authorisation_id == authorisation_id, Allotment.idempotency_key == key)
    return session.exec(query).first()


def list_allotments(session: Session, authorisation_id: int) -> Sequence[Allotment]:
    """Return the allotments of an authorisation, the newest first."""
    query = select(Allotment).where(Allotment.authorisation_id == authorisation_id)
    return session.exec(query.order_by(col(Allotment.id).desc())).all()


def unsettled(session: Session, *, authorisation_id: int | None = None) -> Sequence[Allotment]:
    """Return the allotments, of one authorisation or all, that may still have labels nobody used, the oldest first."""
    stock = select(CodeRange.allotment_id).where(col(CodeRange.used) < col(CodeRange.size))
    query = select(Allotment).where(col(Allotment.state).not_in((State.CLOSED, State.VOID)), col(Allotment.id).in_(stock))
    if authorisation_id is not None:
        query = query.where(Allotment.authorisation_id == authorisation_id)
    return session.exec(query.order_by(col(Allotment.id))).all()


def ranges_of(session: Session, allotment_id: int) -> Sequence[CodeRange]:
    """Return the ranges of an allotment in the order they were made."""
    return session.exec(select(CodeRange).where(CodeRange.allotment_id == allotment_id).order_by(col(CodeRange.id))).all()


def intervals_of_allotment(session: Session, allotment_id: int) -> Sequence[CodeInterval]:
    """Return every interval of an allotment, lifted ones too, the oldest first."""
    query = select(CodeInterval).join(CodeRange, col(CodeRange.id) == CodeInterval.range_id)
    return session.exec(query.where(CodeRange.allotment_id == allotment_id).order_by(col(CodeInterval.id))).all()


def find_interval(session: Session, interval_id: int) -> CodeInterval | None:
    """Return an interval or None."""
    return session.get(CodeInterval, interval_id)


def allotment_of(session: Session, interval: CodeInterval) -> int:
    """Return the id of the allotment that an interval belongs to."""
    return session.exec(select(CodeRange.allotment_id).where(CodeRange.id == interval.range_id)).one()


def activated_of_batch(session: Session, batch_id: int) -> int:
    """Return how many codes of any allotment are activated on a batch."""
    size = func.sum(col(CodeInterval.serial_to) - col(CodeInterval.serial_from))
    query = select(size).where(CodeInterval.batch_id == batch_id, CodeInterval.status == Status.ACTIVATED)
    return int(session.exec(query.where(col(CodeInterval.lifted_at).is_(None))).one() or 0)


def every_activation(session: Session) -> Iterable[tuple[CodeInterval, str, int]]:
    """Yield every open activation with the label of its range and the id of its batch."""
    query = select(CodeInterval, CodeRange.label, CodeInterval.batch_id).join(CodeRange, col(CodeRange.id) == CodeInterval.range_id)
    where = query.where(CodeInterval.status == Status.ACTIVATED, col(CodeInterval.lifted_at).is_(None))
    for interval, label, batch_id in session.exec(where.order_by(col(CodeInterval.id))):
        yield interval, label, batch_id or 0


@dataclass(frozen=True)
class Bound:
    """A run of serial numbers whose labels are on a batch; ``serial_to`` is the first that is not."""

    batch_id: int
    range_id: int
    label: str
    allotment_id: int
    allotment: str
    serial_from: int
    serial_to: int

    @property
    def labels(self) -> int:
        """How many labels."""
        return self.serial_to - self.serial_from


_AT_ONCE = 5_000


def bound_to(session: Session, batch_ids: Sequence[int]) -> list[Bound]:
    """Return the activated runs of labels on some batches, in the order of batches and serial numbers."""
    found: list[Bound] = []
    for at in range(0, len(batch_ids), _AT_ONCE):
        query = (
            select(
                CodeInterval.batch_id,
                CodeInterval.range_id,
                CodeRange.label,
                CodeRange.allotment_id,
                Allotment.number,
                CodeInterval.serial_from,
                CodeInterval.serial_to,
            )  # type: ignore[call-overload]
            .join(CodeRange, col(CodeRange.id) == col(CodeInterval.range_id))
            .join(Allotment, col(Allotment.id) == col(CodeRange.allotment_id))
            .where(col(CodeInterval.batch_id).in_(batch_ids[at : at + _AT_ONCE]), CodeInterval.status == Status.ACTIVATED)
            .where(col(CodeInterval.lifted_at).is_(None))
        )
        found += [Bound(*row) for row in session.exec(query)]
    return sorted(found, key=lambda bound: (bound.batch_id, bound.allotment_id, bound.range_id, bound.serial_from))


# ---- print jobs ----


@dataclass(frozen=True)
class JobFound:
    """A print job with what both sides call it by."""

    job: PrintJob
    allotment: Allotment
    product: Product
    printer: str
    user: str


def print_jobs(session: Session, where: ColumnElement[bool], *, limit: int = 200) -> list[JobFound]:
    """Return the print jobs that fit, the newest first, each with allotment, product, print house and user."""
    query = (
        select(PrintJob, Allotment, Product, Organisation.name, Authorisation.raw_name)  # type: ignore[call-overload]
        .join(Allotment, col(Allotment.id) == col(PrintJob.allotment_id))
        .join(Product, col(Product.id) == col(Allotment.product_id))
        .join(Organisation, col(Organisation.id) == col(PrintJob.owner_org_id))
        .join(Authorisation, col(Authorisation.id) == col(Allotment.authorisation_id))
    )
    return [JobFound(*row) for row in session.exec(query.where(where).order_by(col(PrintJob.id).desc()).limit(limit))]


def open_print_job(session: Session, allotment_id: int) -> PrintJob | None:
    """Return the print job of an allotment that was neither ended nor fulfilled."""
    done = (Stage.ENDED, Stage.RECEIVED)
    return session.exec(select(PrintJob).where(PrintJob.allotment_id == allotment_id, col(PrintJob.state).not_in(done))).first()


def printed_by_house(session: Session, allotment_id: int) -> bool:
    """Say whether a print house has or had the job of printing an allotment: then nobody else prints these codes again."""
    query = select(PrintJob.id).where(PrintJob.allotment_id == allotment_id, PrintJob.state != Stage.ENDED)
    return session.exec(query.limit(1)).first() is not None


def get_print_job(session: Session, job_id: int) -> PrintJob:
    """Return a print job; raise NotFound."""
    found = session.get(PrintJob, job_id)
    if found is None:
        raise NotFound
    return found


def locked_print_job(session: Session, job_id: int) -> PrintJob:
    """Return a print job as it stands now, its row locked until the transaction ends; raise NotFound."""
    session.flush()
    query = select(PrintJob).where(col(PrintJob.id) == job_id).with_for_update().execution_options(populate_existing=True)
    job: PrintJob | None = session.execute(query).scalar_one_or_none()
    if job is None:
        raise NotFound
    return job


# ---- the label identity ----


def counts(session: Session, authorisation_id: int, year: int) -> CodeCounts:
    """Return opening, received, activated, spoiled, void, returned and closing labels of a calendar year (Shanghai dates)."""
    received = session.exec(
        select(CodeRange.id, CodeRange.size, Allotment.received_at)
        .join(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .where(Allotment.authorisation_id == authorisation_id, col(Allotment.received_at).is_not(None))
    ).all()
    stocks = [Stock(range_id or 0, size, _day(at)) for range_id, size, at in received]
    intervals = session.exec(
        select(CodeInterval)
        .join(CodeRange, col(CodeRange.id) == CodeInterval.range_id)
        .where(CodeRange.authorisation_id == authorisation_id, col(CodeInterval.lifted_at).is_(None))
    ).all()
    return count_labels(stocks, [_marked(interval) for interval in intervals], year=year)


def _day(at: datetime | None) -> date:
    if at is None:
        raise ValueError("only received allotments are counted")
    return legal_date(at)


def _marked(interval: CodeInterval) -> Marked:
    return Marked(interval.range_id, Span(interval.serial_from, interval.serial_to), interval.status, legal_date(interval.at))
