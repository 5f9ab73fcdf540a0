"""Reads of findings, and the facts that rules judge."""

from __future__ import annotations

from gi_registry.anomalies.queries.findings import (
    ORDERS,
    Filters,
    FindingRow,
    RangeRow,
    code_range_of,
    division_of_range,
    evidence_of,
    fact_of,
    findings_by_fingerprint,
    findings_matching,
    get_finding,
    handled_under,
    lock_finding,
    open_findings,
    open_years,
    party_of,
    plots_with_users,
)

__all__ = [
    "ORDERS",
    "Filters",
    "FindingRow",
    "RangeRow",
    "code_range_of",
    "division_of_range",
    "evidence_of",
    "fact_of",
    "findings_by_fingerprint",
    "findings_matching",
    "get_finding",
    "handled_under",
    "lock_finding",
    "open_findings",
    "open_years",
    "party_of",
    "plots_with_users",
]
