"""What the pages of batches, caps and the ledger show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, BatchPlot, TestReport
from gi_registry.batches.queries import EntryRow, quality
from gi_registry.batches.rules.life import BATCH_LIFE
from gi_registry.batches.service.declaring import view_batch
from gi_registry.batches.service.posting import available_of_batch, key_of, left_of
from gi_registry.batches.service.statement import Statement, statements
from gi_registry.kernel.words import Words, say, unpacked
from gi_registry.log.queries import history
from gi_registry.origin import queries as plots
from gi_registry.origin.models import Farmer, Plot
from gi_registry.origin.rules.terms import Reason, Verdict
from gi_registry.origin.rules.verdict import OriginVerdict, explain
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service import judge_plots
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi, Product
from gi_registry.workflow import Work

HAPPENED: dict[str, Words] = {
    "declare": say("申报批次"),
    "close": say("办结"),
    "recall": say("召回"),
    "withdraw": say("撤回"),
    "confirm_sale": say("售出方确认"),
    "import": say("批量导入"),
}


@dataclass(frozen=True)
class Happening:
    """One line of a timeline."""

    at: datetime
    words: Words
    leaf_index: int


@dataclass(frozen=True)
class BatchRow:
    """A batch of a list: how much bears labels, how much may still."""

    batch: Batch
    product: Product | None
    labelled: int
    available: int


@dataclass(frozen=True)
class BatchesPage:
    """The batches of an authorisation, newest first."""

    authorisation: Authorisation
    gi: Gi
    rows: Sequence[BatchRow]
    year: int | None
    years: Sequence[int]
    may_declare: bool
    officer: bool


@dataclass(frozen=True)
class ShareRow:
    """What a plot gave, with the verdict of that day as a sentence."""

    share: BatchPlot
    plot: Plot
    sentence: Words


@dataclass(frozen=True)
class BatchPage:
    """One batch."""

    batch: Batch
    authorisation: Authorisation
    gi: Gi
    product: Product | None
    shares: Sequence[ShareRow]
    labelled: int
    available: int
    entries: Sequence[EntryRow]
    events: Sequence[Happening]
    warnings: Sequence[Words]
    seller: Authorisation | None
    may_declare: bool
    may_recall: bool
    may_label: bool
    tests: Sequence[TestReport]
    source_tests: Sequence[TestReport]

    def can(self, action: str) -> bool:
        """Say whether the batch's life has this step from here."""
        return BATCH_LIFE.allows(self.batch.state, action)


@dataclass(frozen=True)
class BatchFormPage:
    """What the form of a new batch needs: products and plots with the verdict of today."""

    authorisation: Authorisation
    gi: Gi
    products: Sequence[Product]
    plots: Sequence[tuple[Plot, OriginVerdict]]
    zones: Sequence[str]
    farmers: Sequence[Farmer]
    year: int


@dataclass(frozen=True)
class LedgerPage:
    """The statements of an authorisation, and the sales others say it made to them."""

    authorisation: Authorisation
    gi: Gi
    statements: Sequence[Statement]
    asked: Sequence[tuple[Batch, Authorisation, int | None]]
    may_confirm: bool
    officer: bool
    year: int | None


def batches_page(work: Work, authorisation_id: int, *, year: int | None) -> BatchesPage:
    """Return the batches of an authorisation; NotFound for one that the actor may not see."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:view", authorisation)
    products = {product.id: product for product in registry.list_products(work.session, authorisation_id)}
    every = queries.list_batches(work.session, authorisation_id)
    labels, stock = queries.labelled_by_batch(work.session, authorisation_id), queries.stock_by_key(work.session, authorisation_id)
    left = queries.left_by_batch(work.session, authorisation_id)
    rows = [
        BatchRow(
            batch,
            products.get(batch.product_id),
            labels.get(batch.id or 0, 0),
            left_of(batch, left=left.get(batch.id or 0, 0), on_hand=stock.get(key_of(batch), 0)),
        )
        for batch in every
        if year in (None, batch.account_year)
    ]
    return BatchesPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        rows=rows,
        year=year,
        years=sorted({batch.account_year for batch in every}, reverse=True),
        may_declare=work.allows("batch:declare", authorisation),
        officer=work.allows("desk:view"),
    )


def batch_page(work: Work, batch_id: int) -> BatchPage:
    """Return a batch with its plots, verdicts, ledger entries and history."""
    batch = view_batch(work, batch_id)
    session = work.session
    seller = batch.supplier_authorisation_id
    return BatchPage(
        batch=batch,
        authorisation=registry.get_authorisation(session, batch.authorisation_id),
        gi=registry.get_gi(session, batch.gi_id),
        product=registry.get_product(session, batch.product_id) if batch.product_id else None,
        shares=[ShareRow(share, plot, _sentence(share)) for share, plot in queries.shares_of(session, batch_id)],
        labelled=queries.labelled_of_batch(session, batch_id),
        available=available_of_batch(session, batch_id),
        entries=queries.entries_of_batch(session, batch_id),
        events=[
            Happening(event.at, HAPPENED.get(event.action, BATCH_LIFE.label(event.action)), event.leaf_index)
            for event in history(session, "batch", batch_id)
        ],
        warnings=[unpacked(warning) for warning in batch.warnings],
        seller=registry.get_authorisation(session, seller) if seller else None,
        may_declare=work.allows("batch:declare", batch),
        may_recall=work.allows("batch:recall", batch),
        may_label=work.allows("allotment:view", batch),
        tests=quality.tests_of_batch(session, batch_id),
        source_tests=quality.tests_of_sources(session, batch_id),
    )


def _sentence(share: BatchPlot) -> Words:
    verdict = OriginVerdict(
        Verdict(share.verdict), Reason(share.reason), share.distance_m, share.tolerance_m, share.area_version_id, share.share_inside
    )
    return explain(verdict, on=share.judged_on)


def batch_form_page(work: Work, authorisation_id: int) -> BatchFormPage:
    """Return what the form of a new batch needs; NotFound for an authorisation that is not one's own."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:declare", authorisation)
    own = [plot for plot in plots.list_plots(work.session, authorisation_id) if covers(plot.valid_from, plot.valid_to, work.today)]
    verdicts = judge_plots(work.session, own, work.today)
    return BatchFormPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        products=registry.list_products(work.session, authorisation_id),
        plots=[(plot, verdicts[plot.id or 0]) for plot in own],
        zones=plots.zones_of(work.session, authorisation.gi_id),
        farmers=plots.farmers_of(work.session, authorisation_id),
        year=work.today.year,
    )


def ledger_page(work: Work, authorisation_id: int, *, year: int | None) -> LedgerPage:
    """Return the statements of an authorisation, of one year when asked, and the sales that wait for its word."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    shown = statements(work, authorisation_id, year=year)
    bought = queries.unconfirmed_from(work.session, authorisation_id)
    return LedgerPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        statements=shown,
        asked=[(batch, registry.get_authorisation(work.session, batch.authorisation_id), trade_id) for batch, trade_id in bought],
        may_confirm=work.allows("batch:declare", authorisation),
        officer=work.allows("desk:view"),
        year=year,
    )
