"""Tables of origin: dated versions of areas, and plots."""

from __future__ import annotations

from gi_registry.origin.models.areas import AreaVersion
from gi_registry.origin.models.plots import Plot

__all__ = ["AreaVersion", "Plot"]
