"""Pages of supervision: the public's doubt, the user's statement, the officers' queue."""

from __future__ import annotations

from gi_registry.supervision.routes import doubts, leads, statements
from gi_registry.supervision.routes.blueprint import bp
from gi_registry.supervision.routes.doubts import register_doubts

__all__ = ["bp", "doubts", "leads", "register_doubts", "statements"]
