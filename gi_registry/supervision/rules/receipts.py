"""Numbers of leads, receipts of doubts, and the signed form that needs no cookie."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

CHECK_SYMBOLS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_LENGTH = 8
FORM_LIFE = timedelta(hours=24)
_TOKEN = re.compile(r"^(\d{4})-(\d{6,9})-?([0-9A-Z]{8})$")
_NUMBER = re.compile(r"^疑〔(\d{4})〕(\d{6,9})号?$")


def lead_number(series: str, year: int, serial: int) -> str:
    """Return a number as offices write it: 疑〔2026〕000123."""
    return f"{series}〔{year}〕{serial:06d}"


def new_check() -> str:
    """Return eight random characters (about 39 bits) that nobody can guess, without letters and digits that look alike."""
    return "".join(secrets.choice(CHECK_SYMBOLS) for _ in range(CHECK_LENGTH))


def token_of(number: str, check: str) -> str:
    """Return number and check of a doubt as one word for an address: 2026-000123-7K3M9QXT."""
    found = _NUMBER.match(number)
    if found is None:
        raise ValueError(f"{number} is no number of a doubt")
    return f"{found[1]}-{found[2]}-{check}"


def read_token(text: str) -> tuple[str, str] | None:
    """Return number and check from the word of an address, None for what is none."""
    found = _TOKEN.match(text.strip().upper().replace(" ", ""))
    return (f"疑〔{found[1]}〕{found[2]}", found[3]) if found else None


def typed_token(number: str, check: str) -> str:
    """Return the word of an address from what people type: 疑〔2026〕000123 or 2026-000123, and the check with or without blanks."""
    plain = re.sub(r"\s", "", number).strip("号")
    found = re.match(r"^疑?[〔\[【(（]?(\d{4})[〕\]】)）\-]?(\d{1,9})$", plain)
    code = re.sub(r"[\s\-]", "", check).upper()
    return f"{found[1]}-{int(found[2]):06d}-{code}" if found else f"{plain}-{code}"


@dataclass(frozen=True)
class FormToken:
    """What a form of the public carries: a nonce (so that a double click is one doubt), its moment, and the proof that we made it."""

    nonce: str
    at: int
    mac: str

    def __str__(self) -> str:
        return f"{self.nonce}.{self.at}.{self.mac}"


def sign_form(secret: str, code: str, now: datetime) -> str:
    """Return a fresh token for the form about ``code``. No cookie is set: the token stands in the page."""
    nonce, at = secrets.token_urlsafe(12), int(now.timestamp())
    return str(FormToken(nonce, at, _mac(secret, code, nonce, at=at)))


def read_form_token(secret: str, code: str, text: str, *, now: datetime) -> str | None:
    """Return the nonce of a token that we made for this code within the last 24 hours, else None."""
    nonce, _, rest = text.partition(".")
    at, _, mac = rest.partition(".")
    if not (nonce and at.isascii() and at.isdigit() and len(at) <= 12 and mac.isascii()):
        return None
    if not hmac.compare_digest(mac, _mac(secret, code, nonce, at=int(at))):
        return None
    age = now.timestamp() - int(at)
    return nonce if -300 <= age <= FORM_LIFE.total_seconds() else None


def _mac(secret: str, code: str, nonce: str, *, at: int) -> str:
    return hmac.new(secret.encode(), f"doubt-form\n{code}\n{nonce}\n{at}".encode(), hashlib.sha256).hexdigest()[:32]


def digest_of(*parts: object) -> str:
    """Return a digest of what was sent: a form changed after going back is another doubt, the same form sent twice is one."""
    return hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()[:32]
