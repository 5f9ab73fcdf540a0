"""Records for tests of the page: a live code of a crab, and what makes it anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gi_registry.kernel.words import say
from gi_registry.verify.rules.record import (
    Checks,
    Counting,
    Goods,
    Indication,
    Issuer,
    Listing,
    Mark,
    Origin,
    Record,
    Step,
    Suspicion,
    User,
)

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ACTIVATED = Mark("activated", NOW - timedelta(days=160))
FIRST = Checks(Counting.COUNTED, NOW, 1, is_first=True)
FOURTH = Checks(Counting.COUNTED, NOW - timedelta(days=9), 4)
SUSPECTED = Checks(Counting.COUNTED, NOW - timedelta(days=9), 37, suspicion=Suspicion(37, 6, 48))

LIVE = Record(
    code="10ABCDE1234567890ABC",
    genuine=True,
    marks=(ACTIVATED,),
    gi=Indication("示例湖蟹", "GI-1", "A", say("地理标志产品"), "国家知识产权局公告第475号", "GB/T 19957-2005"),
    user=User("示例湖蟹业合作社", "91999999MA0000123X", "SQ-17", say("有效"), authorised_when_packed=True),
    goods=Goods("公蟹 4 两", "特级", 1, "piece", "PC-42", 2025, date(2025, 9, 25), date(2025, 9, 28), date(2025, 10, 8), 10, "declared"),
    origin=Origin(("示例镇", "东湖村"), "湖区"),
    steps=(Step(say("采收"), date(2025, 9, 25)),),
    checks=FIRST,
    issued_by=Issuer("示例县知识产权局", "BM-3", 0),
)
SENTENCE = say("示例县知识产权局于 2026-02-01 将该使用人列入专用标志使用异常名录。")
LISTING = Listing("QT-01", say("标识用量超过产能"), date(2026, 2, 1), sentence=SENTENCE)


def marked(*statuses: str, record: Record = LIVE) -> Record:
    return replace(record, marks=record.marks + tuple(Mark(status, NOW - timedelta(days=3)) for status in statuses))


def but(record: Record = LIVE, **differs: Any) -> Record:
    return replace(record, **differs)
