"""Use cases of codes.

``keys``: signing keys; ``orders``: allotment; ``custody``: printed, received, activated, spoiled; ``papers``: sheets and lists;
``printing``: what a print house is asked for and does.
"""

from __future__ import annotations

from gi_registry.codes.service.calibration import calibration_page
from gi_registry.codes.service.custody import (
    activate,
    close,
    damaged,
    mark_printed,
    mark_received,
    returned,
    spoil,
    void,
    void_interval,
    withdraw,
)
from gi_registry.codes.service.expiry import expire_unused
from gi_registry.codes.service.history import record_activation
from gi_registry.codes.service.holds import disown, hold, lift, take_back
from gi_registry.codes.service.keys import ensure_key, key_set, open_secret, public_key_set, rotate_keys
from gi_registry.codes.service.orders import allot, allot_by_number, may_order
from gi_registry.codes.service.packets import codes_zip, paper_of, symbols_zip
from gi_registry.codes.service.papers import Paper, Setting, codes_csv, labels_pdf
from gi_registry.codes.service.printing import (
    acknowledge,
    allow_again,
    cancel,
    commission,
    decline,
    finish_printing,
    ship,
    take,
    view_job,
    view_jobs,
)
from gi_registry.codes.service.views import allotment_rows, view_allotment, view_codes

__all__ = [
    "Paper",
    "Setting",
    "acknowledge",
    "activate",
    "allot",
    "allot_by_number",
    "allotment_rows",
    "allow_again",
    "calibration_page",
    "cancel",
    "close",
    "codes_csv",
    "codes_zip",
    "commission",
    "damaged",
    "decline",
    "disown",
    "ensure_key",
    "expire_unused",
    "finish_printing",
    "hold",
    "key_set",
    "labels_pdf",
    "lift",
    "mark_printed",
    "mark_received",
    "may_order",
    "open_secret",
    "paper_of",
    "public_key_set",
    "record_activation",
    "returned",
    "rotate_keys",
    "ship",
    "spoil",
    "symbols_zip",
    "take",
    "take_back",
    "view_allotment",
    "view_codes",
    "view_job",
    "view_jobs",
    "void",
    "void_interval",
    "withdraw",
]
