"""The filed content in one canonical form, and its hash: what the receipt proves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import rfc8785

from gi_registry.reports.rules.draft import Content, Row

Json = dict[str, object]


@dataclass(frozen=True)
class Declaration:
    """Who signed, by name, and when (ISO 8601 with offset)."""

    name: str
    person_id: int | None
    at: str


def filed_content(content: Content, declaration: Declaration, *, identity: Mapping[str, str], year: int, window_version: str) -> Json:
    """Return everything that is filed, as plain JSON: identity, figures beside the registry's, texts, declaration, policy version."""
    nil: Json = {"since": content.nil_since, "reason": content.nil_reason} if content.nil else {}
    return {
        "v": 1,
        "identity": dict(identity),
        "year": year,
        "nil": nil,
        "figures": {} if content.nil else {row.figure.key: filed_figure(row) for row in content.rows if row.value is not None},
        "texts": {} if content.nil else {key: text for key, text in content.texts.items() if text},
        "declaration": {"name": declaration.name, "person": declaration.person_id, "at": declaration.at},
        "window_version": window_version,
    }


def filed_figure(row: Row) -> Json:
    """Return one figure as filed: value in stored units, the registry's value and its source in words, and the reason for a change."""
    filed: Json = {"value": row.value, "public": row.figure.public}
    if row.known is not None:
        filed |= {"registry": row.known.value, "source": {"text": row.known.source.template, "values": _plain(row.known.source.values)}}
    if row.reason and row.changed:
        filed["reason"] = row.reason
    return filed


def content_hash(content: Mapping[str, object]) -> str:
    """Return the SHA-256 (hexadecimal) of the canonical JSON (RFC 8785) of the filed content."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()  # type: ignore[arg-type]  # plain JSON by construction


def report_number(year: int, authorisation_id: int, revision: int) -> str:
    """Return the number of a report: the same authorisation, year and revision always give the same one."""
    return f"NB{year}-{authorisation_id:06d}-{revision:02d}"


def receipt_number(number: str, filing: int) -> str:
    """Return the number of the receipt of the ``filing``-th filing of a report."""
    return f"{number}-{filing:02d}"


def _plain(values: Mapping[str, object]) -> Json:
    return {name: value if isinstance(value, (int, str)) else str(value) for name, value in values.items()}
