"""Which rows the log answers for, and the canonical form in which a row is hashed.

The form does not depend on the database: SQLite and PostgreSQL give the same bytes for the same row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any

import rfc8785
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gi_registry.log.rules.leaf import moment

COVERED: frozenset[str] = frozenset(
    {
        "division", "division_succession", "calendar_day", "calendar_year",
        "policy_parameter",
        "organisation", "person", "role_grant", "case_assistance", "invitation",
        "document",
        "notice", "service_record", "service_consent",
        "gi", "protection", "authorisation", "authorisation_site", "authorisation_change", "authorisation_restriction", "product",
        "area_version", "area_proposal", "plot", "farmer", "plot_file", "official_area",
        "yield_cap", "cap_proposal", "capacity_unit",
        "batch", "batch_plot", "ledger_account", "ledger_transfer", "ledger_entry", "trade", "goods_record",
        "process", "process_input", "process_output",
        "testing_institution", "test_report", "test_report_batch",
        "signing_key", "allotment", "code_range", "code_interval", "print_job",
        "scan_day",
        "annual_report", "report_attachment",
        "finding", "finding_evidence", "recorded_fact",
        "listing_case", "listing_step", "defence_point",
        "lead", "lead_step", "lead_evidence", "lead_contact_view",
    }
)  # fmt: skip

NOT_COVERED: Mapping[str, str] = {
    "alembic_version": "moved by migrations, not by acts",
    "installation": "whether this is a demonstration, and its clock; no record of anyone",
    "log_head": "the log itself",
    "log_leaf": "the log itself",
    "log_node": "the log itself",
    "log_entry": "the log itself",
    "log_key": "the key that signs checkpoints; its public half is known outside",
    "outbox_message": "transport: a copy of what a covered row already says, deleted after sending",
    "second_factor": "a sealed secret; that it was set up, reset or used up stands in the leaves of the person",
    "recovery_code": "digests of secrets; as the second factor",
    "sign_in_session": "where a person is signed in; no act, and nobody else's business",
    "sign_in_attempt": "throttling; kept for a short time and then deleted",
    "listing_sequence": "a counter; the numbers it gave stand in covered rows",
    "document_content": "the bytes; their SHA-256 stands in the covered row of each document",
    "typeset_paper": "only ever added to; the SHA-256 of what was set from it stands in the covered row of the document",
    "report_filing": "only ever added to; its SHA-256 stands in the covered row of the report, and it names that of the one before",
    "report_reminder": "which reminder went out; the notice itself is covered",
    "scan": "high volume, archived and deleted by retention; the digest of a day's file stands in the covered row of the day",
    "scan_peak": "computed from day files; computable again while they are kept, and told in the evidence of a finding",
    "scan_count": "counted from day files; as the peaks",
    "first_check": "decided by one atomic statement outside of Work, on every scan",
    "lead_contact": "a reporter's contact, confidential and deleted in time; who opened it is covered",
    "doubt_receipt": "check characters and the client of a day; the lead itself is covered",
    "lead_sequence": "a counter; the numbers it gave stand in covered rows",
    "job_run": "which due time of the timetable was done when; what a job did stands in the rows it changed",
    "plot_judgement": "a verdict computed from covered rows (plot, area version, policy); computable again at any time",
    "judging_run": "how far such a computation is; the approval that set it off stands in the leaf of the area version",
    "judging_change": "what a computation found different from the one before; computed from covered rows",
    "idempotency_key": "answers kept for repeated requests, deleted after a day",
}

EXCLUDED: Mapping[str, Mapping[str, str]] = {
    "person": {
        "password_hash": "a secret, and rehashed at sign-in when the parameters grow",
    },
    "invitation": {"code_hash": "a secret", "tries": "wrong codes are no act; the letter's end is"},
    "notice": {"read_at": "reading is not an act", "read_by": "reading is not an act"},
    "finding": {"last_found_at": "moves every night without an act"},
    "signing_key": {"sealed": "sealed anew when the installation's secret key changes; the public half and the dates are covered"},
}

ADDED: Mapping[str, Mapping[str, object]] = {
    "plot": {
        "converted_from": "",
        "variety": "",
        "season": "",
        "land_record": "",
        "division_code": "",
        "farmer_id": None,
        "verified_on": None,
        "verified_by": None,
    },
    "person": {"language": ""},
    "division": {"box": ""},
    "ledger_account": {"farmer_id": 0, "commodity": "", "grade": "", "tolerance": 0},
    "batch": {"commodity": "", "account_grade": "", "farmer_id": None, "supplier_farmer_id": None, "from_year": None},
    "product": {"daily_capacity": None},
    "yield_cap": {"variety": "", "per": "mu", "commodity": "", "effective_on": None},
    "annual_report": {"lists": {}, "choices": {}, "sections": {}},
}
"""Columns that came after the first release, with the value that every older row got. A row that still holds it is hashed without the
column, so that rows logged before the column existed keep their hash, and any other value is covered like the rest."""

CONTENT_ADDRESSED: Mapping[str, tuple[str, str]] = {"document_content": ("sha256", "content")}
"""Tables that hold bytes under their own SHA-256: the covered row that names the hash answers for the bytes."""

_LARGE = 64
_EXACT = 2**53 - 1


def is_covered(table: str, column: str) -> bool:
    """Say whether a column of a covered table goes into its canonical row."""
    return column not in EXCLUDED.get(table, ())


def canonical_row(table: str, row: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a row: RFC 8785 JSON of its covered columns, without those of ``ADDED`` that hold what they came with.

    Moments are ISO 8601 UTC with microseconds and Z, dates ISO; bytes hex (above 64 bytes their SHA-256); a geometry the SHA-256 of its
    two-dimensional little-endian WKB, a polygon taken as a multipolygon of one; integers beyond 2^53 are text. Raises TypeError for a
    value that has no canonical form and ValueError for NaN.
    """
    later = ADDED.get(table, {})
    return rfc8785.dumps(
        {column: _plain(value) for column, value in row.items() if is_covered(table, column) and not _as_before(later, column, value)}
    )


def _as_before(later: Mapping[str, object], column: str, value: object) -> bool:
    return column in later and type(value) is type(later[column]) and value == later[column]


def row_id(key: tuple[Any, ...]) -> str:
    """Return the identity of a row as text: its primary key, the parts of a composite one joined by ``/``."""
    return "/".join(part.isoformat() if isinstance(part, date) else str(part) for part in key)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value) if -_EXACT <= value <= _EXACT else str(int(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _text(value) if not isinstance(value, float) else _finite(value)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{value} has no canonical form")
    return value


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        return raw.hex() if len(raw) <= _LARGE else f"sha256:{sha256(raw).hexdigest()}"
    if isinstance(value, BaseGeometry):
        return f"sha256:{_geometry_digest(value)}"
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _geometry_digest(geometry: BaseGeometry) -> str:
    whole = MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry
    return sha256(shapely.to_wkb(whole, output_dimension=2, byte_order=1, include_srid=False)).hexdigest()
