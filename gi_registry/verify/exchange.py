"""One look-up as it comes in and goes out, whatever carries it: what was asked for, in which form, and the finished answer.

``wsgi`` and the event loop of ``front`` both read a request into ``Question``, find with ``service`` and send a ``Reply``. It never answers
5xx unless the database cannot be read; then it is a 503 page that says so.
"""

from __future__ import annotations

import base64
import gettext
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

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
from gi_registry.verify.rules.page import Frame, Language, render_malformed, render_unavailable
from gi_registry.verify.rules.stencil import page_of
from gi_registry.verify.rules.style import MARK_BYTES, STYLE_HASH
from gi_registry.verify.rules.wishes import HEADER_CHARACTERS, QUERY_CHARACTERS, wishes
from gi_registry.verify.service import Asked, Desk, Found, find
from gi_registry.web.languages import CATALOGUES

logger = logging.getLogger(__name__)

CODE_CHARACTERS = 100
DOUBT = "/doubt"
"""The form of a doubt lies below the code, but needs forms and sessions of work: Flask answers it."""
TOO_LONG = say("标识码应为 20 位，您输入的内容过长。")
LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}
HTML, JSON = ("Content-Type", "text/html; charset=utf-8"), ("Content-Type", "application/json; charset=utf-8")
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
OTHER_METHODS = (("Allow", "GET, HEAD"), ("Content-Type", "text/plain; charset=utf-8"), *HEADERS)
FORMS = {False: (HTML, *HEADERS), True: (JSON, *HEADERS)}
LATER = ("Retry-After", "30")
METHODS = ("GET", "HEAD")


class Question(NamedTuple):
    """A look-up as it was asked: the text in the place of the code, who asks, and for an answer of which form and language."""

    text: str
    asked: Asked
    language: Language
    large: bool
    as_machine: bool


class Reply(NamedTuple):
    """A finished answer. The headers are the carrier's to complete with the length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def is_trace(path: str) -> bool:
    """Say whether a path is that of a trace page."""
    return path[:3] in ("/T/", "/t/") and not path.endswith(DOUBT)


class TracePage:
    """What a process needs to answer look-ups."""

    def __init__(self, settings: Settings, desk: Desk | None = None) -> None:
        self.settings, self.desk = settings, desk or Desk(settings, places=_places(settings.place_table))
        self.mark = _mark(settings.mark_file)
        self.languages = _languages()
        self.tags = tuple(self.languages)
        self._frames: dict[tuple[str, bool, bool], Frame] = {}

    def question(self, text: str, environ: Mapping[str, str], *, counts: bool) -> Question:
        """Read a request; ``environ`` has the names of WSGI, ``counts`` is false for a HEAD."""
        wanted = wishes(
            environ.get("QUERY_STRING", "")[:QUERY_CHARACTERS],
            environ.get("HTTP_ACCEPT", "")[:HEADER_CHARACTERS],
            environ.get("HTTP_ACCEPT_LANGUAGE", "")[:HEADER_CHARACTERS],
            self.tags,
        )
        asked = Asked(
            client_address(environ, self.settings.trusted_proxies),
            environ.get("HTTP_USER_AGENT", ""),
            counts and not is_preview(environ),
        )
        return Question(text.rstrip("/"), asked, self.languages[wanted.tag], wanted.large, wanted.as_machine)

    def answer(self, question: Question) -> Reply:
        """Look a code up and answer; may read and write the database."""
        try:
            return self.told(question, find(self.desk, fitting(question.text), question.asked))
        except Malformed as problem:
            return self.malformed(question, problem.reason)
        except (Gone, Busy, RegistryError) as problem:
            return self.unavailable(question, problem)

    def told(self, question: Question, found: Found) -> Reply:
        """Return the answer to a well-formed code."""
        if question.as_machine:
            said = json.dumps(as_json(found.answer, question.language.translate), ensure_ascii=False)
            return self._reply(200, question, said)
        stencils = found.stretch.stencils if found.stretch else None
        return Reply(200, FORMS[False], page_of(found.answer, question.language, self._frame(question), stencils))

    def malformed(self, question: Question, reason: Words) -> Reply:
        """Return the answer to a text that is no code."""
        language = question.language
        if question.as_machine:
            shown = malformed_json(question.text[:CODE_CHARACTERS], reason, at=self.desk.moment(), translate=language.translate)
            return self._reply(404, question, json.dumps(shown, ensure_ascii=False))
        return self._reply(404, question, render_malformed(question.text, reason, language, frame=self._frame(question)))

    def unavailable(self, question: Question, problem: Exception) -> Reply:
        """Return the answer where nothing can be told."""
        logger.warning("a look-up could not be answered: %s: %s", type(problem).__name__, problem)
        language = question.language
        if not question.as_machine:
            return self._reply(503, question, render_unavailable(language), LATER)
        body = {"type": "/problems/unavailable", "title": AWAY.in_language(language.translate), "status": 503}
        return self._reply(503, question, json.dumps(body, ensure_ascii=False), LATER)

    def _reply(self, status: int, question: Question, said: str, *more: tuple[str, str]) -> Reply:
        return Reply(status, FORMS[question.as_machine] + more, said.encode("utf-8", "replace"))

    def _frame(self, question: Question) -> Frame:
        tag, large, demo = question.language.tag, question.large, self.desk.demo
        known = self._frames.get((tag, large, demo))
        if known is None:
            others = tuple((other, LANGUAGE_NAMES[other]) for other in self.tags if other != tag)
            known = self._frames[tag, large, demo] = Frame(self.mark, others, demo, large)
        return known


def fitting(text: str) -> str:
    """Return a text that may be a code. Raises Malformed for one that is far too long to be looked at."""
    if len(text) > CODE_CHARACTERS:
        raise Malformed("length", TOO_LONG)
    return text


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
