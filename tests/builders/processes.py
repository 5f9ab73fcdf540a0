"""Processes for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from gi_registry.batches.models import Batch, Process
from gi_registry.batches.queries import process as reads
from gi_registry.batches.schemas import OutputFields, ProcessFields
from gi_registry.batches.service import processing
from gi_registry.batches.service.processing import Portion
from gi_registry.workflow import Work


def do(work: Work, kind: str, inputs: list[tuple[Batch, str]], *outputs: dict[str, Any], **differs: Any) -> Process:
    """Process some of batches (kilograms or pieces as typed) into outputs on 2025-10-08."""
    values: dict[str, Any] = {"kind": kind, "on_date": date(2025, 10, 8)}
    return processing.do_process(
        work,
        inputs[0][0].authorisation_id,
        fields=ProcessFields(**values | differs),
        inputs=[Portion(batch.id or 0, quantity) for batch, quantity in inputs],
        outputs=[OutputFields(**output) for output in outputs],
    )


def made(work: Work, process: Process) -> list[Batch]:
    """Return the batches that a process made, in their order."""
    return [batch for _row, batch in reads.made_by(work.session, process.id or 0)]
