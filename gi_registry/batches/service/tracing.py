"""Where a batch comes from, down to the plots with their part of it, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlmodel import Session

from gi_registry.batches.queries import trace as reads
from gi_registry.batches.queries.trace import WIDEST, Given, Node
from gi_registry.batches.rules.graph import Edge, apportioned, shares_upward


@dataclass(frozen=True)
class PlotPart:
    """How much of a batch grew on a plot, in grams or pieces of that batch; ``plot_id`` 0: no plot was stated."""

    plot_id: int
    number: str
    name: str
    verdict: str
    quantity: int
    authorisation_id: int
    through: str


@dataclass(frozen=True)
class Walk:
    """The batches reached from one, what joins them and when, each in the order of ids; ``cut``: there are more than it holds."""

    root: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    days: Mapping[int, date]
    cut: bool = False

    def node(self, batch_id: int) -> Node | None:
        """Return a batch of the walk."""
        return next((node for node in self.nodes if node.id == batch_id), None)


@dataclass(frozen=True)
class Upstream:
    """A batch with everything it comes from, and its plots."""

    walk: Walk
    shares: Mapping[int, Fraction]
    plots: tuple[PlotPart, ...]


def trace_up(session: Session, batch_id: int, *, most: int = WIDEST) -> Upstream:
    """Return what a batch comes from; its quantity is apportioned to plots by what each input gave; at most ``most`` batches."""
    found = reads.upstream(session, batch_id, most=most + 1)
    nodes = found[:most] if len(found) > most else found
    walk = _walk(session, batch_id, nodes, cut=len(found) > most)
    shares = shares_upward(batch_id, walk.edges)
    return Upstream(walk, shares, _plots(walk, shares, reads.plots_behind(session, _sources(walk))))


def trace_down(session: Session, batch_id: int, *, most: int = WIDEST) -> Walk:
    """Return what was made of a batch, in one walk of at most ``most`` batches; what was undone is left out."""
    found = reads.downstream(session, batch_id, most=most + 1)
    return _walk(session, batch_id, found[:most], cut=len(found) > most)


def _walk(session: Session, root: int, nodes: Sequence[Node], *, cut: bool) -> Walk:
    joined = reads.edges_between(session, [node.id for node in nodes])
    edges = tuple(edge for edge, _on in joined)
    return Walk(root, tuple(nodes), edges, {edge.process_id: on for edge, on in joined}, cut)


def _sources(walk: Walk) -> list[int]:
    made = {edge.target_id for edge in walk.edges}
    return [node.id for node in walk.nodes if node.id not in made]


def _plots(walk: Walk, shares: Mapping[int, Fraction], given: Sequence[Given]) -> tuple[PlotPart, ...]:
    """Split the quantity of the batch asked for by source, then each source's part by what its plots gave."""
    root = walk.node(walk.root)
    ends = set(_sources(walk))
    sources = [node for node in walk.nodes if node.id in ends and node.id in shares]
    if root is None:
        return ()
    parts = apportioned(root.product_quantity, [shares[node.id] for node in sources])
    by_batch: dict[int, list[Given]] = {}
    for item in given:
        by_batch.setdefault(item.batch_id, []).append(item)
    found: list[PlotPart] = []
    for node, part in zip(sources, parts, strict=True):
        own = by_batch.get(node.id)
        if own is None:
            found.append(PlotPart(0, "", "", "", part, node.authorisation_id, node.number))
            continue
        split = apportioned(part, [item.quantity for item in own])
        found += [
            PlotPart(item.plot_id, item.number, item.name, item.verdict, quantity, item.authorisation_id, node.number)
            for item, quantity in zip(own, split, strict=True)
        ]
    return tuple(found)
