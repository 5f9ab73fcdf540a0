"""Use cases of supervision: ``doubts`` from the public, ``leads`` for officers, ``statements`` of users."""

from __future__ import annotations

from gi_registry.supervision.service.doubts import Receipt, Sender, forget_contacts, read_receipt, refuse_flood, take_doubt
from gi_registry.supervision.service.leads import (
    accept,
    archive,
    assign,
    feed_back,
    give_back,
    lead_queue,
    no_case,
    open_contact,
    paper_of,
    verify,
    view_lead,
    waiting,
)
from gi_registry.supervision.service.photos import Photo, redrawn
from gi_registry.supervision.service.statements import my_statements, state_not_ours, withdraw
from gi_registry.supervision.service.subjects import Concerned, concerned, well_formed

__all__ = [
    "Concerned",
    "Photo",
    "Receipt",
    "Sender",
    "accept",
    "archive",
    "assign",
    "concerned",
    "feed_back",
    "forget_contacts",
    "give_back",
    "lead_queue",
    "my_statements",
    "no_case",
    "open_contact",
    "paper_of",
    "read_receipt",
    "redrawn",
    "refuse_flood",
    "state_not_ours",
    "take_doubt",
    "verify",
    "view_lead",
    "waiting",
    "well_formed",
    "withdraw",
]
