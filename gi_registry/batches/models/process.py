"""Processes: batches are split, merged, transformed and packed into new batches."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.process import PROCESS_LIFE, ProcessKind, Step
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


class Process(Row, Scoped, Versioned, table=True):
    """What was done with batches on a day; ``loss`` in grams or pieces of the inputs' ``unit``. Its inputs and outputs never change."""

    __tablename__ = "process"
    __table_args__ = (
        CheckConstraint(f"kind IN ({listed(ProcessKind)})", name="kind"),
        CheckConstraint(f"step IN ({listed(Step)})", name="step"),
        CheckConstraint(f"unit IN ({listed(UNITS)})", name="unit"),
        CheckConstraint(f"state IN ({check_list(PROCESS_LIFE)})", name="state"),
        CheckConstraint("loss >= 0", name="loss"),
        CheckConstraint("state <> 'undone' OR reason <> ''", name="reason"),
        Index("ix_process_authorisation_on_date", "authorisation_id", "on_date"),
    )

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    gi_id: int = Field(foreign_key="gi.id", index=True)
    kind: str
    step: str
    on_date: date
    site_id: int | None = Field(default=None, foreign_key="authorisation_site.id")
    unit: str
    loss: int = Field(default=0, sa_type=BigInteger)
    note: str = ""
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reason: str = ""
    state: str
    created_at: datetime


class ProcessInput(Row, table=True):
    """What a process took from a batch, in the batch's unit; never changed."""

    __tablename__ = "process_input"
    __table_args__ = (
        UniqueConstraint("process_id", "batch_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_process_input_batch_id", "batch_id", "process_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    process_id: int = Field(foreign_key="process.id")
    batch_id: int = Field(foreign_key="batch.id")
    quantity: int = Field(sa_type=BigInteger)


class ProcessOutput(Row, table=True):
    """A batch that a process made, in the batch's unit; a batch comes from at most one process. Never changed.

    ``max_permille`` and ``conversion_version`` are the conversion it was held against; ``net_content``: of the input unit in one piece.
    """

    __tablename__ = "process_output"
    __table_args__ = (
        UniqueConstraint("batch_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("net_content > 0", name="net_content"),
    )

    id: int | None = Field(default=None, primary_key=True)
    process_id: int = Field(foreign_key="process.id", index=True)
    batch_id: int = Field(foreign_key="batch.id")
    quantity: int = Field(sa_type=BigInteger)
    max_permille: int | None = None
    conversion_version: str = ""
    net_content: int | None = Field(default=None, sa_type=BigInteger)
