"""A code as people type or paste it: bare, in groups, or as the whole address of the QR code."""

from __future__ import annotations

import re

LONGEST = 200
_ADDRESS = re.compile(r"/t/([^/?#]+)", re.IGNORECASE)


def typed_code(text: str) -> str:
    """Return the code in what was typed, without blanks and hyphens; the address of a QR code is understood too."""
    found = _ADDRESS.search(text[:LONGEST])
    return re.sub(r"[\s\-]+", "", found.group(1) if found else text[:LONGEST])
