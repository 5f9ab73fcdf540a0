"""Use cases of the abnormal-use list, by who acts: the handler, the party, the second officer, time."""

from __future__ import annotations

from gi_registry.listings.rules.life import turn_of
from gi_registry.listings.service.daily import daily
from gi_registry.listings.service.deciding import (
    correct,
    decide_against,
    decide_listing,
    expire,
    remove,
    return_case,
    uphold,
)
from gi_registry.listings.service.handling import (
    accept,
    answer_defence,
    dismiss,
    extend,
    issue_notice,
    open_case,
    order_rectification,
    propose,
    prove_decision,
    prove_service,
    reject_rectification,
    serve_again,
    verify,
    verify_rectification,
    withdraw,
)
from gi_registry.listings.service.party import confirm_receipt, file_defence, file_rectification, object_to_listing
from gi_registry.listings.service.viewing import CaseView, Choice, case_queue, is_own_paper, own_cases, paper, proof_form, view_case

__all__ = [
    "CaseView",
    "Choice",
    "accept",
    "answer_defence",
    "case_queue",
    "confirm_receipt",
    "correct",
    "daily",
    "decide_against",
    "decide_listing",
    "dismiss",
    "expire",
    "extend",
    "file_defence",
    "file_rectification",
    "is_own_paper",
    "issue_notice",
    "object_to_listing",
    "open_case",
    "order_rectification",
    "own_cases",
    "paper",
    "proof_form",
    "propose",
    "prove_decision",
    "prove_service",
    "reject_rectification",
    "remove",
    "return_case",
    "serve_again",
    "turn_of",
    "uphold",
    "verify",
    "verify_rectification",
    "view_case",
    "withdraw",
]
