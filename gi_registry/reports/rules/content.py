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
    """Who signed, by name, and when (ISO 8601 with offset).

    ``scan`` is the SHA-256 of the stamped paper that was filed instead of the electronic declaration; ``rule`` the policy under which
    an operator alone in its firm filed what else only an approver files.
    """

    name: str
    person_id: int | None
    at: str
    scan: str = ""
    rule: str = ""

    def filed(self) -> Json:
        """Return the declaration as it is filed."""
        stated: Json = {"name": self.name, "person": self.person_id, "at": self.at}
        if self.scan:
            stated |= {"method": "stamped", "scan": self.scan}
        return stated | ({"rule": self.rule} if self.rule else {})


def filed_content(content: Content, declaration: Declaration, *, identity: Mapping[str, str], year: int, window_version: str) -> Json:
    """Return everything that is filed, as plain JSON: identity, figures beside the registry's, texts, declaration, policy version."""
    nil: Json = {"since": content.nil_since, "reason": content.nil_reason} if content.nil else {}
    whole: Json = {
        **_stated(content),
        "v": 1,
        "identity": dict(identity),
        "year": year,
        "nil": nil,
        "figures": {} if content.nil else {row.figure.key: filed_figure(row) for row in content.rows if row.value is not None},
        "texts": {} if content.nil else {key: text for key, text in content.texts.items() if text},
        "declaration": declaration.filed(),
        "window_version": window_version,
    }
    return whole


def _stated(content: Content) -> Json:
    """Lists and photos, where there are any."""
    if content.nil:
        return {}
    lists: Json = {key: [dict(row) for row in rows] for key, rows in content.lists.items() if rows}
    photos: Json = dict(content.photos)
    stated: Json = {"lists": lists, "photos": photos}
    return {key: value for key, value in stated.items() if value}


def print_mark(content: Content, *, number: str, year: int) -> str:
    """Return the twelve characters on a printed report that tell which content it shows; a scan of another print does not bear them."""
    printed = filed_content(content, Declaration("", None, ""), identity={"report": number}, year=year, window_version="")
    return content_hash(printed)[:12].upper()


def filed_figure(row: Row) -> Json:
    """Return one figure as filed: value in stored units, the registry's value and its source in words, and the reason for a change."""
    filed: Json = {"value": row.value, "public": row.public}
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
