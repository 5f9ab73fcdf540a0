"""Tables of origin: dated versions of areas, proposals of them, and plots."""

from __future__ import annotations

from gi_registry.origin.models.areas import AreaVersion
from gi_registry.origin.models.judgements import JudgingChange, JudgingRun, PlotJudgement
from gi_registry.origin.models.plots import Farmer, OfficialArea, Plot, PlotFile
from gi_registry.origin.models.proposals import AreaProposal

__all__ = ["AreaProposal", "AreaVersion", "Farmer", "JudgingChange", "JudgingRun", "OfficialArea", "Plot", "PlotFile", "PlotJudgement"]
