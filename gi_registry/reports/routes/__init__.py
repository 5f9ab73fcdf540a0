"""Pages of annual reports: the producer's, section by section, on paper, the officer's."""

from __future__ import annotations

from gi_registry.reports.routes import pages, papers, sections
from gi_registry.reports.routes.blueprint import bp

__all__ = ["bp", "pages", "papers", "sections"]
