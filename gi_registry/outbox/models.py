"""The outbox: one row per message; it never holds more than what is sent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field

from gi_registry.db import Row


class OutboxMessage(Row, table=True):
    """A message that waits (``due_at`` set), was sent (``sent_at`` set) or was given up (neither)."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        CheckConstraint("sent_at IS NULL OR due_at IS NULL", name="sent_or_due"),
        Index("ix_outbox_message_due_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    recipient: str
    subject: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime
    due_at: datetime | None = None
    sent_at: datetime | None = None
    tries: int = 0
    last_error: str = ""
