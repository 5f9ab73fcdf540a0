"""The addresses of the application, one a line: methods, rule, endpoint."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

ROUTES = Path(__file__).with_name("routes.txt")
SILENT = {"HEAD", "OPTIONS"}


def addresses(app: Flask) -> list[str]:
    """Return every address, sorted by its rule."""
    rows = [(rule.rule, ",".join(sorted((rule.methods or set()) - SILENT)), rule.endpoint) for rule in app.url_map.iter_rules()]
    return [f"{methods} {rule} {endpoint}" for rule, methods, endpoint in sorted(rows)]
