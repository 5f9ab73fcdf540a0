"""What stands on a plot: batches and labels, which lie above the plots themselves. Handed down to the pages of plots by the application."""

from __future__ import annotations

from sqlmodel import col, select

from gi_registry.batches.models import Batch, BatchPlot
from gi_registry.batches.rules.life import COUNTED
from gi_registry.codes.queries import activated_of_batch
from gi_registry.origin.rules.standing import Standing
from gi_registry.workflow import Work


def standing_on(work: Work, plot_id: int) -> tuple[Standing, ...]:
    """Return the batches that took goods from a plot, newest first, with their year and how many labels were activated for them."""
    query = (
        select(Batch)
        .join(BatchPlot, col(BatchPlot.batch_id) == col(Batch.id))
        .where(col(BatchPlot.plot_id) == plot_id, col(Batch.state).in_(COUNTED))
        .order_by(col(Batch.id).desc())
    )
    return tuple(
        Standing(batch.number, f"/batches/{batch.id}", batch.account_year, activated_of_batch(work.session, batch.id or 0))
        for batch in work.session.exec(query)
    )
