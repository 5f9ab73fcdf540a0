"""Pages of plots and origin areas."""

from __future__ import annotations

from gi_registry.origin.routes import areas, judgements, land, plot_files, plots
from gi_registry.origin.routes.blueprint import bp

__all__ = ["areas", "bp", "judgements", "land", "plot_files", "plots"]
