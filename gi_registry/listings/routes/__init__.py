"""Pages of the abnormal-use list: the office's, the party's, the public's."""

from __future__ import annotations

from gi_registry.listings.routes import acts, office, party, public
from gi_registry.listings.routes.blueprint import bp

__all__ = ["acts", "bp", "office", "party", "public"]
