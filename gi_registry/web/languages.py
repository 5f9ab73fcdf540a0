"""Languages: Chinese first; the sentence in the code is the message id."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from flask import Flask, g, request, session
from flask_babel import Babel

from gi_registry.web.negotiation import wanted

LANGUAGES = ("zh_CN", "en")
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def locale() -> str:
    """Return the reader's language: chosen by link (``?lang=``, kept in the session), else Chinese.

    A browser's own preference counts for machines only (``detail`` of a refusal): offices run browsers in many languages, and a page
    that is read beside Chinese papers should not change its language by itself.
    """
    if "locale" not in g:
        asked = request.args.get("lang", "")
        if asked in LANGUAGES:
            session["lang"] = asked
        chosen = session.get("lang")
        if chosen not in LANGUAGES and wanted() == "json":
            chosen = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh")
        g.locale = "en" if str(chosen).startswith("en") and has_english() else "zh_CN"
    return str(g.locale)


@cache
def has_english() -> bool:
    """Say whether the English catalogue is installed."""
    return (CATALOGUES / "en" / "LC_MESSAGES" / "messages.mo").exists()


def register_languages(app: Flask) -> None:
    """Attach the catalogues."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_CN"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(app, locale_selector=locale)
    app.jinja_env.globals["locale"] = locale
    app.jinja_env.globals["has_english"] = has_english
