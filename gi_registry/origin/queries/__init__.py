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
from gi_registry.origin.queries.land import overlaps_of, overlaps_with, plots_near
from gi_registry.origin.queries.plots import (
    every_farmer,
    every_plot,
    farmers_of,
    find_farmer,
    find_plot,
    get_farmer,
    get_plot,
    get_plot_file,
    list_plots,
    next_plot_position,
    open_plot_files,
    plots_in_force,
    plots_matching,
)
from gi_registry.origin.queries.townships import find_official_area, growth, official_areas, township_sums

__all__ = [
    "PlotGround",
    "changes_of",
    "count_touched",
    "every_area",
    "every_farmer",
    "every_plot",
    "farmers_of",
    "find_farmer",
    "find_official_area",
    "find_plot",
    "get_area",
    "get_farmer",
    "get_plot",
    "get_plot_file",
    "get_run",
    "growth",
    "kept",
    "list_areas",
    "list_plots",
    "list_runs",
    "movements_of",
    "next_ground",
    "next_plot_position",
    "official_areas",
    "open_plot_files",
    "open_runs",
    "overlaps_of",
    "overlaps_with",
    "periods_of",
    "plots_in_force",
    "plots_matching",
    "plots_near",
    "township_sums",
    "versions_of",
    "zones_of",
]
