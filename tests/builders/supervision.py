"""Leads for tests: a doubt as the public sends it, and leads put on file directly."""

from __future__ import annotations

import io
from itertools import count
from typing import Any

from PIL import Image

from gi_registry.codes.rules.format import compose
from gi_registry.documents.models import Document
from gi_registry.registry.models import Authorisation
from gi_registry.supervision import service
from gi_registry.supervision.models import Lead
from gi_registry.supervision.rules.life import Source
from gi_registry.supervision.schemas import Doubt
from gi_registry.supervision.service.opening import attach, open_lead
from gi_registry.workflow import Work

SECRET_KEY = "only-for-tests-" + "0" * 32
UNKNOWN_CODE = compose(7, "ZZZZZ", permuted=1234, mac=b"abcde")
_serial = count(1)


def picture(size: tuple[int, int] = (320, 200), kind: str = "JPEG", **saved: Any) -> bytes:
    """Return a small picture; ``saved`` goes to the encoder (``exif=``)."""
    out = io.BytesIO()
    Image.new("RGB", size, "#0f5c46").save(out, kind, **saved)
    return out.getvalue()


def sender(**differs: str) -> service.Sender:
    """Return who sends, a client of its own each time."""
    number = next(_serial)
    return service.Sender(**{"client_key": f"client-{number}", "form_key": f"form-{number}"} | differs)  # type: ignore[arg-type]


def make_doubt(
    work: Work, code: str = UNKNOWN_CODE, *, by: service.Sender | None = None, photo: bytes = b"", **said: Any
) -> service.Receipt:
    """Return the receipt of a doubt."""
    fields = Doubt(**{"wrongs": ["differs"], "text": "包装与登记不同"} | said)
    drawn = service.redrawn(photo) if photo else None
    return service.take_doubt(work, code, fields, sender=by or sender(), secret_key=SECRET_KEY, photo=drawn)


def make_lead_of(work: Work, authorisation: Authorisation, **differs: Any) -> Lead:
    """Return a lead about a user's codes, in the county of the authorisation."""
    values: dict[str, Any] = {
        "source": "doubt",
        "authority_division": authorisation.authority_division,
        "subject_kind": "code",
        "authorisation_id": authorisation.id,
        "gi_id": authorisation.gi_id,
    }
    values |= differs
    return open_lead(work, Source(values.pop("source")), **values)


def with_photo(work: Work, lead: Lead) -> Document:
    """Attach a photo to a lead and return it."""
    return attach(work, lead, name="photo.jpg", content=picture())
