"""A line of the timetable, and what its function is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from apscheduler.triggers.cron import CronTrigger

from gi_registry.config import Settings
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.words import Words
from gi_registry.workflow import Doors, Work


class CatchUp(StrEnum):
    """What is done after a downtime in which the job was due more than once."""

    LATEST = "latest"
    EACH = "each"


class Effect(StrEnum):
    """Where the effect is: inside the database it happens once; outside (mail) at least once.

    APART: the function reads for long and opens its own short works through ``Doors``; what it does twice is done once.
    """

    INSIDE = "inside"
    OUTSIDE = "outside"
    APART = "apart"


@dataclass(frozen=True)
class Occasion:
    """For which due time a function is called, and the settings of the installation."""

    due_at: datetime
    settings: Settings


@dataclass(frozen=True)
class Job:
    """One line of the timetable: ``when`` are the fields of a cron expression in Shanghai time.

    A missed due time is caught up when it is not older than ``look_back``. A function whose effect is ``OUTSIDE`` is called again, each
    time in a Work of its own, until it returns nothing (0, None): it does a little at a time. One ``APART`` is given Doors for a Work.
    """

    id: str
    when: Mapping[str, str | int]
    function: Callable[[Work, Occasion], object] | Callable[[Doors, Occasion], object]
    purpose: Words
    catch_up: CatchUp = CatchUp.LATEST
    effect: Effect = Effect.INSIDE
    look_back: timedelta = timedelta(days=7)

    @property
    def daily(self) -> bool:
        """Whether it runs at an hour of its own, and not every few seconds or minutes."""
        return "hour" in self.when

    @cached_property
    def trigger(self) -> CronTrigger:
        """The reader of the cron fields."""
        return CronTrigger(timezone=SHANGHAI, **self.when)
