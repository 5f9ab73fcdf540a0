"""Use cases of annual reports: write (``drafting``, ``sections``), file, amend, withdraw (``filing``), ``review``, remind, count, print."""

from __future__ import annotations

from gi_registry.reports.service.drafting import Form, open_form, save_draft, save_nil
from gi_registry.reports.service.filing import (
    Paper,
    amend_report,
    check_page,
    file_nil,
    file_report,
    file_stamped,
    receipt_of,
    view_report,
    withdraw_report,
)
from gi_registry.reports.service.lists import count_obligations, list_obligations, my_obligations
from gi_registry.reports.service.printing import Printed, print_receipt, print_report, receipt_facts
from gi_registry.reports.service.reminders import send_reminders
from gi_registry.reports.service.review import Review, accept_report, check_report, open_review, return_report
from gi_registry.reports.service.rollup import roll_up, rollup_rows
from gi_registry.reports.service.sections import PHOTO_LABELS, add_photo, confirm_sections, open_section, open_tasks, save_section

__all__ = [
    "PHOTO_LABELS",
    "Form",
    "Paper",
    "Printed",
    "Review",
    "accept_report",
    "add_photo",
    "amend_report",
    "check_page",
    "check_report",
    "confirm_sections",
    "count_obligations",
    "file_nil",
    "file_report",
    "file_stamped",
    "list_obligations",
    "my_obligations",
    "open_form",
    "open_review",
    "open_section",
    "open_tasks",
    "print_receipt",
    "print_report",
    "receipt_facts",
    "receipt_of",
    "return_report",
    "roll_up",
    "rollup_rows",
    "save_draft",
    "save_nil",
    "save_section",
    "send_reminders",
    "view_report",
    "withdraw_report",
]
