"""``mint``: codes with MAC to CSV, per CPU-second; the ceiling copies the same bytes in memory, the peer prints uuid4."""

from __future__ import annotations

import io
import uuid

from benches.frame import Figure, rate
from gi_registry.codes.rules.format import SERIALS_PER_RANGE
from gi_registry.codes.rules.mint import mint_lines
from gi_registry.codes.rules.suites import BLAKE2B, HMAC_SM3, Secret

SECRET = bytes(range(32))
CODES = SERIALS_PER_RANGE
LINE = 21  # 20 symbols and a line feed


def _ours(algorithm: str = BLAKE2B) -> int:
    out = io.BytesIO()
    for block in mint_lines(Secret(SECRET, algorithm), key_id=3, range_label="7Z0QK", low=0, high=CODES):
        out.write(block)
    return out.tell() // LINE


def _copy() -> int:
    """Write lines that exist already, in the same blocks: what no minting can beat."""
    block = bytes(LINE * 98_304)
    copies = 40
    out = io.BytesIO()
    for _ in range(copies):
        out.write(block)
    return out.tell() // LINE


def _uuid4() -> int:
    out, number = io.BytesIO(), 100_000
    for _ in range(number):
        out.write(f"{uuid.uuid4()}\n".encode())
    return number


def run() -> list[Figure]:
    """Measure a whole range of 2^20 codes."""
    copy, other = rate(_copy), rate(_uuid4)
    return [
        Figure(
            "mint",
            "codes per CPU-second",
            ours=rate(_ours),
            ceiling=copy,
            peer=other,
            peer_name="uuid4",
            note="2^20 codes of one range: scheme, key, range, permuted serial, 40-bit MAC, check symbol; CSV in memory",
        ),
        Figure(
            "mint:sm3",
            "codes per CPU-second",
            ours=rate(lambda: _ours(HMAC_SM3)),
            ceiling=copy,
            peer=other,
            peer_name="uuid4",
            note="the same with HMAC-SM3",
        ),
    ]
