"""Write a message; send what is due."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from gi_registry.outbox.gateway import key_of, send_text
from gi_registry.outbox.models import OutboxMessage
from gi_registry.outbox.rules import (
    DAY,
    LIMIT_WAIT,
    Channel,
    Refused,
    SmsLimits,
    masked,
    next_try,
    over_limit,
    too_old,
)

Deliver = Callable[[OutboxMessage], None]
AT_ONCE = 200
SMTP_PORT, SMTP_TLS_PORT = 25, 465


@dataclass(frozen=True)
class Sent:
    """How many messages of one round were sent and how many failed."""

    sent: int
    failed: int


def enqueue(session: Session, channel: Channel, *, recipient: str, subject: str, body: str, now: datetime) -> OutboxMessage:
    """Store a message to be sent after the transaction it belongs to."""
    message = OutboxMessage(channel=channel, recipient=recipient, subject=subject, body=body, created_at=now, due_at=now)
    session.add(message)
    session.flush()
    return message


def send_due(session: Session, *, now: datetime, deliver: Deliver, at_once: int = AT_ONCE, limits: SmsLimits = SmsLimits()) -> Sent:  # noqa: B008
    """Send what is due, at most ``at_once``; a failure is stored with the message and tried again later.

    A text message beyond the day's limits waits an hour, one that is three days old is given up.
    """
    due = (
        select(OutboxMessage)
        .where(col(OutboxMessage.due_at) <= now)
        .order_by(col(OutboxMessage.id))
        .limit(at_once)
        .with_for_update(skip_locked=True)
    )
    outcomes = [
        not _held_back(session, message, now=now, limits=limits) and _send(message, now, deliver) for message in session.exec(due).all()
    ]
    session.flush()
    return Sent(sent=sum(outcomes), failed=len(outcomes) - sum(outcomes))


def _held_back(session: Session, message: OutboxMessage, *, now: datetime, limits: SmsLimits) -> bool:
    if message.channel != Channel.SMS:
        return False
    if too_old(message.created_at, now):
        message.due_at, message.last_error = None, "given up: older than three days"
        return True
    if over_limit(_sent_texts(session, now, message.recipient), _sent_texts(session, now), limits):
        message.due_at, message.last_error = now + LIMIT_WAIT, "waits: the day's limit is reached"
        return True
    return False


def _sent_texts(session: Session, now: datetime, recipient: str | None = None) -> int:
    query = (
        select(func.count())
        .select_from(OutboxMessage)
        .where(OutboxMessage.channel == Channel.SMS.value, col(OutboxMessage.sent_at) > now - DAY)
    )
    return int(session.exec(query if recipient is None else query.where(OutboxMessage.recipient == recipient)).one())


def _send(message: OutboxMessage, now: datetime, deliver: Deliver) -> bool:
    message.tries += 1
    try:
        deliver(message)
    except Refused as never:
        message.last_error, message.due_at = f"given up: {never}"[:500], None
        return False
    except (OSError, smtplib.SMTPException, LookupError, ValueError) as problem:
        words = str(problem).replace(message.recipient, masked(message.recipient))
        message.last_error, message.due_at = f"{type(problem).__name__}: {words}"[:500], next_try(message.tries, now)
        return False
    message.sent_at, message.due_at, message.last_error = now, None, ""
    return True


def deliver_through(smtp_url: str, *, sender: str = "", sms_url: str = "", sms_token: str = "") -> Deliver:
    """Return the delivery for both channels: mail by SMTP, text messages by the gateway; a channel without an address is off."""
    mail = mail_through(smtp_url, sender=sender)

    def deliver(message: OutboxMessage) -> None:
        """Deliver a message through the channel it names."""
        if message.channel == Channel.SMS:
            send_text(message, url=sms_url, token=sms_token)
        else:
            mail(message)

    return deliver


def mail_through(smtp_url: str, *, sender: str = "") -> Deliver:
    """Return the delivery for ``smtp[s]://user:password@host:port``; without an address, one that refuses with LookupError."""
    parts = urlsplit(smtp_url)

    def deliver(message: OutboxMessage) -> None:
        """Deliver a mail; LookupError for anything else, or without an address."""
        if message.channel != Channel.EMAIL or not parts.hostname:
            raise LookupError(f"no gateway is configured for {message.channel}")
        _mail(parts.hostname, parts.port, message, tls=parts.scheme == "smtps", login=(parts.username, parts.password), sender=sender)

    return deliver


def message_id(message: OutboxMessage, sender: str) -> str:
    """Return the Message-ID of a stored message: the same at every try, so that a mail that came twice is known as one (RFC 5322, 3.6.4).

    A kill between the mail server's answer and the commit sends a message again; it is sent at least once, never not at all.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{key_of(message)}@{domain or 'gi-registry.invalid'}>"


def _mail(host: str, port: int | None, message: OutboxMessage, *, tls: bool, login: tuple[str | None, str | None], sender: str) -> None:
    user, password = unquote(login[0] or ""), unquote(login[1] or "")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender or user or f"gi-registry@{host}", message.recipient, message.subject
    mail["Message-ID"] = message_id(message, mail["From"])
    mail.set_content(message.body)
    connect = smtplib.SMTP_SSL if tls else smtplib.SMTP
    with connect(host, port or (SMTP_TLS_PORT if tls else SMTP_PORT), timeout=20) as server:
        if user:
            server.login(user, password)
        server.send_message(mail)
