"""The blueprint, and the words that its templates share."""

from __future__ import annotations

from flask import Blueprint, current_app

from gi_registry.config import Settings
from gi_registry.supervision.rules.doubts import LONGEST_TEXT, WRONGS
from gi_registry.supervision.rules.life import LEAD_LIFE, OPEN, SOURCES, STAGES

bp = Blueprint("supervision", __name__)

COMPLAINTS = "https://www.12315.cn"


def tone(state: str) -> str:
    """Return the colour of a state: open ones wait, the others ended."""
    return "waiting" if state in OPEN else "ended"


def settings() -> Settings:
    """Return the settings of this application."""
    found: Settings = current_app.extensions["gi_settings"]
    return found


WORDS = {
    "life": LEAD_LIFE,
    "sources": SOURCES,
    "stages": STAGES,
    "wrongs": WRONGS,
    "longest": LONGEST_TEXT,
    "tone": tone,
    "complaints": COMPLAINTS,
}
