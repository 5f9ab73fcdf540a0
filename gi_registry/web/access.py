"""Who may enter: every view declares it, and a view that does not cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.datastructures import MultiDict

from gi_registry.kernel.errors import NotFound, NotSignedIn, invalid
from gi_registry.kernel.identifiers import storable
from gi_registry.kernel.permissions import GRANTS
from gi_registry.kernel.words import say
from gi_registry.web.work import current_work

PUBLIC = "public"
SIGNED_IN = "signed-in"
LONGEST_ARGUMENT = 2_000

View = TypeVar("View", bound=Callable[..., Any])
Given = TypeVar("Given")


def access(need: str) -> Callable[[View], View]:
    """Declare what a view needs: PUBLIC, SIGNED_IN or a permission of the GRANTS table."""
    if need not in {PUBLIC, SIGNED_IN} and need not in GRANTS:
        raise KeyError(f"{need} is not in the GRANTS table")

    def declare(view: View) -> View:
        view.gi_access = need  # type: ignore[attr-defined]
        return view

    return declare


def declared_access(endpoint: str) -> str | None:
    """Return what the endpoint declares; Flask's own static files are public."""
    if endpoint == "static":
        return PUBLIC
    return getattr(current_app.view_functions[endpoint], "gi_access", None)


def _each(given: MultiDict[str, Given]) -> Iterator[Given]:
    """Yield every value; ``values()`` would leave out the second of a name."""
    return (value for _, value in given.items(multi=True))


def _refuse_unstorable() -> None:
    """Refuse a request with characters that no database keeps, before they reach a query."""
    texts = [*(request.view_args or {}).values(), *request.args, *_each(request.args), *request.form, *_each(request.form)]
    texts += [upload.filename or "" for upload in _each(request.files)]
    if not all(storable(text) for text in texts if isinstance(text, str)):
        raise invalid("form", say("内容里有不能保存的控制字符。"), say("请删去后重新提交。"))
    if any(len(value) > LONGEST_ARGUMENT for value in _each(request.args)):  # beyond 50,000 SQLite fails in a LIKE
        raise invalid("form", say("地址里的查询内容过长。"), say("请缩短后再查。"))


def enforce() -> None:
    """Refuse the request whose actor lacks what its view declares."""
    if request.endpoint is None:
        return
    _refuse_unstorable()
    need = declared_access(request.endpoint)
    if need is None:
        raise NotFound
    if request.endpoint in {"static", "desk.healthz"}:
        return
    work = current_work()
    if need == PUBLIC:
        return
    if not work.actor.signed_in:
        raise NotSignedIn
    if need != SIGNED_IN:
        work.require(need)
