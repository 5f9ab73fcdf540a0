"""Test reports on goods: their life, and what is odd about a stated one.

A report outside an institution's accredited scope or its validity is stored as stated, with a warning (acts are refused, records are
stored). CMA (检验检测机构资质认定) and CNAS accreditation are granted for standards or parameters and for a period.
Source: domain, sections 2, 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gi_registry.kernel.errors import FieldError
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say

SHORTEST_SCOPE = 2


class Result(StrEnum):
    """What the report concludes."""

    PASS = "pass"  # noqa: S105  # a result, no secret
    FAIL = "fail"


class EnteredBy(StrEnum):
    """Who put the report on file."""

    INSTITUTION = "institution"
    PRODUCER = "producer"
    IMPORT = "import"


RESULT_WORDS: dict[str, Words] = {Result.PASS: say("合格"), Result.FAIL: say("不合格")}
ENTERED_WORDS: dict[str, Words] = {
    EnteredBy.INSTITUTION: say("由检测机构录入"),
    EnteredBy.PRODUCER: say("由用标人录入"),
    EnteredBy.IMPORT: say("批量导入"),
}

TEST_LIFE = Machine(
    subject="test_report",
    initial="entered",
    steps={("entered", "withdraw"): "withdrawn"},
    labels={"entered": say("已录入"), "withdrawn": say("已撤回"), "withdraw": say("撤回")},
)


@dataclass(frozen=True)
class Accreditation:
    """What an institution on file is accredited for (standards or parameters) and when; half-open dates."""

    scope: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    def held_on(self, day: date) -> bool:
        """Say whether the accreditation was valid on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def covers(self, standard_no: str, items: str) -> bool:
        """Say whether the standard or one of the parameters lies in the scope; a standard's year does not tell editions apart here."""
        if standard_no and base_of(standard_no) in {base_of(entry) for entry in self.scope}:
            return True
        tested = folded(items)
        return bool(tested) and any(len(folded(entry)) >= SHORTEST_SCOPE and folded(entry) in tested for entry in self.scope)


@dataclass(frozen=True)
class ReportDates:
    """The dates of a report beside the harvest days of its batches."""

    issued_on: date
    sampled_on: date | None = None
    harvested_on: date | None = None


def folded(text: str) -> str:
    """Return a text without blanks and case, so that ``GB/T 19957 - 2005`` is ``gb/t19957-2005``."""
    return re.sub(r"[\s\u3000]+", "", text).replace("—", "-").replace("－", "-").casefold()


def base_of(standard_no: str) -> str:
    """Return a standard number without its year: ``GB/T 19957-2005`` and ``GB/T 19957`` are the same standard here.

    >>> base_of("GB/T 19957-2005")
    'gb/t19957'
    """
    return re.sub(r"-\d{2,4}$", "", folded(standard_no))


def impossible(dates: ReportDates, *, today: date) -> Iterator[FieldError]:
    """Yield what cannot be right about a report's dates: refused in a form, a warning in a file."""
    if dates.issued_on > today:
        yield FieldError("issued_on", say("签发日期还没有到。"), say("请填写报告上的签发日期。"), dates.issued_on.isoformat())
    if dates.sampled_on and dates.sampled_on > dates.issued_on:
        yield FieldError("sampled_on", say("抽样日期晚于签发日期。"), say("请核对两个日期。"), dates.sampled_on.isoformat())


def warnings(dates: ReportDates, accreditation: Accreditation | None, *, standard_no: str, items: str) -> tuple[Words, ...]:
    """Return what a person should look at in a report that is stored as stated."""
    return tuple(_warnings(dates, accreditation, standard_no, items=items))


def _warnings(dates: ReportDates, accreditation: Accreditation | None, standard_no: str, *, items: str) -> Iterator[Words]:
    if dates.sampled_on and dates.harvested_on and dates.sampled_on < dates.harvested_on:
        yield say("抽样日期早于批次的采收日期 %(on)s，请核对所检的货物。", on=dates.harvested_on.isoformat())
    if accreditation is None:
        yield say("检测机构不在本系统的机构名录中，资质未经核对。")
        return
    if not accreditation.held_on(dates.issued_on):
        yield say("签发日期不在检测机构资质的有效期内。")
    if not accreditation.covers(standard_no, items):
        yield say("所检标准和项目不在检测机构的资质范围内。")
