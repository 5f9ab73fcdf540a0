"""From a batch to everything it comes from and everything made of it: one recursive statement each way, over two unique indexes.

``UNION`` drops what was reached before, so a batch is visited once and a circle would end too (a trigger keeps circles out). The
inner limit stops the walk itself: both databases compute a recursive query only as far as it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Date, TextClause, bindparam, text
from sqlmodel import Session

from gi_registry.batches.rules.graph import Edge

WIDEST = 5_000
"""How many batches one walk visits; a page says where it stopped."""

_UP = """WITH RECURSIVE reached(id) AS (
  SELECT CAST(:batch_id AS INTEGER)
  UNION
  SELECT i.batch_id FROM reached r JOIN process_output o ON o.batch_id = r.id JOIN process_input i ON i.process_id = o.process_id
)"""
_DOWN = """WITH RECURSIVE reached(id) AS (
  SELECT CAST(:batch_id AS INTEGER)
  UNION
  SELECT o.batch_id FROM reached r JOIN process_input i ON i.batch_id = r.id JOIN process_output o ON o.process_id = i.process_id
)"""
_MADE_OF = """WITH RECURSIVE reached(root, id) AS (
  SELECT id, id FROM batch WHERE id IN :ids
  UNION
  SELECT r.root, o.batch_id FROM reached r JOIN process_input i ON i.batch_id = r.id JOIN process_output o ON o.process_id = i.process_id
) SELECT root, id FROM reached WHERE id <> root ORDER BY root, id"""
_AT_ONCE = 500
_NODES = """SELECT id, number, authorisation_id, kind, quantity, unit, commodity, account_grade, state, harvested_on, product_quantity
FROM batch WHERE id IN :ids ORDER BY id"""
_EDGES = """SELECT o.process_id, p.kind, i.batch_id, i.quantity, o.batch_id, o.quantity, p.on_date
FROM process_output o JOIN process p ON p.id = o.process_id JOIN process_input i ON i.process_id = o.process_id
WHERE o.batch_id IN :targets AND i.batch_id IN :sources"""
_PLOTS = """SELECT s.batch_id, s.plot_id, s.quantity, s.verdict, p.number, p.name, p.authorisation_id
FROM batch_plot s JOIN plot p ON p.id = s.plot_id WHERE s.batch_id IN :ids"""


@dataclass(frozen=True)
class Node:
    """A batch of a walk."""

    id: int
    number: str
    authorisation_id: int
    kind: str
    quantity: int
    unit: str
    commodity: str
    grade: str
    state: str
    harvested_on: date | None
    product_quantity: int


@dataclass(frozen=True)
class Given:
    """What a plot gave to a batch of a walk, in grams or pieces of that batch."""

    batch_id: int
    plot_id: int
    quantity: int
    verdict: str
    number: str
    name: str
    authorisation_id: int


def upstream(session: Session, batch_id: int, *, most: int = WIDEST) -> list[Node]:
    """Return a batch and what it comes from, at most ``most`` of them; what an undone process made is withdrawn and has no sources."""
    return _walk(session, _UP, batch_id, most=most)


def downstream(session: Session, batch_id: int, *, most: int = WIDEST) -> list[Node]:
    """Return a batch and everything made of it that stands, at most ``most`` batches."""
    return [node for node in _walk(session, _DOWN, batch_id, most=most) if node.state != "withdrawn" or node.id == batch_id]


def downstream_ids(session: Session, batch_id: int) -> list[int]:
    """Return the ids of a batch and of everything made of it, withdrawn ones too, without a limit: what a recall must reach."""
    found = session.execute(text(f"{_DOWN} SELECT id FROM reached ORDER BY id"), {"batch_id": batch_id})  # noqa: S608  # fixed text
    return [row[0] for row in found]


def made_of(session: Session, ids: Collection[int]) -> dict[int, list[int]]:
    """Return for each of some batches everything that was made of it: set-wise, in one statement for a few hundred batches each."""
    found: dict[int, list[int]] = defaultdict(list)
    wanted = sorted(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        values = {"ids": wanted[start : start + _AT_ONCE]}
        for root, batch_id in session.execute(_expanding(_MADE_OF, "ids"), values):
            found[root].append(batch_id)
    return found


def _walk(session: Session, walk: str, batch_id: int, *, most: int) -> list[Node]:
    found = session.execute(text(f"{walk} SELECT id FROM reached LIMIT :most"), {"batch_id": batch_id, "most": most})  # noqa: S608
    rows = session.execute(_expanding(_NODES, "ids").columns(harvested_on=Date()), {"ids": [row[0] for row in found]})
    return [Node(*row) for row in rows]


def edges_between(session: Session, ids: Sequence[int]) -> list[tuple[Edge, date]]:
    """Return the edges among batches, with the day of each process."""
    if len(ids) < 2:
        return []
    values = {"targets": list(ids), "sources": list(ids)}
    return [(Edge(*row[:6]), row[6]) for row in session.execute(_expanding(_EDGES, "targets", "sources").columns(on_date=Date()), values)]


def plots_behind(session: Session, ids: Sequence[int]) -> list[Given]:
    """Return what plots gave to batches."""
    return [Given(*row) for row in session.execute(_expanding(_PLOTS, "ids"), {"ids": list(ids)})]


@cache
def _expanding(statement: str, *names: str) -> TextClause:
    return text(statement).bindparams(*(bindparam(name, expanding=True) for name in names))
