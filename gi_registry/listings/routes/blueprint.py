"""The blueprint, and the words that its templates share."""

from __future__ import annotations

from flask import Blueprint, request

from gi_registry.anomalies.rules.finding import UNITS, line_of, words_of
from gi_registry.anomalies.rules.grounds import BY_CODE, GROUNDS, SEVERITIES
from gi_registry.listings.rules.life import CASE_LIFE, ENDED, ON_THE_LIST, TURN_NAMES, State, Turn
from gi_registry.listings.schemas import Attachment
from gi_registry.notices.rules import METHOD_NAMES
from gi_registry.web.forms import uploaded

bp = Blueprint("listings", __name__)

FILE_FIELDS = ("file", "file2", "file3")


def tone(state: str) -> str:
    """Return the colour of a state: on the list refused, ended grey, before that waiting."""
    if state in ON_THE_LIST:
        return "refused"
    return "ended" if state in ENDED else "waiting"


WORDS = {
    "life": CASE_LIFE,
    "states": State,
    "turns": Turn,
    "turn_names": TURN_NAMES,
    "methods": METHOD_NAMES,
    "grounds": GROUNDS,
    "ground_names": BY_CODE,
    "severities": SEVERITIES,
    "units": UNITS,
    "line_of": line_of,
    "words_of": words_of,
    "tone": tone,
}


def attachments() -> tuple[Attachment, ...]:
    """Return the files of the form."""
    files = (uploaded(name) for name in FILE_FIELDS if name in request.files)
    return tuple(Attachment(file.name, file.content) for file in files if file is not None)
