"""May this firm use the mark for which GI on that packing date: yes, no, or not on file.

Most users print the mark straight on the bag, with their USCC in it; anybody can therefore ask without a code (domain.md §2). Old marks and
aged stock stay lawful: the packing date decides, not today.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gi_registry.kernel.errors import FieldError, Invalid
from gi_registry.kernel.identifiers import trademark, uscc
from gi_registry.kernel.words import Words, say

LEAST_NAME = 2
LONGEST = 100
_BRACKETS = str.maketrans("()", "（）")


class Reply(StrEnum):
    """The three answers."""

    YES = "yes"
    NO = "no"
    NOT_ON_FILE = "not-on-file"


@dataclass(frozen=True)
class Question:
    """What was asked: at least one of USCC, name and trade-mark number, for a packing date."""

    on: date
    uscc: str = ""
    name: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Entry:
    """One authorisation that fits the question. ``refusals`` say why it did not permit the mark on the date; empty: it did."""

    gi: str
    track_name: Words
    protection: str
    mark: str
    authorisation: str
    user: str
    uscc: str
    matched: bool
    valid_from: date | None
    valid_to: date | None
    refusals: tuple[Words, ...] = ()
    listing: Words | None = None

    @property
    def permitted(self) -> bool:
        """Whether the firm could use the mark on the date."""
        return not self.refusals


@dataclass(frozen=True)
class Finding:
    """The reply, and the entries it rests on: those that permit first."""

    question: Question
    reply: Reply
    entries: tuple[Entry, ...] = ()
    mark_of: tuple[str, ...] = ()


def read_question(typed: Mapping[str, str], today: date) -> Question:
    """Read what was typed; raise Invalid with an error per field (a USCC with a wrong check character is explained)."""
    errors: list[FieldError] = []
    values = {name: (typed.get(name) or "").strip()[:LONGEST] for name in ("uscc", "name", "mark", "on")}
    read = {
        "uscc": _read(lambda: uscc(values["uscc"]), values["uscc"], errors),
        "mark": _read(lambda: trademark(values["mark"], "mark"), values["mark"], errors),
        "name": plain_name(values["name"]),
    }
    on = _date(values["on"], today, errors)
    if values["name"] and len(read["name"]) < LEAST_NAME:
        errors.append(FieldError("name", say("名称太短。"), say("请按包装或营业执照上的全称填写。"), values["name"]))
    if not errors and not any(read.values()):
        errors.append(FieldError("uscc", say("请至少填写一项。"), say("代码印在专用标志中，共 18 位；看不清时可填名称或商标注册号。")))
    if errors:
        raise Invalid(*errors)
    return Question(on=on, uscc=read["uscc"], name=read["name"], mark=read["mark"])


def answer_question(question: Question, entries: Iterable[Entry], *, mark_of: Iterable[str] = ()) -> Finding:
    """Return the reply: yes when one entry permits, no when all refuse, not on file when nothing fits."""
    found = sorted(entries, key=lambda entry: (not entry.permitted, not entry.matched, entry.gi, entry.user))
    marks = tuple(mark_of)
    if not found:
        return Finding(question, Reply.NOT_ON_FILE, (), marks)
    return Finding(question, Reply.YES if found[0].permitted else Reply.NO, tuple(found), marks)


def plain_name(text: str) -> str:
    """Return a firm's name as names are compared: full-width brackets, no blanks."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return folded.translate(_BRACKETS)


def _read(read: Callable[[], str], typed: str, errors: list[FieldError]) -> str:
    if not typed:
        return ""
    try:
        return read()
    except Invalid as problem:
        errors.extend(problem.fields)
        return ""


def _date(typed: str, today: date, errors: list[FieldError]) -> date:
    if not typed:
        return today
    try:
        on = date.fromisoformat(typed)
    except ValueError:
        errors.append(FieldError("on", say("日期格式不正确。"), say("请按 年-月-日 填写，例如 2026-09-25。"), typed))
        return today
    if on > today:
        errors.append(FieldError("on", say("包装日期不能晚于今天。"), say("请填写包装上标注的日期；不知道时请留空。"), typed))
    return on


def as_json(finding: Finding, translate: Callable[[str], str]) -> dict[str, object]:
    """Return the reply for machines."""
    question = finding.question
    asked = {"uscc": question.uscc, "name": question.name, "mark": question.mark}
    return {
        "verdict": str(finding.reply),
        "asked": {**{key: value or None for key, value in asked.items()}, "on": question.on.isoformat()},
        "mark_of": list(finding.mark_of),
        "entries": [_entry_json(entry, translate) for entry in finding.entries],
    }


def _entry_json(entry: Entry, translate: Callable[[str], str]) -> dict[str, object]:
    return {
        "verdict": str(Reply.YES if entry.permitted else Reply.NO),
        "gi": entry.gi,
        "track": entry.track_name.in_language(translate),
        "protection": entry.protection,
        "trade_mark_no": entry.mark or None,
        "authorisation": entry.authorisation,
        "user": entry.user,
        "uscc": entry.uscc or None,
        "matched": entry.matched,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
        "reasons": [reason.in_language(translate) for reason in entry.refusals],
        "listing": entry.listing.in_language(translate) if entry.listing else None,
    }
