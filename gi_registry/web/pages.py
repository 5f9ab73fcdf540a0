"""Pages, flashes and the filters that templates write with."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.kernel.clock import SHANGHAI, legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.web.forms import form_state


def page(template: str, **context: Any) -> str:
    """Render a template; a form shown again names the field of each error in the summary."""
    html = render_template(template, **context)
    for field in {error.field for error in form_state().errors}:
        html = _name_field(html, field)
    return html


def _name_field(html: str, field: str) -> str:
    """Put the label a field has on this page into the summary's link to it (the summary stands before the fields)."""
    target = re.escape(f"field-{field}")
    label = re.search(rf'(?:<label for="{target}"[^>]*>|id="{target}"[^>]*>\s*<legend[^>]*>)\s*([^<]*[^<\s])', html)
    link = f'<a href="#field-{field}">'
    return html.replace(link, f"{link}{label[1]}{gettext('：')}") if label else html


def redirect_with(message: Words | None, endpoint: str, **values: Any) -> WerkzeugResponse:
    """Redirect (303) after a POST and show ``message`` on the next page."""
    if message is not None:
        flash(translated(message))
    return redirect(url_for(endpoint, **values), 303)


def translated(text: Words | str) -> str:
    """Return a sentence in the reader's language."""
    return text.in_language(gettext) if isinstance(text, Words) else str(text)


def thin_number(value: float | None) -> str:
    """Write 50160000 as 50 160 000 with thin spaces."""
    if value is None:
        return "—"
    return f"{value:,}".replace(",", "\u2009")


def thousandths(value: int | None) -> str:
    """Write thousandths (milli-mu, grams as kilograms) as a decimal: 12345 → 12.345."""
    if value is None:
        return "—"
    whole, rest = divmod(abs(value), 1000)
    return ("-" if value < 0 else "") + thin_number(whole) + (f".{rest:03d}".rstrip("0") if rest else "")


def day(value: date | datetime | None) -> str:
    """Write a date as tables, facts and deadlines have it: 2026-09-05."""
    return "—" if value is None else (legal_date(value) if isinstance(value, datetime) else value).isoformat()


def day_said(value: date | datetime | None) -> str:
    """Write a date inside a sentence as people say it: 2026年9月5日, in English 2026-09-05."""
    if value is None:
        return "—"
    on = legal_date(value) if isinstance(value, datetime) else value
    return translated(say("%(year)s年%(month)s月%(day)s日", year=on.year, month=on.month, day=on.day))


def when(value: datetime | None) -> str:
    """Write a moment in Shanghai: 2026-09-05 08:30."""
    return "—" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def selected(condition: object) -> Markup:
    """Mark the chosen option of a select."""
    return Markup(" selected") if condition else Markup("")


def register_pages(app: Flask) -> None:
    """Give the templates their filters and globals."""
    app.jinja_env.filters.update(words=translated, number=thin_number, thousandths=thousandths, day=day, day_said=day_said, when=when)
    app.jinja_env.globals.update(form_state=form_state, selected=selected)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def private(response: Response) -> Response:
    """Keep out of every cache what is for one person: pages of the signed-in, pages with a form's token, verdicts."""
    work = g.get("work")
    if (work is not None and work.actor.signed_in) or "csrf_token" in g or g.get("verdict"):
        response.headers["Cache-Control"] = "no-store"
    return response


def tells_a_verdict() -> None:
    """Say that this answer is a verdict of the moment, never to be shown from a cache."""
    g.verdict = True
