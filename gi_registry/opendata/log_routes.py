"""The log in public: its page, checkpoint, tiles and proofs. Hashes only; no row and no actor can be read from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request

from gi_registry.config import Settings
from gi_registry.kernel.errors import NotFound, Unavailable
from gi_registry.kernel.quantities import whole_number
from gi_registry.kernel.words import Words
from gi_registry.log import keys, queries
from gi_registry.log.rules.tiles import FULL, read_path
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.negotiation import json_answer
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

bp = Blueprint("log", __name__, url_prefix="/log")

FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=5"


@dataclass(frozen=True)
class _Signed:
    """The checkpoint, or why there is none."""

    note: str = ""
    missing: Words | None = None
    remedy: Words | None = None


@bp.get("")
@access(PUBLIC)
def index() -> str:
    """Explain the log and show where it stands."""
    session = current_work().session
    return page("opendata/log.html", head=queries.head(session), signed=_signed(), verifier_key=keys.find_verifier_key(session))


@bp.get("/checkpoint")
@access(PUBLIC)
def checkpoint() -> Response:
    """Answer the signed checkpoint (C2SP tlog-checkpoint)."""
    note = keys.checkpoint(current_work().session, _settings())
    return Response(note, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@bp.get("/tile/<path:path>")
@access(PUBLIC)
def tile(path: str) -> Response:
    """Answer one tile (C2SP tlog-tiles): 32 bytes per hash."""
    named = read_path(path)
    if named is None:
        raise NotFound
    level, number, width = named
    hashes = queries.tile(current_work().session, level, number, width=width)
    caching = FOR_EVER if width == FULL else BRIEFLY
    return Response(hashes, content_type="application/octet-stream", headers={"Cache-Control": caching})


@bp.get("/proof/inclusion")
@access(PUBLIC)
def inclusion() -> Response:
    """Answer the proof that leaf ``index`` is in the tree of ``size`` leaves."""
    return _proof(queries.inclusion(current_work().session, _asked("index"), _asked("size")))


@bp.get("/proof/consistency")
@access(PUBLIC)
def consistency() -> Response:
    """Answer the proof that the tree of ``new`` leaves only appended to that of ``old``."""
    return _proof(queries.consistency(current_work().session, _asked("old"), _asked("new")))


def _asked(name: str) -> int:
    return whole_number(request.args.get(name, ""), name)


def _proof(proof: queries.Inclusion | queries.Consistency) -> Response:
    return json_answer({name: _hex(value) for name, value in asdict(proof).items()})


def _hex(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return [_hex(each) for each in value] if isinstance(value, tuple | list) else value


def _signed() -> _Signed:
    try:
        return _Signed(keys.checkpoint(current_work().session, _settings()))
    except Unavailable as why:
        return _Signed(missing=why.reason, remedy=why.remedy)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["gi_settings"]
    return settings
