"""A message exists exactly when the transaction does, is sent after it, and is not lost when sending fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

from gi_registry.outbox.models import OutboxMessage
from gi_registry.outbox.rules import MOST_TRIES, Channel
from gi_registry.outbox.service import enqueue, mail_through, message_id, send_due


def put(work: Any, channel: Channel = Channel.EMAIL) -> OutboxMessage:
    return enqueue(work.session, channel, recipient="user@example.org", subject="年报提醒", body="请报送。", now=work.now)


def test_a_message_is_sent_once(work: Any) -> None:
    message, sent = put(work), []
    assert send_due(work.session, now=work.now, deliver=sent.append).sent == 1
    assert send_due(work.session, now=work.now, deliver=sent.append).sent == 0
    assert sent == [message]
    assert (message.sent_at, message.due_at) == (work.now, None)


def test_a_rolled_back_transaction_leaves_no_message(open_work: Any) -> None:
    with open_work() as work:
        put(work)
        work.rollback()
    with open_work(writable=False) as work:
        assert work.session.exec(select(OutboxMessage)).all() == []


def test_a_failure_is_tried_again_later(work: Any) -> None:
    message = put(work)

    def down(_message: OutboxMessage) -> None:
        raise OSError("connection refused")

    assert send_due(work.session, now=work.now, deliver=down).failed == 1
    assert "connection refused" in message.last_error
    assert send_due(work.session, now=work.now, deliver=down).failed == 0, "not before its time"
    moment = work.now
    for _ in range(MOST_TRIES):
        moment += timedelta(days=1)
        send_due(work.session, now=moment, deliver=down)
    assert (message.due_at, message.sent_at, message.tries) == (None, None, MOST_TRIES)


def test_without_a_gateway_nothing_is_pretended(work: Any) -> None:
    message = put(work, Channel.SMS)
    assert send_due(work.session, now=work.now, deliver=mail_through("")).failed == 1
    assert "no gateway" in message.last_error


def test_a_message_carries_the_same_key_at_every_try_and_no_other_message_has_it(work: Any) -> None:
    first, second = put(work), put(work)
    keys = [message_id(message, "登记处 <registry@gi.example.cn>") for message in (first, first, second)]
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith("<gi.")
    assert keys[0].endswith("@gi.example.cn>")


def test_a_round_may_send_a_few_only(work: Any) -> None:
    put(work)
    put(work)
    assert [send_due(work.session, now=work.now, deliver=lambda _message: None, at_once=1).sent for _round in range(3)] == [1, 1, 0]
