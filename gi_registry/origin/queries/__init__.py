"""Reads of areas and plots."""

from __future__ import annotations

from gi_registry.origin.queries.areas import every_area, get_area, list_areas, periods_of, versions_of, zones_of
from gi_registry.origin.queries.plots import every_plot, find_plot, get_plot, list_plots, next_plot_position, plots_in_force

__all__ = [
    "every_area",
    "every_plot",
    "find_plot",
    "get_area",
    "get_plot",
    "list_areas",
    "list_plots",
    "next_plot_position",
    "periods_of",
    "plots_in_force",
    "versions_of",
    "zones_of",
]
