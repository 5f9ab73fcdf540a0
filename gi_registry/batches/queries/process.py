"""Reads of processes: what was taken, what was made, and what that does to an entitlement that rests on batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, Process, ProcessInput, ProcessOutput
from gi_registry.batches.queries.ledger import LedgerKey
from gi_registry.batches.rules.life import COUNTED
from gi_registry.batches.rules.process import ProcessKind
from gi_registry.kernel.errors import NotFound

AT_ONCE = 5_000


@dataclass(frozen=True)
class Moved:
    """A batch that went into or came out of a process, and how much (grams or pieces of the batch)."""

    batch: Batch
    quantity: int


def get_process(session: Session, process_id: int) -> Process:
    """Return a process; raise NotFound."""
    if (process := session.get(Process, process_id)) is None:
        raise NotFound
    return process


def locked_process(session: Session, process_id: int) -> Process:
    """Return a process as it stands now, its row locked until the transaction ends; raise NotFound."""
    query = select(Process).where(col(Process.id) == process_id).with_for_update().execution_options(populate_existing=True)
    process: Process | None = session.execute(query).scalar_one_or_none()
    if process is None:
        raise NotFound
    return process


def process_that_made(session: Session, batch_id: int) -> Process | None:
    """Return the process a batch comes from, if any."""
    query = select(Process).join(ProcessOutput, col(ProcessOutput.process_id) == col(Process.id))
    return session.execute(query.where(col(ProcessOutput.batch_id) == batch_id)).scalar_one_or_none()


def sold_by(session: Session, authorisation_id: int) -> Sequence[Batch]:
    """Return other users' purchases that an authorisation confirmed to have sold, newest first."""
    query = select(Batch).where(col(Batch.supplier_authorisation_id) == authorisation_id, col(Batch.sale_confirmed_on).is_not(None))
    return session.execute(query.where(col(Batch.state).in_(COUNTED)).order_by(col(Batch.id).desc())).scalars().all()


def made_by_any(session: Session, batch_ids: Sequence[int]) -> set[int]:
    """Return which of some batches come from a process."""
    found: set[int] = set()
    for some in _some(batch_ids):
        found |= set(session.execute(select(col(ProcessOutput.batch_id)).where(col(ProcessOutput.batch_id).in_(some))).scalars())
    return found


def taken_by(session: Session, process_id: int) -> Sequence[tuple[ProcessInput, Batch]]:
    """Return what a process took, in the order of batches."""
    query = select(ProcessInput, Batch).join(Batch, col(Batch.id) == col(ProcessInput.batch_id))
    return [(row[0], row[1]) for row in session.execute(query.where(col(ProcessInput.process_id) == process_id).order_by(col(Batch.id)))]


def made_by(session: Session, process_id: int) -> Sequence[tuple[ProcessOutput, Batch]]:
    """Return what a process made, in the order of batches."""
    query = select(ProcessOutput, Batch).join(Batch, col(Batch.id) == col(ProcessOutput.batch_id))
    return [(row[0], row[1]) for row in session.execute(query.where(col(ProcessOutput.process_id) == process_id).order_by(col(Batch.id)))]


def processes_of(session: Session, authorisation_id: int) -> Sequence[Process]:
    """Return the processes of an authorisation, newest first."""
    query = select(Process).where(col(Process.authorisation_id) == authorisation_id, col(Process.kind) != ProcessKind.SALE.value)
    return session.execute(query.order_by(col(Process.on_date).desc(), col(Process.id).desc())).scalars().all()


def processes_into(session: Session, batch_id: int) -> Sequence[Process]:
    """Return the processes that took from a batch and stand, oldest first."""
    query = select(Process).join(ProcessInput, col(ProcessInput.process_id) == col(Process.id))
    query = query.where(col(ProcessInput.batch_id) == batch_id, col(Process.state) == "done")
    return session.execute(query.order_by(col(Process.id))).scalars().all()


def locked_batches(session: Session, batch_ids: Sequence[int]) -> dict[int, Batch]:
    """Return batches as they stand now, locked in the order of their ids; the quota rows are locked before them."""
    session.flush()
    found: dict[int, Batch] = {}
    for some in _some(sorted(batch_ids)):
        query = select(Batch).where(col(Batch.id).in_(some)).order_by(col(Batch.id)).with_for_update()
        rows = session.execute(query.execution_options(populate_existing=True)).scalars()
        found |= {batch.id or 0: batch for batch in rows}
    return found


def converted(session: Session, key: LedgerKey) -> Sequence[Moved]:
    """Return what processing added to the product of a key (positive) and took from it (negative), grams or pieces.

    Splitting and merging add nothing. What counts is a change of what the goods are or how they are counted: leaf becomes tea, loose
    goods become pieces; a recalled batch was made all the same.
    """
    made = select(Batch, col(ProcessOutput.quantity), col(Process.id)).join(ProcessOutput, col(ProcessOutput.batch_id) == col(Batch.id))
    made = made.join(Process, col(Process.id) == col(ProcessOutput.process_id)).where(*_product(key)).order_by(col(Batch.id))
    taken = select(Batch, col(ProcessInput.quantity), col(Process.id)).join(ProcessInput, col(ProcessInput.batch_id) == col(Batch.id))
    taken = taken.join(Process, col(Process.id) == col(ProcessInput.process_id)).where(*_product(key)).order_by(col(Batch.id))
    out_of = [(row[0], row[1], row[2]) for row in session.execute(made)]
    into = [(row[0], row[1], row[2]) for row in session.execute(taken)]
    kept = {process for _batch, _quantity, process in out_of} & {process for _batch, _quantity, process in into}
    gained = [Moved(batch, quantity) for batch, quantity, process in out_of if process not in kept]
    given = [Moved(batch, -quantity) for batch, quantity, process in into if process not in kept]
    return (*gained, *given)


def _product(key: LedgerKey) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Batch.authorisation_id) == key.authorisation_id,
        col(Batch.gi_id) == key.gi_id,
        col(Batch.account_year) == key.year,
        col(Batch.zone) == key.zone,
        col(Batch.unit) == key.unit,
        col(Batch.commodity) == "",
        col(Batch.state).in_(COUNTED),
        col(Process.state) == "done",
        col(Process.kind) != ProcessKind.SALE.value,
    )


def batches_by_id(session: Session, batch_ids: Sequence[int]) -> list[Batch]:
    """Return batches in the order of their ids."""
    found: list[Batch] = []
    for some in _some(sorted(batch_ids)):
        found += session.execute(select(Batch).where(col(Batch.id).in_(some)).order_by(col(Batch.id))).scalars()
    return found


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in portions that a statement may name."""
    for at in range(0, len(ids), AT_ONCE):
        yield ids[at : at + AT_ONCE]
