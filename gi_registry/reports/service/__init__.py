"""Use cases of annual reports: write (``drafting``), file, amend, withdraw (``filing``), check and decide (``review``), remind."""

from __future__ import annotations

from gi_registry.reports.service.drafting import Form, open_form, save_draft, save_nil
from gi_registry.reports.service.filing import (
    Paper,
    amend_report,
    check_page,
    file_nil,
    file_report,
    receipt_of,
    view_report,
    withdraw_report,
)
from gi_registry.reports.service.lists import count_obligations, list_obligations, my_obligations
from gi_registry.reports.service.reminders import send_reminders
from gi_registry.reports.service.review import Review, accept_report, check_report, open_review, return_report

__all__ = [
    "Form",
    "Paper",
    "Review",
    "accept_report",
    "amend_report",
    "check_page",
    "check_report",
    "count_obligations",
    "file_nil",
    "file_report",
    "list_obligations",
    "my_obligations",
    "open_form",
    "open_review",
    "receipt_of",
    "return_report",
    "save_draft",
    "save_nil",
    "send_reminders",
    "view_report",
    "withdraw_report",
]
