"""Pages of first checks by stencil: written once for a record, cut where the single look-up shows, and filled for the next.

Nothing of the page is said twice: what is cut is what ``page.render`` wrote. Between two first checks under one record only the code (once
in groups, once in an address) and the minute (of the first check and of the data) differ; a page in which they stand otherwise is not cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gi_registry.codes.rules.format import grouped
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.rules import sentences
from gi_registry.verify.rules.answer import Answer
from gi_registry.verify.rules.page import Frame, Language, render

MOST_MINUTES = 1_000


@dataclass(frozen=True)
class Stencil:
    """A page in five pieces: before the grouped code, the minute, the code, the minute, and after it."""

    pieces: tuple[bytes, bytes, bytes, bytes, bytes]

    def filled(self, code: str, minute: bytes) -> bytes:
        """Return the page of a code that is checked first in a minute."""
        top, upto_first, upto_code, upto_data, rest = self.pieces
        return b"".join((top, grouped(code).encode(), upto_first, minute, upto_code, code.encode(), upto_data, minute, rest))


def cut(page: str, code: str, minute: str) -> Stencil | None:
    """Return the stencil of a page of a first check, None where code and minute do not stand as they should."""
    shown = grouped(code)
    if (page.count(shown), page.count(code), page.count(minute)) != (1, 1, 2):
        return None
    top, below = page.split(shown)
    upto_first, _, below = below.partition(minute)
    upto_code, _, below = below.partition(code)
    upto_data, found, rest = below.partition(minute)
    return Stencil(tuple(each.encode("utf-8", "replace") for each in (top, upto_first, upto_code, upto_data, rest))) if found else None  # type: ignore[arg-type]


def minute_of(at: datetime, language: Language) -> bytes:
    """Return a moment as the page writes it; the same for many pages."""
    number = int(at.timestamp()) // 60
    known = language.minutes.get(number)
    if known is None:
        if len(language.minutes) >= MOST_MINUTES:
            language.minutes.clear()
        known = language.minutes[number] = sentences.moment_words(at).in_language(language.translate).encode()
    return known


def page_of(answer: Answer, language: Language, frame: Frame, stencils: dict[object, Stencil | None] | None) -> bytes:
    """Return the page for an answer; ``stencils`` are those of its record, as far as they were cut (None: it has none)."""
    if stencils is None or answer.verdict is not Verdict.FIRST_CHECK or answer.record.checks.first_at != answer.at:
        return render(answer, language, frame).encode("utf-8", "replace")
    key = (language.tag, frame)
    if key in stencils:
        stencil = stencils[key]
        if stencil is not None:
            return stencil.filled(answer.record.code, minute_of(answer.at, language))
        return render(answer, language, frame).encode("utf-8", "replace")
    page = render(answer, language, frame)
    stencils[key] = cut(page, answer.record.code, minute_of(answer.at, language).decode())
    return page.encode("utf-8", "replace")
