"""Whom a code concerns: the range it is of, the user and the GI, and the office that handles it."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.codes import queries as codes
from gi_registry.codes.rules.format import Malformed, parse
from gi_registry.codes.rules.mac import verify_mac
from gi_registry.codes.service import open_secret
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Concerned:
    """What is on file about a code; everything after ``code`` is empty for a code that nobody issued."""

    code: str
    range_id: int | None = None
    serial: int | None = None
    allotment_id: int | None = None
    authorisation_id: int | None = None
    gi_id: int | None = None
    organisation_id: int | None = None
    authority_division: str = ""

    @property
    def issued(self) -> bool:
        """Whether we issued the code."""
        return self.range_id is not None


def well_formed(text: str) -> str:
    """Return the 20 symbols of a code as typed or scanned; raise NotFound for what is no code."""
    try:
        return parse(text[:100]).text
    except Malformed as problem:
        raise NotFound(problem.reason) from None


def concerned(work: Work, text: str, *, secret_key: str) -> Concerned:
    """Return what is on file about a well-formed code; raise NotFound for what is no code."""
    code = parse(well_formed(text))
    unknown = Concerned(code.text)
    try:
        secret = open_secret(work.session, code.key_id, secret_key)
    except NotFound:
        return unknown
    serial = verify_mac(code, secret)
    found = codes.lookup(work.session, code.range_label, serial) if serial is not None else None
    if found is None or found.key.id != code.key_id:
        return unknown
    authorisation = get_authorisation(work.session, found.code_range.authorisation_id)
    return Concerned(
        code=code.text,
        range_id=found.code_range.id,
        serial=serial,
        allotment_id=found.allotment.id,
        authorisation_id=authorisation.id,
        gi_id=authorisation.gi_id,
        organisation_id=authorisation.organisation_id,
        authority_division=authorisation.authority_division,
    )
