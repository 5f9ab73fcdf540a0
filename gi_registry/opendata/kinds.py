"""Every kind of rows that goes in and out by file, in the order in which they depend on each other."""

from __future__ import annotations

from gi_registry.batches.bulk import KINDS as BATCHES
from gi_registry.batches.purchases_bulk import PURCHASES
from gi_registry.batches.quality_bulk import TESTS
from gi_registry.bulk.rules import Kind
from gi_registry.codes.bulk import KINDS as CODES
from gi_registry.divisions.bulk import KINDS as DIVISIONS
from gi_registry.origin.bulk import KINDS as ORIGIN
from gi_registry.registry.bulk import KINDS as REGISTRY
from gi_registry.reports.bulk import KINDS as REPORTS

ORDER = (
    "divisions", "calendar", "organisations", "gis", "areas", "official-areas", "caps", "authorisations", "products", "plots", "batches",
    "purchases", "tests", "inspections", "penalties", "business-records", "codes-activated", "scans", "reports", "market-offers",
)  # fmt: skip

_ALL = (*DIVISIONS, *REGISTRY, *ORIGIN, *BATCHES, PURCHASES, TESTS, *CODES, *REPORTS)
KINDS: tuple[Kind, ...] = tuple(sorted(_ALL, key=lambda kind: ORDER.index(kind.name)))
