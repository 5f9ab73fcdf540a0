"""The doubt form of a code, its receipt, and the stage of a receipt: for anybody, without a login, a cookie or JavaScript.

The form carries a signed token of its own (``rules.receipts.sign_form``) in place of the token of a session, because a session would
need a cookie. An anonymous act borrows nobody's rights, so the token's work is to show that the form was ours and is fresh; requests
that a browser says come from another site are refused as well.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.kernel.errors import NotAllowed, invalid
from gi_registry.kernel.peers import client_address
from gi_registry.kernel.words import say
from gi_registry.scans.rules.client import client_key, day_key
from gi_registry.scans.rules.place import PlaceTable, read_place_table
from gi_registry.supervision import queries, service
from gi_registry.supervision.routes.blueprint import WORDS, bp, settings
from gi_registry.supervision.rules.receipts import digest_of, read_form_token, sign_form, typed_token
from gi_registry.supervision.schemas import Doubt
from gi_registry.supervision.service import Photo, Receipt, Sender
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.negotiation import json_answer, wanted
from gi_registry.web.pages import page, redirect_with, tells_a_verdict
from gi_registry.web.work import close_work, current_work


def register_doubts(app: Flask) -> None:
    """Take the public form out of the check of session tokens; it checks its own."""
    app.extensions["csrf"].exempt(send_doubt)


@bp.get("/T/<code>/doubt")
@bp.get("/t/<code>/doubt")
@access(PUBLIC)
def show_doubt(code: str) -> str:
    """Show the form about a well-formed code, whether we issued it or not."""
    tells_a_verdict()
    work, code = current_work(), service.well_formed(code)
    token = sign_form(settings().secret_key, code, work.now)
    return page("supervision/doubt.html", code=code, token=token, provinces=queries.provinces(work.session), today=work.today, **WORDS)


@bp.post("/T/<code>/doubt")
@bp.post("/t/<code>/doubt")
@access(PUBLIC)
def send_doubt(code: str) -> Response | WerkzeugResponse:
    """Take a doubt and answer with its receipt."""
    tells_a_verdict()
    reshow(show_doubt, code)
    code, fields, upload = service.well_formed(code), read_form(Doubt), uploaded("photo")
    digest = digest_of(fields.model_dump_json(), hashlib.sha256(upload.content).hexdigest() if upload else "")
    sender = _sender(code, digest)
    service.refuse_flood(current_work(), code, sender)
    photo = _redrawn(upload.content) if upload else None
    receipt = service.take_doubt(current_work(), code, fields, sender=sender, secret_key=settings().secret_key, photo=photo)
    if request.is_json or wanted() == "json":
        answer = json_answer(_as_json(receipt), status=201)
        answer.headers["Location"] = f"/doubts/{receipt.token}"
        return answer
    return redirect_with(None, "supervision.show_receipt", token=receipt.token)


def _redrawn(content: bytes) -> Photo:
    """Draw a photo anew outside of the transaction: a stranger's bytes may take a while, and nobody else shall wait for them."""
    close_work()
    return service.redrawn(content)


def _sender(code: str, digest: str) -> Sender:
    work, kept = current_work(), settings()
    address = client_address(request.environ, kept.trusted_proxies)
    client = client_key(day_key(kept.secret_key, work.today), address, "")
    return Sender(client, _form_key(code, digest, client), _places(kept.place_table).place(address))


def _form_key(code: str, digest: str, client: str) -> str:
    """Return what makes this request one: the nonce of our form with its content, or the caller's Idempotency-Key."""
    if request.headers.get("Sec-Fetch-Site", "") == "cross-site":
        raise NotAllowed(say("请求不是从本站页面发出的。"), remedy=say("请打开商品标识码的页面，从“反映疑问”进入。"))
    if request.is_json:
        key = request.headers.get("Idempotency-Key", "")[:80]
        return f"h:{digest_of(client, code, key, digest)}" if key else f"j:{secrets.token_hex(16)}"
    work = current_work()
    nonce = read_form_token(settings().secret_key, code, request.form.get("csrf_token", ""), now=work.now)
    if nonce is None and not current_app.config.get("WTF_CSRF_ENABLED", True):
        nonce = secrets.token_urlsafe(12)
    if nonce is None:
        raise invalid("form", say("页面停留过久，或不是从本站的表单提交的。"), say("填写的内容都在，请再提交一次。"))
    return f"f:{nonce}:{digest}"


@cache
def _places(path: str) -> PlaceTable:
    if not path:
        return PlaceTable()
    with Path(path).open(encoding="utf-8-sig") as lines:
        return read_place_table(lines)


@bp.get("/doubts")
@access(PUBLIC)
def find_receipt() -> str | WerkzeugResponse:
    """Show the fields for number and check; with both, go to the receipt."""
    number, check = request.args.get("number", "")[:40], request.args.get("check", "")[:20]
    if number and check:
        return redirect_with(None, "supervision.show_receipt", token=typed_token(number, check))
    return page("supervision/find_receipt.html", number=number, **WORDS)


@bp.get("/doubts/<token>")
@access(PUBLIC)
def show_receipt(token: str) -> str | Response:
    """Show a receipt and its stage to whoever has number and check; nothing about anybody."""
    tells_a_verdict()
    receipt = service.read_receipt(current_work(), token[:60])
    if wanted() == "json":
        return json_answer(_as_json(receipt))
    return page("supervision/receipt.html", receipt=receipt, **WORDS)


def _as_json(receipt: Receipt) -> dict[str, object]:
    return {
        "number": receipt.number,
        "check": receipt.check,
        "status_url": f"/doubts/{receipt.token}",
        "stage": receipt.stage.value,
        "received_at": receipt.received_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "due_on": receipt.due_on.isoformat() if receipt.due_on else None,
        "at_the_longest_on": receipt.longest_on.isoformat() if receipt.longest_on else None,
        "closed_at": receipt.closed_at.isoformat(timespec="seconds").replace("+00:00", "Z") if receipt.closed_at else None,
    }
