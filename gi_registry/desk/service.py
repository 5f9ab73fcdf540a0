"""The clock of a demonstration."""

from __future__ import annotations

from datetime import timedelta

from gi_registry.db import Installation
from gi_registry.divisions.queries import working_days
from gi_registry.kernel.errors import NotFound, Unavailable, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

LARGEST_STEP = 60


def move_clock(work: Work, count: int) -> None:
    """Move the demonstration's clock ``count`` working days on, at the same time of day.

    Raises NotFound on a real installation, Invalid for a step that is not 1 to 60 working days.
    """
    installation = work.session.get(Installation, 1)
    if installation is None or not installation.demo:
        raise NotFound
    if not 1 <= count <= LARGEST_STEP:
        raise invalid("working_days", say("一次只能前移 1 至 %(most)s 个工作日。", most=LARGEST_STEP), value=count)
    due = working_days(work.session).add(work.today, count)
    installation.clock_offset_s += int(timedelta(days=(due.on - work.today).days).total_seconds())
    work.session.add(installation)


def require_installed(work: Work) -> None:
    """Raise Unavailable unless the database answers and was installed with ``gi-registry db upgrade``."""
    if work.session.get(Installation, 1) is None:
        raise Unavailable(say("数据库尚未安装。"), remedy=say("请管理员运行：gi-registry db upgrade"))
