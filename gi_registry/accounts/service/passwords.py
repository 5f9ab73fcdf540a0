"""Passwords and one-time codes at rest: argon2id."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_DUMMY = _hasher.hash(secrets.token_hex(16))  # an unknown login costs the same time as a wrong password


def hashed(secret: str) -> str:
    """Return the argon2id hash of a password or code."""
    return _hasher.hash(secret)


def matches(stored: str, secret: str) -> bool:
    """Say whether ``secret`` is what was hashed. Nothing stored (``""``) is never right, and costs the same time."""
    try:
        _hasher.verify(stored or _DUMMY, secret)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)
