"""What is doubtful in an area as announced: said beside it, never put right in silence."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from gi_registry.kernel.words import Words
from gi_registry.origin.schemas import AreaFields
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work


def doubts_of(work: Work, gi: Gi, fields: AreaFields, outline: BaseGeometry | None) -> tuple[Words, ...]:
    """Return a sentence for each doubt about an announced text and list of units beside the outline."""
    return ()
