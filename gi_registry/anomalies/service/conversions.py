"""How much product a raw commodity gives at most, for QT-02."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlmodel import Session

from gi_registry.batches.models import Batch
from gi_registry.batches.queries.capacity import stated_caps
from gi_registry.batches.rules.caps import CapTable, Per, Stated
from gi_registry.policy.service import find

CONVERSION, WHOLE = "batches.conversion-permille", 1_000


class Conversions:
    """How much product a thousand of a raw commodity gives at most: the larger of the GI's own rate and the policy's, each asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._caps: dict[tuple[int, int], dict[str, list[Stated]]] = {}
        self._policy: dict[tuple[str, date], Mapping[str, int]] = {}

    def rate(self, batch: Batch, gi_code: str, division: str) -> int:
        """Return the rate of a batch in thousandths; where nothing is stated a thousand gives a thousand."""
        day = date(batch.account_year, 12, 31)
        year, place = (batch.gi_id, batch.account_year), (division, day)
        if year not in self._caps:
            self._caps[year] = stated_caps(self._session, *year)
        if place not in self._policy:
            found = find(self._session, CONVERSION, *place)
            self._policy[place] = found.value if found else {}
        own = CapTable(self._caps[year].get(batch.unit, ()), on=day).counting(Per.INPUT, zone=batch.zone, commodity=batch.commodity)
        rates = self._policy[place]
        if own is None:
            return int(rates.get(gi_code, rates.get("default", WHOLE)))
        return max(own.per_mu, int(rates.get(gi_code, 0)))
