"""A request sent twice is done once: a double click, a retry on a bad line, a reload after a receipt.

A form carries a key of its own (``form_key``), an unsafe JSON call an ``Idempotency-Key``. The first answer is kept in the transaction
that did the work; the same request again gets that answer. A form changed after going back is another request; a JSON call that
carries a used key with another body is refused (IETF draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, request
from sqlalchemy import delete
from sqlmodel import Session, col, select

from gi_registry.db import IdempotencyKey
from gi_registry.kernel.errors import Duplicate, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

KEPT_FOR = timedelta(days=2)
"""A day for the person who comes back to a page, and one for a host clock that jumps by a day."""
LONGEST_KEY = 80
LONGEST_BODY = 65_536


@dataclass(frozen=True)
class Asked:
    """Which request this is: whose, under which key, with which content."""

    owner: str
    key: str
    digest: str


def asked_once(work: Work) -> Asked | None:
    """Return the identity of a request that carries a key and comes from a signed-in person, else None."""
    if not work.actor.signed_in:
        return None
    header, form_key = request.headers.get("Idempotency-Key", ""), request.form.get("form_key", "")
    if not header and not form_key:
        return None
    if len(header or form_key) > LONGEST_KEY:
        raise invalid("Idempotency-Key", say("键过长，最多 %(most)s 个字符。", most=LONGEST_KEY))
    digest = _digest()
    # The key of a form is joined with its content: going back, changing a field and sending is a new request.
    return Asked(work.actor.pseudonym, f"h:{header}" if header else f"f:{form_key}:{digest}", digest)


def _digest() -> str:
    content = hashlib.sha256(f"{request.method} {request.path}".encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name != "csrf_token":
            content.update(f"\0{name}\0{value}".encode("utf-8", "replace"))
    for name, upload in sorted(request.files.items(multi=True)):
        content.update(f"\0{name}\0{upload.filename}".encode("utf-8", "replace") + hashlib.sha256(upload.stream.read()).digest())
        upload.stream.seek(0)
    if request.is_json:
        content.update(request.get_data(cache=True))
    return content.hexdigest()


def answered(session: Session, asked: Asked) -> Response | None:
    """Return the answer that this request got before, else None. Raises Invalid for a key used for another request."""
    kept = session.exec(select(IdempotencyKey).where(IdempotencyKey.owner == asked.owner, IdempotencyKey.key == asked.key)).first()
    if kept is None:
        return None
    if kept.digest != asked.digest:
        raise invalid("Idempotency-Key", say("这个键已用于另一次请求。"), say("请为每次新的操作换一个键。"))
    answer = Response(kept.body, status=kept.status, mimetype=kept.media_type or None)
    if kept.location:
        answer.headers["Location"] = kept.location
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def keep(work: Work, asked: Asked, response: Response) -> None:
    """Keep a successful answer with the work it tells of. Raises Duplicate when the same request ended meanwhile."""
    body = response.get_data(as_text=True) if response.is_json or response.status_code in {301, 302, 303} else None
    if body is None or len(body) > LONGEST_BODY:
        return
    work.session.execute(delete(IdempotencyKey).where(col(IdempotencyKey.at) < work.now - KEPT_FOR))
    work.session.add(
        IdempotencyKey(
            owner=asked.owner,
            key=asked.key,
            digest=asked.digest,
            status=response.status_code,
            location=response.headers.get("Location", ""),
            media_type=response.mimetype or "",
            body=body,
            at=work.now,
        )
    )
    work.flush()


def once(work: Work, do: Callable[[], Response], *, again: Callable[[], Work]) -> Response:
    """Do a request unless it was done; ``again`` opens a fresh Work to read the answer of a twin that was faster."""
    asked = asked_once(work)
    if asked is None:
        return do()
    before = answered(work.session, asked)
    if before is not None:
        return before
    response = do()
    if response.status_code < 400:
        try:
            keep(work, asked, response)
        except Duplicate:
            work.rollback()
            twin = answered(again().session, asked)
            if twin is None:
                raise
            return twin
    return response


def register_repeats(app: Flask) -> None:
    """Give every form a key of its own.

    A form shown again keeps the key it came with: if the first try was stored after all, the next one with the same content is answered
    from it.
    """
    app.jinja_env.globals["form_key"] = lambda: request.form.get("form_key", "")[:LONGEST_KEY] or secrets.token_urlsafe(12)
