"""Reads of findings, and the facts that rules judge."""

from __future__ import annotations

from gi_registry.anomalies.queries.findings import (
    Filters,
    FindingRow,
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
)

__all__ = [
    "Filters",
    "FindingRow",
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
]
