"""Use cases of verification: look up a code, check a firm."""

from __future__ import annotations

from gi_registry.verify.service.firms import check_firm
from gi_registry.verify.service.look_up import Asked, Desk, look_up

__all__ = ["Asked", "Desk", "check_firm", "look_up"]
