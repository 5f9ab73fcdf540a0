"""Tables of origin: dated versions of areas, and plots."""

from __future__ import annotations

from gi_registry.origin.models.areas import AreaVersion
from gi_registry.origin.models.judgements import JudgingChange, JudgingRun, PlotJudgement
from gi_registry.origin.models.plots import Farmer, OfficialArea, Plot, PlotFile

__all__ = ["AreaVersion", "Farmer", "JudgingChange", "JudgingRun", "OfficialArea", "Plot", "PlotFile", "PlotJudgement"]
