"""Pure rules of verification: from what is on file to a verdict, and from a verdict to a page."""

from __future__ import annotations

from gi_registry.verify.rules.answer import Answer, answer, standing
from gi_registry.verify.rules.machine import as_json
from gi_registry.verify.rules.page import render, render_malformed
from gi_registry.verify.rules.record import Checks, Record

__all__ = ["Answer", "Checks", "Record", "answer", "as_json", "render", "render_malformed", "standing"]
