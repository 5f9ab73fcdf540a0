"""Reads of areas and plots."""

from __future__ import annotations

from gi_registry.origin.queries.areas import every_area, get_area, list_areas, periods_of, versions_of, zones_of
from gi_registry.origin.queries.judgements import (
    PlotGround,
    changes_of,
    count_touched,
    get_run,
    kept,
    list_runs,
    movements_of,
    next_ground,
    open_runs,
)
from gi_registry.origin.queries.plots import every_plot, find_plot, get_plot, list_plots, next_plot_position, plots_in_force

__all__ = [
    "PlotGround",
    "changes_of",
    "count_touched",
    "every_area",
    "every_plot",
    "find_plot",
    "get_area",
    "get_plot",
    "get_run",
    "kept",
    "list_areas",
    "list_plots",
    "list_runs",
    "movements_of",
    "next_ground",
    "next_plot_position",
    "open_runs",
    "periods_of",
    "plots_in_force",
    "versions_of",
    "zones_of",
]
