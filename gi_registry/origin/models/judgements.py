"""Verdicts that are kept: computed from covered rows, and computable again at any time."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index
from sqlmodel import Field

from gi_registry.db import Row
from gi_registry.origin.models.shared import one_of
from gi_registry.origin.rules.terms import Reason, Verdict


class PlotJudgement(Row, table=True):
    """The verdict on a plot against one area version, as of one version of the plot's own row.

    ``judged_for`` is the day whose tolerance was used. No row stands for a day without an area version: there is nothing to compare.
    """

    __tablename__ = "plot_judgement"
    __table_args__ = (
        one_of("verdict", Verdict),
        one_of("reason", Reason),
        CheckConstraint("share_inside IS NULL OR share_inside BETWEEN 0 AND 1000", name="share"),
        Index("ix_plot_judgement_area_version_id", "area_version_id"),
    )

    plot_id: int = Field(sa_column=Column(ForeignKey("plot.id"), primary_key=True, autoincrement=False))
    area_version_id: int = Field(sa_column=Column(ForeignKey("area_version.id"), primary_key=True, autoincrement=False))
    plot_version: int
    verdict: str
    reason: str
    distance_m: int | None = None
    tolerance_m: int
    share_inside: int | None = None
    judged_for: date
    judged_at: datetime


class JudgingRun(Row, table=True):
    """One pass over the plots that a change of areas touches, in the order (GI, plot); the cursor moves in the transaction of each slice.

    ``gi_id`` None means every GI, ``zone`` None every zone; ``since`` is the first day of the version that set it off, None for a pass
    without one, which judges for the day it began.
    """

    __tablename__ = "judging_run"
    __table_args__ = (
        CheckConstraint("done >= 0 AND changed >= 0 AND total >= 0", name="counts"),
        CheckConstraint("gi_id IS NOT NULL OR zone IS NULL", name="scope"),
        Index("ix_judging_run_gi_id", "gi_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    gi_id: int | None = Field(default=None, foreign_key="gi.id")
    zone: str | None = None
    since: date | None = None
    judged_for: date
    total: int
    done: int = 0
    changed: int = 0
    cursor_gi: int = 0
    cursor_plot: int = 0
    started_at: datetime
    finished_at: datetime | None = None

    @property
    def percent(self) -> int:
        """How far it is, in whole per cent; 100 only when it is finished."""
        if self.finished_at is not None:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class JudgingChange(Row, table=True):
    """A plot whose verdict a run found changed, from what to what."""

    __tablename__ = "judging_change"
    __table_args__ = (
        one_of("verdict", Verdict),
        one_of("reason", Reason),
        one_of("was_verdict", Verdict),
        one_of("was_reason", Reason),
        Index("ix_judging_change_plot_id", "plot_id"),
    )

    run_id: int = Field(sa_column=Column(ForeignKey("judging_run.id"), primary_key=True, autoincrement=False))
    plot_id: int = Field(sa_column=Column(ForeignKey("plot.id"), primary_key=True, autoincrement=False))
    was_verdict: str
    was_reason: str
    was_distance_m: int | None = None
    verdict: str
    reason: str
    distance_m: int | None = None
