"""The sections of the form as tasks: what was done of each, what waits, what can be confirmed unread (design.md: task list)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.draft import Part
from gi_registry.reports.rules.figures import SECTION_LABELS

IDENTITY, MARK_USE, PUBLICITY = "1", "3", "8"

LABELS: dict[str, Words] = {IDENTITY: say("一、基本情况"), **SECTION_LABELS, PUBLICITY: say("八、公开与声明")}
"""All sections in the order of the form."""


class Progress(StrEnum):
    """How a section stands for its writer."""

    NOT_STARTED = "not_started"
    STARTED = "started"
    DONE = "done"
    NEEDS_YOU = "needs_you"


PROGRESS_LABELS: dict[Progress, Words] = {
    Progress.NOT_STARTED: say("未开始"),
    Progress.STARTED: say("进行中"),
    Progress.DONE: say("已完成"),
    Progress.NEEDS_YOU: say("需要您处理"),
}


@dataclass(frozen=True)
class Mark:
    """What is kept of a section: the version in which it last changed (0: never), whether its writer finished it, when, who."""

    version: int = 0
    finished: bool = False
    at: str = ""
    by: str = ""


@dataclass(frozen=True)
class Task:
    """One line of the task list; ``ready`` sections need no more than a confirmation."""

    number: str
    label: Words
    progress: Progress
    note: Words
    ready: bool
    mark: Mark


def mark_of(sections: Mapping[str, Any], number: str) -> Mark:
    """Return what is kept of a section."""
    return Mark(**sections.get(number, {}))


def tasks(parts: Sequence[Part], sections: Mapping[str, Any]) -> tuple[Task, ...]:
    """Return the task list: identity, the sections with figures, publicity and declaration."""
    by_number = {str(part.section): part for part in parts}
    return tuple(_task(number, label, by_number.get(number), mark_of(sections, number)) for number, label in LABELS.items())


def progress_of(mark: Mark, *, missing: int, unexplained: int) -> Progress:
    """Return how a section stands: a change without a reason, or a gap in a finished section, needs its writer."""
    if unexplained or (mark.finished and missing):
        return Progress.NEEDS_YOU
    if mark.finished:
        return Progress.DONE
    return Progress.STARTED if mark.version else Progress.NOT_STARTED


def _task(number: str, label: Words, part: Part | None, mark: Mark) -> Task:
    rows = part.rows if part is not None else ()
    missing = sum(row.figure.core and row.value is None for row in rows)
    unexplained = sum(row.unexplained for row in rows)
    progress = progress_of(mark, missing=missing, unexplained=unexplained)
    ready = not mark.finished and not missing and not unexplained
    known = sum(row.prefilled for row in rows)
    return Task(number, label, progress, _note(number, progress, missing=missing, unexplained=unexplained, known=known), ready, mark)


def _note(number: str, progress: Progress, *, missing: int, unexplained: int, known: int) -> Words:
    if unexplained:
        return say("%(n)s 项与登记数据不同，需要说明原因。", n=unexplained)
    if missing and known:
        return say("%(known)s 项已按登记数据填好，还有 %(n)s 项需要填写。", known=known, n=missing)
    if missing:
        return say("还有 %(n)s 项需要填写。", n=missing)
    if progress is Progress.DONE:
        return say("没有待办。")
    if number == IDENTITY:
        return say("取自登记信息，不用填写，确认即可。")
    if number == PUBLICITY:
        return say("已按默认选择：经营数字不公开。")
    return say("%(known)s 项已按登记数据填好，确认即可。", known=known) if known else say("没有必填项，没有要补充的可以直接确认。")
