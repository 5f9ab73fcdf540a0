"""Languages: Chinese first; the sentence in the code is the message id."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, g, request, session
from flask_babel import Babel

LANGUAGES = ("zh_CN", "en")
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def locale() -> str:
    """Return the reader's language: chosen (``?lang=``, kept in the session), else what the browser prefers, else Chinese."""
    if "locale" not in g:
        asked = request.args.get("lang", "")
        if asked in LANGUAGES:
            session["lang"] = asked
        chosen = session.get("lang")
        if chosen not in LANGUAGES:
            chosen = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh") if _has_english() else "zh"
        g.locale = "en" if str(chosen).startswith("en") else "zh_CN"
    return str(g.locale)


def _has_english() -> bool:
    return (CATALOGUES / "en" / "LC_MESSAGES" / "messages.po").exists()


def register_languages(app: Flask) -> None:
    """Attach the catalogues."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh_CN"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    Babel(app, locale_selector=locale)
    app.jinja_env.globals["locale"] = locale
