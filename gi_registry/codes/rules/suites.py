"""The keyed functions that codes can be proven with, behind one interface: a secret names its algorithm, everything else asks ``prf``.

* ``BLAKE2b-MAC-40`` (default): BLAKE2b-512 (RFC 7693), keyed, the purpose as its personalisation.
* ``HMAC-SM3-40``: two blocks of HMAC-SM3 (GB/T 15852.2 with GB/T 32905), for installations that have to use commercial cryptography.

Both give 64 bytes for each counter of a range, so MAC, permutation and printed form are the same for both (``mac``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

BLAKE2B, HMAC_SM3 = "BLAKE2b-MAC-40", "HMAC-SM3-40"
DIGEST_BYTES = 64

Prf = Callable[[int], bytes]
"""Counter → 64 bytes."""


@dataclass(frozen=True)
class Secret:
    """The 32 octets of a signing key and the algorithm they are for."""

    octets: bytes
    algorithm: str = BLAKE2B


def prf(secret: Secret | bytes, purpose: bytes, prefix: bytes) -> Prf:
    """Return the keyed function of a purpose and a prefix (scheme, key, range): counter → 64 bytes. Raises KeyError for no algorithm.

    Bare octets are a BLAKE2b secret.
    """
    named = secret if isinstance(secret, Secret) else Secret(secret)
    return SUITES[named.algorithm](named.octets, purpose, prefix)


def _blake2b(octets: bytes, purpose: bytes, prefix: bytes) -> Prf:
    keyed = blake2b(prefix, key=octets, person=purpose)

    def digest(counter: int) -> bytes:
        """Return the 64 bytes of a counter."""
        state = keyed.copy()
        state.update(counter.to_bytes(4))
        return state.digest()

    return digest


def _hmac_sm3(octets: bytes, purpose: bytes, prefix: bytes) -> Prf:
    keyed = HMAC(octets, SM3())
    keyed.update(purpose + b"\0" + prefix)

    def digest(counter: int) -> bytes:
        """Return the 64 bytes of a counter: block 0, then block 1."""
        state = keyed.copy()
        state.update(counter.to_bytes(4))
        other = state.copy()
        state.update(b"\0")
        other.update(b"\1")
        return state.finalize() + other.finalize()

    return digest


SUITES: dict[str, Callable[[bytes, bytes, bytes], Prf]] = {BLAKE2B: _blake2b, HMAC_SM3: _hmac_sm3}
"""What an operator may choose from when a key is made."""
