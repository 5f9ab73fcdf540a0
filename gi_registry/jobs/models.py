"""The ledger of due times."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlmodel import Field

from gi_registry.db import Row


class JobRun(Row, table=True):
    """A due time that was done (``done_at`` set), waits to be tried again (``try_at`` set) or was given up (neither).

    The row with ``attempts`` 0 is where the ledger of a job begins: what was due before it is nobody's debt.
    """

    __table_args__ = (
        UniqueConstraint("job", "due_at"),
        CheckConstraint("done_at IS NULL OR try_at IS NULL", name="done_or_waiting"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_job_run_due_at", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    job: str
    due_at: datetime
    attempts: int = 0
    started_at: datetime | None = None
    done_at: datetime | None = None
    try_at: datetime | None = None
    took_ms: int = 0
    result: str = Field(default="", sa_column=Column(Text, nullable=False))
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
