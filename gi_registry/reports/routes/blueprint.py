"""The blueprint, and the words that its templates share."""

from __future__ import annotations

from flask import Blueprint

from gi_registry.reports.rules.labels import MODE_LABELS
from gi_registry.reports.rules.life import REPORT_LIFE
from gi_registry.reports.rules.lists import RESULTS, shown_cell
from gi_registry.reports.rules.obligation import LABELS
from gi_registry.reports.rules.sections import PROGRESS_LABELS
from gi_registry.reports.service import PHOTO_LABELS

bp = Blueprint("reports", __name__)

WORDS = {
    "statuses": LABELS,
    "life": REPORT_LIFE,
    "modes": MODE_LABELS,
    "progress": PROGRESS_LABELS,
    "results": RESULTS,
    "shown_cell": shown_cell,
    "photo_labels": PHOTO_LABELS,
}
