"""The trace page as a WSGI application in front of Flask: ``/T/{code}`` and ``/t/{code}``, nothing else.

Everything on the way of a look-up is here or in ``service``: no session, no template engine, no request object. It never answers 5xx
unless the database cannot be read; then it is a 503 page that says so.
"""

from __future__ import annotations

import base64
import gettext
import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from gi_registry.codes.rules.format import Malformed
from gi_registry.config import Settings
from gi_registry.kernel.errors import RegistryError
from gi_registry.kernel.peers import client_address
from gi_registry.kernel.words import Words, say
from gi_registry.scans.connections import Busy, Gone
from gi_registry.scans.rules.client import is_preview
from gi_registry.scans.rules.place import PlaceTable, read_place_table
from gi_registry.verify.rules.labels import AWAY
from gi_registry.verify.rules.machine import as_json, malformed_json
from gi_registry.verify.rules.page import Frame, Language, render, render_malformed, render_unavailable
from gi_registry.verify.rules.style import MARK_BYTES, STYLE_HASH
from gi_registry.verify.rules.wishes import language_of, wants_json
from gi_registry.verify.service import Asked, Desk, look_up
from gi_registry.web.languages import CATALOGUES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

CODE_CHARACTERS = 100
QUERY_CHARACTERS = 500
DOUBT = "/doubt"
"""The form of a doubt lies below the code, but needs forms and sessions of work: Flask answers it."""
TOO_LONG = say("标识码应为 20 位，您输入的内容过长。")
LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}
HEADERS = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        f"default-src 'none'; style-src '{STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "geolocation=(), camera=(), microphone=()"),
    ("Vary", "Accept, Accept-Language"),
)


def wrap(inner: WSGIApplication, settings: Settings, *, desk: Desk | None = None) -> WSGIApplication:
    """Return an application that answers ``/T/`` and ``/t/`` itself and passes everything else on to ``inner``."""
    page = TracePage(settings, desk or Desk(settings, places=_places(settings.place_table)))

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path[:3] in ("/T/", "/t/") and not path.endswith(DOUBT):
            return page(environ, start_response)
        return inner(environ, start_response)

    return application


class TracePage:
    """One look-up per call."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self.settings, self.desk = settings, desk
        self.mark = _mark(settings.mark_file)
        self.languages = _languages()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method = environ.get("REQUEST_METHOD", "GET")
        if method not in ("GET", "HEAD"):
            return _send(start_response, "405 Method Not Allowed", "text/plain; charset=utf-8", b"", extra=(("Allow", "GET, HEAD"),))
        query = _query(str(environ.get("QUERY_STRING") or ""))
        text = _text(environ)
        as_machine = wants_json(query.get("format", [""])[0], str(environ.get("HTTP_ACCEPT") or ""))
        language = self._language(environ, query, as_machine=as_machine)
        try:
            status, body = self._answer(text, self._asked(environ, method), language, as_machine=as_machine)
        except (Gone, Busy, RegistryError) as problem:
            logger.warning("a look-up could not be answered: %s: %s", type(problem).__name__, problem)
            status, body = "503 Service Unavailable", _unavailable(language, as_machine=as_machine)
        kind = "application/json; charset=utf-8" if as_machine else "text/html; charset=utf-8"
        encoded = body.encode("utf-8", "replace")
        later = (("Retry-After", "30"),) if status.startswith("503") else ()
        return _send(start_response, status, kind, encoded, head=method == "HEAD", extra=later)

    def _answer(self, text: str, asked: Asked, language: Language, *, as_machine: bool) -> tuple[str, str]:
        try:
            if len(text) > CODE_CHARACTERS:
                raise Malformed("length", TOO_LONG)
            answer = look_up(self.desk, text, asked)
        except Malformed as problem:
            return "404 Not Found", self._malformed(text, problem.reason, language, as_machine=as_machine)
        if as_machine:
            return "200 OK", json.dumps(as_json(answer, language.translate), ensure_ascii=False)
        return "200 OK", render(answer, language, self._frame(language))

    def _malformed(self, text: str, reason: Words, language: Language, *, as_machine: bool) -> str:
        if as_machine:
            shown = malformed_json(text[:CODE_CHARACTERS], reason, at=self.desk.moment(), translate=language.translate)
            return json.dumps(shown, ensure_ascii=False)
        return render_malformed(text, reason, language, frame=self._frame(language))

    def _asked(self, environ: WSGIEnvironment, method: str) -> Asked:
        return Asked(
            address=client_address(environ, self.settings.trusted_proxies),
            agent=str(environ.get("HTTP_USER_AGENT") or ""),
            counts=method == "GET" and not is_preview(environ),
        )

    def _frame(self, language: Language) -> Frame:
        others = tuple((tag, LANGUAGE_NAMES[tag]) for tag in self.languages if tag != language.tag)
        return Frame(self.mark, others, self.desk.demo)

    def _language(self, environ: WSGIEnvironment, query: Mapping[str, list[str]], *, as_machine: bool) -> Language:
        # A page changes its language by its link only, as everywhere on the site; machines are asked for their preference.
        chosen, accepted = query.get("lang", [""])[0], str(environ.get("HTTP_ACCEPT_LANGUAGE") or "") if as_machine else ""
        return self.languages[language_of(chosen, accepted, tuple(self.languages))]


def _send(
    start_response: StartResponse, status: str, kind: str, body: bytes, *, head: bool = False, extra: tuple[tuple[str, str], ...] = ()
) -> list[bytes]:
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body))), *HEADERS, *extra])
    return [] if head else [body]


def _query(text: str) -> dict[str, list[str]]:
    return parse_qs(text[:QUERY_CHARACTERS]) if text else {}


def _text(environ: WSGIEnvironment) -> str:
    raw = str(environ.get("PATH_INFO", ""))[3:].rstrip("/")
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


def _unavailable(language: Language, *, as_machine: bool) -> str:
    if not as_machine:
        return render_unavailable(language)
    body = {"type": "/problems/unavailable", "title": AWAY.in_language(language.translate), "status": 503}
    return json.dumps(body, ensure_ascii=False)


def _languages() -> dict[str, Language]:
    found = {"zh-CN": Language("zh-CN", str)}
    if gettext.find("messages", str(CATALOGUES), ["en"]):
        found["en"] = Language("en", gettext.translation("messages", str(CATALOGUES), ["en"]).gettext)
    return found


def _places(path: str) -> PlaceTable:
    if not path:
        return PlaceTable()
    with Path(path).open(encoding="utf-8-sig") as lines:
        return read_place_table(lines)


def _mark(path: str) -> str:
    kinds = {".svg": "image/svg+xml", ".png": "image/png"}
    file = Path(path)
    if not path or file.suffix.lower() not in kinds or not file.is_file() or file.stat().st_size > MARK_BYTES:
        return ""
    return f"data:{kinds[file.suffix.lower()]};base64,{base64.b64encode(file.read_bytes()).decode()}"
