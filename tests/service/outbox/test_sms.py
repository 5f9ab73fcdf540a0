"""Text messages through a real gateway on this machine: taken, refused, slow, known already, over the limit."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from gi_registry.outbox import gateway
from gi_registry.outbox.models import OutboxMessage
from gi_registry.outbox.rules import Channel, SmsLimits
from gi_registry.outbox.service import deliver_through, enqueue, send_due
from gi_registry.workflow import Work

NUMBER = "13800000000"


class Gateway(ThreadingHTTPServer):
    """A gateway that answers as it is told, and knows a message that comes twice."""

    answers: list[int]
    taken: dict[str, dict[str, str]]
    tokens: list[str]
    release: threading.Event


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.tokens.append(self.headers.get("Authorization", ""))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 0:
            self.server.release.wait(5)
            status = 200
        if status == 200:
            status = 409 if body["id"] in self.server.taken else 200
            self.server.taken.setdefault(body["id"], body)
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Gateway]:
    made = Gateway(("127.0.0.1", 0), _Handler)
    made.answers, made.taken, made.tokens, made.release = [], {}, [], threading.Event()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.release.set()
    made.shutdown()
    thread.join()
    made.server_close()


def text(work: Work) -> OutboxMessage:
    return enqueue(work.session, Channel.SMS, recipient=NUMBER, subject="年报提醒", body="请登录收件箱查看。", now=work.now)


def send(work: Work, server: Gateway | None, *, later: timedelta = timedelta(), limits: SmsLimits = SmsLimits()) -> None:  # noqa: B008
    url = f"http://127.0.0.1:{server.server_port}/sms" if server else ""
    send_due(work.session, now=work.now + later, deliver=deliver_through("", sms_url=url, sms_token="geheim"), limits=limits)  # noqa: S106


def test_a_message_is_taken_with_its_token_and_its_identity(work: Work, server: Gateway) -> None:
    message = text(work)
    send(work, server)
    assert message.sent_at == work.now and server.tokens == ["Bearer geheim"]
    assert list(server.taken.values()) == [{"to": NUMBER, "text": "请登录收件箱查看。", "id": gateway.key_of(message)}]


def test_a_gateway_in_trouble_is_tried_again_later_and_no_number_is_stored(work: Work, server: Gateway) -> None:
    server.answers = [500, 429]
    message = text(work)
    send(work, server)
    assert message.due_at == work.now + timedelta(minutes=1) and "500" in message.last_error and NUMBER not in message.last_error
    send(work, server, later=timedelta(minutes=1))
    assert message.due_at == work.now + timedelta(minutes=3) and not server.taken
    send(work, server, later=timedelta(minutes=3))
    assert message.sent_at is not None and len(server.taken) == 1


def test_a_slow_gateway_that_took_it_after_all_sends_it_once(work: Work, server: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway.send_text, "__kwdefaults__", gateway.send_text.__kwdefaults__ | {"seconds": 0.2})
    server.answers = [0]
    message = text(work)
    send(work, server)
    assert message.sent_at is None and message.tries == 1
    server.release.set()
    send(work, server, later=timedelta(minutes=1))
    assert message.sent_at is not None and len(server.taken) == 1


def test_what_the_gateway_will_never_take_is_given_up(work: Work, server: Gateway) -> None:
    server.answers = [422]
    message = text(work)
    send(work, server)
    assert (message.due_at, message.sent_at, message.tries) == (None, None, 1)


def test_without_a_gateway_it_is_given_up_and_the_inbox_has_it(work: Work) -> None:
    message = text(work)
    send(work, None)
    assert message.due_at is None and message.sent_at is None and "no gateway" in message.last_error


def test_a_number_gets_so_many_a_day(work: Work, server: Gateway) -> None:
    messages = [text(work) for _ in range(3)]
    send(work, server, limits=SmsLimits(per_number_per_day=2, per_day=10))
    assert [message.sent_at is not None for message in messages] == [True, True, False]
    assert messages[2].tries == 0
    send(work, server, later=timedelta(days=1, seconds=1), limits=SmsLimits(per_number_per_day=2, per_day=10))
    assert messages[2].sent_at is not None


def test_what_comes_days_late_is_not_sent(work: Work, server: Gateway) -> None:
    message = text(work)
    send(work, server, later=timedelta(days=4))
    assert message.due_at is None and not server.taken
