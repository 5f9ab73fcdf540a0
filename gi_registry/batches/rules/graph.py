"""The graph of batches: what comes from what, and how much of it. Outputs have higher ids than inputs, so ids give the order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Edge:
    """One input of one process towards one of its outputs; quantities in grams or pieces of the batch on either side."""

    process_id: int
    kind: str
    source_id: int
    taken: int
    target_id: int
    made: int


@dataclass(frozen=True)
class Placed:
    """A batch in the drawing: its column (steps from the left) and its row."""

    batch_id: int
    column: int
    row: int


def shares_upward(root_id: int, edges: Iterable[Edge]) -> dict[int, Fraction]:
    """Return which share of a batch comes through each batch above it; the shares of all sources without inputs sum to one.

    An output draws on each input of its process by the input's part of all inputs.
    """
    by_target: dict[int, list[Edge]] = {}
    for edge in edges:
        by_target.setdefault(edge.target_id, []).append(edge)
    shares = {root_id: Fraction(1)}
    for target in sorted(by_target, reverse=True):
        share = shares.get(target)
        if share is None:
            continue
        whole = sum(edge.taken for edge in by_target[target])
        for edge in by_target[target]:
            shares[edge.source_id] = shares.get(edge.source_id, Fraction(0)) + share * Fraction(edge.taken, whole)
    return shares


def apportioned(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Return a whole split by weights into integers that sum to it: rounded down, the rest to the largest fractions."""
    whole = sum(weights, Fraction(0))
    if whole == 0:
        return [0 for _ in weights]
    exact = [total * Fraction(weight) / whole for weight in weights]
    parts = [int(value) for value in exact]
    by_rest = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_rest[: total - sum(parts)]:
        parts[at] += 1
    return parts


def placed(ids: Iterable[int], edges: Sequence[Edge]) -> list[Placed]:
    """Return where each batch stands in the drawing: one column right of its furthest source, rows in the order of ids."""
    columns: dict[int, int] = dict.fromkeys(sorted(ids), 0)
    for edge in sorted(edges, key=lambda edge: (edge.target_id, edge.source_id)):
        columns[edge.target_id] = max(columns.get(edge.target_id, 0), columns.get(edge.source_id, 0) + 1)
    rows: dict[int, int] = {}
    found = []
    for batch_id, column in sorted(columns.items(), key=lambda item: (item[1], item[0])):
        found.append(Placed(batch_id, column, rows.get(column, 0)))
        rows[column] = rows.get(column, 0) + 1
    return found
