"""The blueprint of origin and what its pages share."""

from __future__ import annotations

from flask import Blueprint

from gi_registry.origin import service
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import DATUM_WORDS
from gi_registry.origin.rules.terms import CAPTURE_WORDS, TENURE_WORDS, VERDICT_WORDS
from gi_registry.origin.schemas import Outline
from gi_registry.web.forms import read_form, uploaded

bp = Blueprint("origin", __name__)


WORDS = {"captures": CAPTURE_WORDS, "datums": DATUM_WORDS, "tenures": TENURE_WORDS, "verdicts": VERDICT_WORDS}


def given_outline() -> Reading:
    """Read the outline that a form brings, as a file or typed."""
    file, typed = uploaded("file"), read_form(Outline)
    return service.read_outline(typed.geometry, file.content if file else None, datum=typed.datum)
