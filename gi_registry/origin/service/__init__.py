"""Use cases of origin: judge ground by the day of harvest, keep area versions, declare and retire plots."""

from __future__ import annotations

from gi_registry.origin.service.area_pages import AreasPage, PublicArea, areas_page, proposal_form, public_areas
from gi_registry.origin.service.areas import add_area, end_area
from gi_registry.origin.service.comparing import ProposalPage, consequences_of, proposal_page
from gi_registry.origin.service.farmers import farmer_for
from gi_registry.origin.service.judgement_pages import JudgementsPage, judgements_page
from gi_registry.origin.service.judging import default_tolerance_m, judge, judge_plots
from gi_registry.origin.service.land_pages import (
    LandPage,
    Verifying,
    land_page,
    map_of,
    plots_for,
    state_official_area,
    verdicts_of,
    verifying_page,
)
from gi_registry.origin.service.pages import (
    PlotForm,
    PlotPage,
    PlotRow,
    PlotsPage,
    edit_page,
    form_page,
    plot_page,
    plot_to_edit,
    plots_page,
)
from gi_registry.origin.service.plot_files import FilePage, bring_file, choose_reading, drop_file, file_page, import_page, store_file
from gi_registry.origin.service.plots import convert_plot, correct_plot, declare_plot, edit_plot, retire_plot, store_plot
from gi_registry.origin.service.proposals import approve_proposal, propose_area, reject_proposal, withdraw_proposal
from gi_registry.origin.service.reading import Contents, LayerChoice, Wishes, read_contents, read_outline
from gi_registry.origin.service.verifying import counts, only_counting, state_verified, unverify_plot, verification_needed, verify_plots

__all__ = [
    "AreasPage",
    "Contents",
    "FilePage",
    "JudgementsPage",
    "LandPage",
    "LayerChoice",
    "PlotForm",
    "PlotPage",
    "PlotRow",
    "PlotsPage",
    "ProposalPage",
    "PublicArea",
    "Verifying",
    "Wishes",
    "add_area",
    "approve_proposal",
    "areas_page",
    "bring_file",
    "choose_reading",
    "consequences_of",
    "convert_plot",
    "correct_plot",
    "counts",
    "declare_plot",
    "default_tolerance_m",
    "drop_file",
    "edit_page",
    "edit_plot",
    "end_area",
    "farmer_for",
    "file_page",
    "form_page",
    "import_page",
    "judge",
    "judge_plots",
    "judgements_page",
    "land_page",
    "map_of",
    "only_counting",
    "plot_page",
    "plot_to_edit",
    "plots_for",
    "plots_page",
    "proposal_form",
    "proposal_page",
    "propose_area",
    "public_areas",
    "read_contents",
    "read_outline",
    "reject_proposal",
    "retire_plot",
    "state_official_area",
    "state_verified",
    "store_file",
    "store_plot",
    "unverify_plot",
    "verdicts_of",
    "verification_needed",
    "verify_plots",
    "verifying_page",
    "withdraw_proposal",
]
