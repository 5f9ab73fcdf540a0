"""The facts of CL-02: days on which codes were looked up before they were activated, as counted over the archive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.cl_02 import EarlyDay, EarlyFacts
from gi_registry.codes.models import Allotment, CodeRange
from gi_registry.registry.models import Authorisation
from gi_registry.scans.models import ScanCount


def early_looks(session: Session, years: Iterable[int], since: date, *, condition: ColumnElement[bool]) -> Iterator[tuple[EarlyFacts, str]]:
    """Yield (facts, division of the authority) of each user with such days since a day, labels of some years, one query."""
    query: Any = select(
        col(Authorisation.id),
        col(Authorisation.authority_division),
        col(Allotment.year),
        col(Allotment.id),
        col(Allotment.number),
        col(CodeRange.label),
        col(ScanCount.day),
        col(ScanCount.unactivated),
        col(ScanCount.unactivated_codes),
    )
    query = query.select_from(ScanCount).join(CodeRange, col(CodeRange.id) == col(ScanCount.range_id))
    query = query.join(Allotment, col(Allotment.id) == col(CodeRange.allotment_id))
    query = query.join(Authorisation, col(Authorisation.id) == col(CodeRange.authorisation_id))
    query = query.where(condition, col(Allotment.year).in_(sorted(years)), col(ScanCount.day) >= since, col(ScanCount.unactivated) > 0)
    days: dict[tuple[int, str, int], list[EarlyDay]] = defaultdict(list)
    for user, division, year, allotment_id, number, label, day, looks, codes in session.execute(query):
        days[user, division, year].append(EarlyDay(day, label, allotment_id, number, looks, codes))
    for (user, division, year), found in sorted(days.items()):
        yield EarlyFacts(user, year, tuple(found)), division
