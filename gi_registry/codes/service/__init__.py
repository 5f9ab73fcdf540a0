"""Use cases of codes.

``keys``: signing keys; ``orders``: allotment; ``custody``: printed, received, activated, spoiled; ``papers``: sheets and lists.
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
from gi_registry.codes.service.history import record_activation
from gi_registry.codes.service.holds import disown, hold, lift, take_back
from gi_registry.codes.service.keys import ensure_key, key_set, open_secret, public_key_set, rotate_keys
from gi_registry.codes.service.orders import allot, allot_by_number, may_order
from gi_registry.codes.service.packets import codes_zip, symbols_zip
from gi_registry.codes.service.papers import Paper, codes_csv, labels_pdf, paper_of
from gi_registry.codes.service.views import allotment_rows, view_allotment, view_codes

__all__ = [
    "Paper",
    "activate",
    "allot",
    "allot_by_number",
    "allotment_rows",
    "calibration_page",
    "close",
    "codes_csv",
    "codes_zip",
    "damaged",
    "disown",
    "ensure_key",
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
    "spoil",
    "symbols_zip",
    "take_back",
    "view_allotment",
    "view_codes",
    "void",
    "void_interval",
    "withdraw",
]
