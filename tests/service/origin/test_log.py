"""What origin and batches write is covered by the log: it verifies after everything they do."""

from __future__ import annotations

from datetime import date

from gi_registry.batches import service as batches
from gi_registry.log import verification
from gi_registry.origin import service
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.schemas import EndArea, PlotFields
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot, square
from tests.builders.registry import make_authorisation, make_gi, make_protection


def test_the_log_verifies_after_everything(open_work):
    with open_work() as work:
        gi = make_gi(work)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        area = make_area(work, gi)
        service.end_area(work, area.id, EndArea(valid_to=date(2026, 1, 1)))
        plot = make_plot(work, authorisation)
        service.edit_plot(work, plot.id, fields=PlotFields(name="西塘"), outline=Reading(square(90)), version=1)
        make_cap(work, gi)
        make_cap(work, gi, per_mu="500", status="final")
        batch = make_batch(work, authorisation, plot=plot)
        batches.record_use(work, authorisation, quantity=10, batch_id=batch.id, source_kind="code_interval", source_id=1)
        batches.close_batch(work, batch.id)
        service.retire_plot(work, plot.id)
    with open_work(writable=False) as work:
        verification.on_snapshot(work.session)
        report = verification.verify(work.session, None)
        assert report.sound, [str(line) for line in report.lines]
