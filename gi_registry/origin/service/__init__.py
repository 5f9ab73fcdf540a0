"""Use cases of origin: judge ground by the day of harvest, keep area versions, declare and retire plots."""

from __future__ import annotations

from gi_registry.origin.service.areas import add_area, end_area
from gi_registry.origin.service.farmers import farmer_for
from gi_registry.origin.service.judging import default_tolerance_m, judge, judge_plots
from gi_registry.origin.service.pages import (
    AreasPage,
    PlotPage,
    PlotRow,
    PlotsPage,
    areas_page,
    form_page,
    gi_of_area,
    plot_page,
    plot_to_edit,
    plots_page,
)
from gi_registry.origin.service.plots import convert_plot, correct_plot, declare_plot, edit_plot, read_outline, retire_plot, store_plot
from gi_registry.origin.service.verifying import counts, only_counting, state_verified, unverify_plot, verify_plots

__all__ = [
    "AreasPage",
    "PlotPage",
    "PlotRow",
    "PlotsPage",
    "add_area",
    "areas_page",
    "convert_plot",
    "correct_plot",
    "counts",
    "declare_plot",
    "default_tolerance_m",
    "edit_plot",
    "end_area",
    "farmer_for",
    "form_page",
    "gi_of_area",
    "judge",
    "judge_plots",
    "only_counting",
    "plot_page",
    "plot_to_edit",
    "plots_page",
    "read_outline",
    "retire_plot",
    "state_verified",
    "store_plot",
    "unverify_plot",
    "verify_plots",
]
