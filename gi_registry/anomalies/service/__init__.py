"""Use cases of anomalies: run the rules, look at a finding, dismiss it, record a fact, hand a finding to a case."""

from __future__ import annotations

from gi_registry.anomalies.service.evaluate import evaluate, still_holds
from gi_registry.anomalies.service.findings import (
    clear_finding,
    dismiss_finding,
    fact_page,
    file_fact,
    findings_query,
    open_case_on,
    record_fact,
    settle_finding,
    view_finding,
)
from gi_registry.anomalies.service.run import RunResult, run

__all__ = [
    "RunResult",
    "clear_finding",
    "dismiss_finding",
    "evaluate",
    "fact_page",
    "file_fact",
    "findings_query",
    "open_case_on",
    "record_fact",
    "run",
    "settle_finding",
    "still_holds",
    "view_finding",
]
