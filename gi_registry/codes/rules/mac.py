"""Keyed functions of a range: the MAC of a serial and the permutation that hides order and volume.

All are one keyed function of 64 bytes (``suites``: BLAKE2b or HMAC-SM3, as the key says), told apart by their purpose.
``PRF(counter)`` is over ``scheme (1 byte) ‖ key id (1) ‖ range (4, big-endian) ‖ counter (4, big-endian)``.

* MAC of serial *s*: bytes 5·(s mod 12) … +5 of PRF(s div 12) with ``gi-code-mac``; one digest serves 12 codes.
* Permutation: a balanced Feistel network of 6 rounds on 10 + 10 bits. Round *r* of half *x* is the 16-bit big-endian word x mod 32 of
  PRF(32·r + x div 32) with ``gi-code-order``, cut to its low 10 bits.
"""

from __future__ import annotations

import hmac
from array import array

from gi_registry.codes.rules.alphabet import number_of
from gi_registry.codes.rules.format import MAC_BYTES, SCHEME, Code
from gi_registry.codes.rules.suites import DIGEST_BYTES, Prf, Secret, prf

CODES_PER_DIGEST = DIGEST_BYTES // MAC_BYTES
ROUNDS = 6
HALF_BITS = 10
HALF_MASK = (1 << HALF_BITS) - 1
WORDS_PER_DIGEST = 32
SECRET_BYTES = 32


def _prefix(key_id: int, range_label: str) -> bytes:
    return bytes((SCHEME, key_id)) + number_of(range_label).to_bytes(4)


def mac_prf(secret: Secret | bytes, *, key_id: int, range_label: str) -> Prf:
    """Return the function behind the MACs of a range."""
    return prf(secret, b"gi-code-mac", _prefix(key_id, range_label))


def order_prf(secret: Secret | bytes, *, key_id: int, range_label: str) -> Prf:
    """Return the function behind the permutation of a range."""
    return prf(secret, b"gi-code-order", _prefix(key_id, range_label))


def mac_of(function: Prf, serial: int) -> bytes:
    """Return the 5 bytes that prove ``serial``."""
    start = MAC_BYTES * (serial % CODES_PER_DIGEST)
    return function(serial // CODES_PER_DIGEST)[start : start + MAC_BYTES]


def _round(function: Prf, number: int, half: int) -> int:
    words = function(WORDS_PER_DIGEST * number + half // WORDS_PER_DIGEST)
    start = 2 * (half % WORDS_PER_DIGEST)
    return int.from_bytes(words[start : start + 2]) & HALF_MASK


def permute(function: Prf, serial: int) -> int:
    """Return where the permutation sends ``serial``; both in [0, 2²⁰)."""
    left, right = serial >> HALF_BITS, serial & HALF_MASK
    for number in range(ROUNDS):
        left, right = right, left ^ _round(function, number, right)
    return left << HALF_BITS | right


def unpermute(function: Prf, permuted: int) -> int:
    """Return the serial that the permutation sends to ``permuted``."""
    left, right = permuted >> HALF_BITS, permuted & HALF_MASK
    for number in reversed(range(ROUNDS)):
        left, right = right ^ _round(function, number, left), left
    return left << HALF_BITS | right


class Prover:
    """Proves codes of one range: the permutation as tables of 12 KB, made once, so that a code costs one digest instead of seven."""

    __slots__ = ("_mac", "_tables")

    def __init__(self, secret: Secret | bytes, *, key_id: int, range_label: str) -> None:
        order = order_prf(secret, key_id=key_id, range_label=range_label)
        self._tables = [array("H", [_round(order, number, half) for half in range(HALF_MASK + 1)]) for number in reversed(range(ROUNDS))]
        self._mac = mac_prf(secret, key_id=key_id, range_label=range_label)

    def serial_of(self, code: Code) -> int | None:
        """Return what ``verify_mac`` returns for a code of this range; the comparison takes the same time for each."""
        left, right = code.permuted >> HALF_BITS, code.permuted & HALF_MASK
        for table in self._tables:
            left, right = right ^ table[left], left
        serial = left << HALF_BITS | right
        return serial if hmac.compare_digest(mac_of(self._mac, serial), code.mac) else None


def verify_mac(code: Code, secret: Secret | bytes) -> int | None:
    """Return the serial of a code made under ``secret``, None for a forged one. The comparison takes the same time for each."""
    serial = unpermute(order_prf(secret, key_id=code.key_id, range_label=code.range_label), code.permuted)
    expected = mac_of(mac_prf(secret, key_id=code.key_id, range_label=code.range_label), serial)
    return serial if hmac.compare_digest(expected, code.mac) else None
