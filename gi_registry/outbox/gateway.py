"""Text messages through an operator's gateway: one JSON request per message.

``POST GI_SMS_URL`` with ``{"to": "13800000000", "text": "…", "id": "gi.17.…"}`` and, where ``GI_SMS_TOKEN`` is set, the header
``Authorization: Bearer …``. The ``id`` is the same at every try: a gateway that got it before answers 200 or 409 and sends nothing
again. 2xx and 409 mean taken; 400, 404, 410, 413 and 422 mean never; anything else, a redirect, or no answer in five seconds means
later. The body of an answer is not read.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from gi_registry.outbox.models import OutboxMessage
from gi_registry.outbox.rules import LONGEST_SMS, Refused, SwitchedOff

SECONDS = 5.0
KNOWN_ALREADY = 409
NEVER = frozenset({400, 404, 410, 413, 422})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry a number and a text to another place than the operator named."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def key_of(message: OutboxMessage) -> str:
    """Return what a gateway knows a message by, at every try."""
    return f"gi.{message.id}.{int(message.created_at.timestamp() * 1_000_000)}"


def send_text(message: OutboxMessage, *, url: str, token: str = "", seconds: float = SECONDS) -> None:
    """Hand a message to the gateway. Raises SwitchedOff without one, Refused when it never will, OSError when it may later."""
    if not url:
        raise SwitchedOff("no gateway is configured for sms")
    body = json.dumps({"to": message.recipient, "text": message.body[:LONGEST_SMS], "id": key_of(message)}).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        with _opener.open(urllib.request.Request(url, data=body, headers=headers, method="POST"), timeout=seconds):  # noqa: S310
            return
    except urllib.error.HTTPError as answer:
        _judge(answer.code)
    except (http.client.HTTPException, urllib.error.URLError, TimeoutError) as problem:
        # the words of an exception may repeat what was sent; its kind is enough
        raise OSError(f"the gateway did not answer ({type(getattr(problem, 'reason', problem)).__name__})") from None


def _judge(status: int) -> None:
    if status == KNOWN_ALREADY:
        return
    if status in NEVER:
        raise Refused(f"the gateway answered {status}")
    raise OSError(f"the gateway answered {status}")
