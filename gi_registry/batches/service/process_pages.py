"""What the pages of processes and traces show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, Process, ProcessInput, ProcessOutput
from gi_registry.batches.queries import process as reads
from gi_registry.batches.queries.trace import Node
from gi_registry.batches.rules.graph import Edge, placed
from gi_registry.batches.rules.process import PROCESS_LIFE
from gi_registry.batches.service.attributing import sold_without_source
from gi_registry.batches.service.declaring import view_batch
from gi_registry.batches.service.pages import Happening
from gi_registry.batches.service.posting import key_of, left_of
from gi_registry.batches.service.tracing import PlotPart, Walk, trace_down, trace_up
from gi_registry.kernel.words import Words, say
from gi_registry.log.queries import history
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, AuthorisationSite, Gi, Product
from gi_registry.workflow import Work

MOST_DRAWN = 40
BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y = 132, 36, 44, 12
HAPPENED: dict[str, Words] = {"do": say("记录"), "undo": say("撤销")}


@dataclass(frozen=True)
class Candidate:
    """A batch that something may be taken from, and how much."""

    batch: Batch
    left: int


@dataclass(frozen=True)
class ProcessFormPage:
    """What the form of a process needs; ``chosen``: the batch it was opened from."""

    authorisation: Authorisation
    gi: Gi
    candidates: Sequence[Candidate]
    products: Sequence[Product]
    sites: Sequence[AuthorisationSite]
    chosen: int
    today: date


@dataclass(frozen=True)
class ProcessPage:
    """One process with both sides."""

    process: Process
    authorisation: Authorisation
    gi: Gi
    site: AuthorisationSite | None
    taken: Sequence[tuple[ProcessInput, Batch]]
    made: Sequence[tuple[ProcessOutput, Batch]]
    events: Sequence[Happening]
    may_undo: bool


@dataclass(frozen=True)
class Box:
    """A batch of the drawing, in pixels."""

    node: Node
    x: int
    y: int
    is_root: bool
    linked: bool


@dataclass(frozen=True)
class Drawing:
    """The graph as an SVG: its size, boxes, and lines as paths."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Stop:
    """A line of the table: a batch, how it came to be and when, its part of the batch asked for (upstream), and whether one may open it."""

    node: Node
    process_id: int
    process: str
    on: date | None
    share: Fraction | None
    linked: bool

    @property
    def percent(self) -> str:
        """The part in per cent, one decimal; empty downstream."""
        return "" if self.share is None else f"{float(self.share * 100):.1f} %"


@dataclass(frozen=True)
class TracePage:
    """A batch, what it comes from with the plots, and what was made of it."""

    batch: Batch
    authorisation: Authorisation
    gi: Gi
    above: tuple[Stop, ...]
    below: tuple[Stop, ...]
    plots: tuple[PlotPart, ...]
    drawing: Drawing | None
    cut: bool
    may_process: bool
    taken_by: Sequence[Process]
    sold: Sequence[Batch]

    @property
    def joined(self) -> bool:
        """Whether it has anything above or below."""
        return bool(self.above or self.below)


def process_form_page(work: Work, authorisation_id: int, *, batch_id: int) -> ProcessFormPage:
    """Return the batches something may be taken from, newest first; NotFound for an authorisation that is not one's own."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:declare", authorisation)
    stock, left = queries.stock_by_key(work.session, authorisation_id), queries.left_by_batch(work.session, authorisation_id)
    every = [batch for batch in queries.list_batches(work.session, authorisation_id) if not batch.farmer_id]
    found = [Candidate(batch, left_of(batch, left=left.get(batch.id or 0, 0), on_hand=stock.get(key_of(batch), 0))) for batch in every]
    asked = next((batch for batch in every if batch.id == batch_id), None)
    return ProcessFormPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        candidates=[item for item in found if item.left and (asked is None or _together(item.batch, asked))],
        products=registry.list_products(work.session, authorisation_id),
        sites=registry.sites_of(work.session, authorisation_id),
        chosen=batch_id if asked else 0,
        today=work.today,
    )


def _together(batch: Batch, other: Batch) -> bool:
    """Say whether two batches may go into one process."""
    return (batch.account_year, batch.zone, batch.unit, batch.commodity) == (
        other.account_year,
        other.zone,
        other.unit,
        other.commodity,
    )


def process_page(work: Work, process_id: int) -> ProcessPage:
    """Return a process with what it took and made; NotFound for one the actor may not see."""
    process = reads.get_process(work.session, process_id)
    work.require("batch:view", process)
    session = work.session
    return ProcessPage(
        process=process,
        authorisation=registry.get_authorisation(session, process.authorisation_id),
        gi=registry.get_gi(session, process.gi_id),
        site=next((site for site in registry.sites_of(session, process.authorisation_id) if site.id == process.site_id), None),
        taken=reads.taken_by(session, process_id),
        made=reads.made_by(session, process_id),
        events=[
            Happening(event.at, HAPPENED[event.action], event.leaf_index)
            for event in history(session, "process", process_id)
            if event.action in HAPPENED
        ],
        may_undo=work.allows("batch:declare", process) and PROCESS_LIFE.allows(process.state, "undo") and process.kind != "sale",
    )


def trace_page(work: Work, batch_id: int) -> TracePage:
    """Return what a batch comes from and what was made of it; batches and plots of other users without a link and a name."""
    batch = view_batch(work, batch_id)
    session = work.session
    up, down = trace_up(session, batch_id), trace_down(session, batch_id)
    users = {node.authorisation_id for node in (*up.walk.nodes, *down.nodes)}
    seen = {user for user in users if work.allows("batch:view", registry.get_authorisation(session, user))}
    return TracePage(
        batch=batch,
        authorisation=registry.get_authorisation(session, batch.authorisation_id),
        gi=registry.get_gi(session, batch.gi_id),
        above=tuple(_stops(up.walk, seen, shares=up.shares)),
        below=tuple(_stops(down, seen, shares={})),
        plots=tuple(_told(part, seen) for part in up.plots),
        drawing=_drawing(up.walk, down, seen),
        cut=up.walk.cut or down.cut,
        may_process=work.allows("batch:declare", batch) and not batch.farmer_id,
        taken_by=reads.processes_into(session, batch_id),
        sold=sold_without_source(work, batch) if work.allows("batch:declare", batch) else (),
    )


def _stops(walk: Walk, seen: set[int], *, shares: object) -> Iterable[Stop]:
    by_target = {edge.target_id: edge for edge in walk.edges}
    parts = shares if isinstance(shares, dict) else {}
    for node in walk.nodes:
        if node.id == walk.root:
            continue
        edge = by_target.get(node.id)
        on = walk.days.get(edge.process_id) if edge else node.harvested_on
        linked = node.authorisation_id in seen
        yield Stop(node, edge.process_id if edge else 0, edge.kind if edge else node.kind, on, parts.get(node.id), linked)


def _told(part: PlotPart, seen: set[int]) -> PlotPart:
    if part.authorisation_id in seen:
        return part
    return PlotPart(0, "", "", "", part.quantity, part.authorisation_id, part.through)


def _drawing(up: Walk, down: Walk, seen: set[int]) -> Drawing | None:
    """Return the drawing of both walks, or None where there is nothing to draw or too much to read."""
    nodes = {node.id: node for node in (*up.nodes, *down.nodes)}
    edges = list(dict.fromkeys((*up.edges, *down.edges)))
    if len(nodes) < 2 or len(nodes) > MOST_DRAWN:
        return None
    spots = {spot.batch_id: spot for spot in placed(nodes, edges)}
    boxes = tuple(
        Box(nodes[spot.batch_id], _x(spot.column), _y(spot.row), spot.batch_id == up.root, nodes[spot.batch_id].authorisation_id in seen)
        for spot in spots.values()
    )
    width = max(box.x for box in boxes) + BOX_WIDTH + 2
    height = max(box.y for box in boxes) + BOX_HEIGHT + 2
    return Drawing(width, height, boxes, tuple(_line({box.node.id: box for box in boxes}, edge) for edge in edges))


def _x(column: int) -> int:
    return 2 + column * (BOX_WIDTH + GAP_X)


def _y(row: int) -> int:
    return 2 + row * (BOX_HEIGHT + GAP_Y)


def _line(boxes: dict[int, Box], edge: Edge) -> str:
    source, target = boxes[edge.source_id], boxes[edge.target_id]
    x1, y1 = source.x + BOX_WIDTH, source.y + BOX_HEIGHT // 2
    x2, y2 = target.x, target.y + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
