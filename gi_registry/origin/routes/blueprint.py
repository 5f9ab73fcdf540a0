"""The blueprint of origin and what its pages share."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, request

from gi_registry.origin import service
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import DATUM_WORDS
from gi_registry.origin.rules.terms import CAPTURE_WORDS, TENURE_WORDS, VERDICT_WORDS
from gi_registry.origin.schemas import Outline, PlotFilters
from gi_registry.web.arguments import number_arg
from gi_registry.web.forms import read_form, uploaded
from gi_registry.web.headers import base_map_host

bp = Blueprint("origin", __name__)


WORDS = {"captures": CAPTURE_WORDS, "datums": DATUM_WORDS, "tenures": TENURE_WORDS, "verdicts": VERDICT_WORDS}


@dataclass(frozen=True)
class BaseMap:
    """The tiles behind the map editor and the review number of that map; both empty where none is set."""

    url: str
    number: str


def base_map() -> BaseMap:
    """Return the base map of this installation; an address that cannot be one counts as none."""
    settings = current_app.extensions["gi_settings"]
    return BaseMap(settings.base_map_url, settings.base_map_number) if base_map_host(settings.base_map_url) else BaseMap("", "")


@bp.context_processor
def _context() -> dict[str, object]:
    return {"base_map": base_map}


def given_outline() -> Reading:
    """Read the outline that a form brings, as a file or typed."""
    file, typed = uploaded("file"), read_form(Outline)
    wishes = service.Wishes(typed.crs, typed.layer, typed.encoding, typed.feature)
    name, content = (file.name, file.content) if file else ("", None)
    return service.read_outline(typed.geometry, content, datum=typed.datum, name=name, wishes=wishes)


def asked_plots() -> PlotFilters:
    """Read what the address of a list of plots asks for; what makes no sense is left out."""
    texts = {name: request.args.get(name, "").strip()[:100] for name in ("q", "verdict", "verified", "used")}
    return PlotFilters(gi=number_arg("gi"), **texts)
