"""What a reader asks for besides the code: language and form. Anything that cannot be read is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs

HEADER_CHARACTERS = 500
QUERY_CHARACTERS = 500
MACHINE_TYPES = ("application/json", "application/*+json")


class Wishes(NamedTuple):
    """Whether the answer is for a machine, its language, and whether its type is large."""

    as_machine: bool
    tag: str
    large: bool


@lru_cache(maxsize=2_048)
def wishes(query: str, accept: str, accept_language: str, tags: Sequence[str]) -> Wishes:
    """Return what a reader asks for; the language is one of ``tags`` (a tuple; the first is the default).

    The three texts come from strangers: the caller cuts them short, because the answers are kept.
    """
    asked = parse_qs(query) if query else {}
    as_machine = wants_json(asked.get("format", [""])[0], accept)
    # A page changes its language by its link only, as everywhere on the site; machines are asked for their preference.
    tag = language_of(asked.get("lang", [""])[0], accept_language if as_machine else "", tags)
    return Wishes(as_machine, tag, asked.get("size", [""])[0] == "large")


def wants_json(form: str, accept: str) -> bool:
    """Say whether the answer is for a machine: ``?format=`` first, then an Accept that puts JSON above HTML."""
    if form in ("json", "html"):
        return form == "json"
    if "json" not in accept:
        return False
    weights = dict(_weighted(accept))
    machine = max((weights.get(kind, 0.0) for kind in MACHINE_TYPES), default=0.0)
    return machine > max(weights.get("text/html", 0.0), weights.get("application/xhtml+xml", 0.0))


def language_of(chosen: str, accept: str, tags: Sequence[str]) -> str:
    """Return one of ``tags`` (the first is the default): the one chosen, else the one preferred by Accept-Language."""
    if len(tags) < 2:
        return tags[0]
    by_start = {tag.split("-")[0]: tag for tag in tags}
    asked = _start(chosen)
    if asked in by_start:
        return by_start[asked]
    known = [(weight, by_start[_start(name)]) for name, weight in _weighted(accept) if _start(name) in by_start and weight > 0]
    return max(known, key=lambda item: item[0])[1] if known else tags[0]


def _start(tag: str) -> str:
    return tag.strip().lower().replace("_", "-").split("-")[0]


def _weighted(header: str) -> list[tuple[str, float]]:
    found = []
    for part in header[:HEADER_CHARACTERS].split(","):
        name, _, parameters = part.partition(";")
        _, _, weight = parameters.partition("q=")
        try:
            found.append((name.strip().lower(), float(weight.split(";")[0]) if weight else 1.0))
        except ValueError:
            continue
    return found
