"""Use cases of verification: look up a code, check a firm."""

from __future__ import annotations

from gi_registry.verify.service.desk import Asked, Desk
from gi_registry.verify.service.firms import check_firm
from gi_registry.verify.service.look_up import Counted, Found, begin, find, finish, look_up, uncounted

__all__ = ["Asked", "Counted", "Desk", "Found", "begin", "check_firm", "find", "finish", "look_up", "uncounted"]
