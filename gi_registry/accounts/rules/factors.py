"""The second factor: time-based one-time codes (TOTP, RFC 6238), six digits, 30 seconds, SHA-1 as every authenticator does."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

from gi_registry.accounts.rules.letters import ALPHABET, grouped, read_code

STEP_S = 30
DRIFT = 1
RECOVERY_CODES, RECOVERY_SYMBOLS = 10, 12


def new_secret() -> str:
    """Return a fresh secret of 160 bits in base 32 (RFC 4226, 4)."""
    return pyotp.random_base32(length=32)


def matching_step(secret: str, code: str, *, at: datetime, last_step: int) -> int | None:
    """Return the time step whose code this is: the present one or a neighbour, later than ``last_step``; None for no such step.

    A code that was used once is refused even within its 30 seconds (RFC 6238, 5.2).
    """
    digits = "".join(symbol for symbol in code if symbol.isascii() and symbol.isdigit())
    now, generator = int(at.timestamp()) // STEP_S, pyotp.TOTP(secret)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step), digits) and step > last_step:
            found = step
    return found


def address_of(secret: str, *, login: str, issuer: str) -> str:
    """Return the ``otpauth://`` address that an authenticator reads from the QR symbol."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def spaced(secret: str) -> str:
    """Write a secret in groups of four, to be typed by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def new_recovery_codes() -> list[str]:
    """Return ten codes of 60 bits."""
    return [grouped("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_SYMBOLS))) for _ in range(RECOVERY_CODES)]


def as_recovery_code(typed: str) -> str | None:
    """Return what was typed as a recovery code, None for what has another length."""
    code = read_code(typed)
    return code if len(code.replace("-", "")) == RECOVERY_SYMBOLS else None
