"""Codes by the million: the same symbols as ``format.compose``, made column by column with numpy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gi_registry.codes.rules.alphabet import LENGTH, PRODUCTS, SYMBOLS, VALUES, weighted_sum
from gi_registry.codes.rules.format import MAC_BYTES, SCHEME, SERIALS_PER_RANGE
from gi_registry.codes.rules.mac import CODES_PER_DIGEST, HALF_BITS, HALF_MASK, ROUNDS, WORDS_PER_DIGEST, mac_prf, order_prf
from gi_registry.codes.rules.suites import Secret

CHUNK = CODES_PER_DIGEST << 13  # 98,304 codes: the working arrays stay in the processor's cache
_PAIR = 10  # bits in two symbols
_PREFIX = 7  # scheme, key and range
_ASCII = np.frombuffer(SYMBOLS.encode(), dtype=np.uint8)
_LINE = np.dtype([("prefix", f"S{_PREFIX}"), ("pairs", "<u2", (6,)), ("check", "u1"), ("end", "u1")])

Array = NDArray[np.integer[Any]]


@cache
def _pair_text() -> Array:
    """Return the two letters of each 10-bit number as one 16-bit word."""
    values = np.arange(1 << _PAIR)
    letters = np.stack([_ASCII[values >> 5], _ASCII[values & 31]], axis=1)
    return np.ascontiguousarray(letters).view("<u2").ravel()


@cache
def _pair_checks() -> tuple[NDArray[np.uint8], ...]:
    """Return, for each pair of symbols behind the prefix, what each 10-bit number adds to the check symbol."""
    values = np.arange(1 << _PAIR)
    rows = [np.array(row, dtype=np.uint8) for row in PRODUCTS]
    return tuple(rows[at][values >> 5] ^ rows[at + 1][values & 31] for at in range(_PREFIX, LENGTH - 1, 2))


def _round_tables(secret: Secret | bytes, *, key_id: int, range_label: str) -> list[Array]:
    function = order_prf(secret, key_id=key_id, range_label=range_label)
    digests = HALF_MASK // WORDS_PER_DIGEST + 1
    blocks = b"".join(function(counter) for counter in range(ROUNDS * digests))
    words = np.frombuffer(blocks, dtype=">u2").astype(np.uint16) & np.uint16(HALF_MASK)
    return list(words.reshape(ROUNDS, HALF_MASK + 1))


def _mac_pairs(digests: bytes, skip: int, count: int) -> list[Array]:
    """Return the 40-bit MACs as four columns of 10 bits."""
    octets = np.frombuffer(digests, dtype=np.uint8).reshape(-1, 64)[:, : CODES_PER_DIGEST * MAC_BYTES].reshape(-1, MAC_BYTES)
    b0, b1, b2, b3, b4 = (octets[skip : skip + count, place].astype(np.uint16) for place in range(MAC_BYTES))
    return [b0 << 2 | b1 >> 6, (b1 & 63) << 4 | b2 >> 4, (b2 & 15) << 6 | b3 >> 2, (b3 & 3) << 8 | b4]


def mint_lines(secret: Secret | bytes, *, key_id: int, range_label: str, low: int, high: int) -> Iterator[bytes]:
    """Yield the codes of serials [low, high) as lines of 20 symbols and a line feed, in blocks of up to 98,304 codes."""
    if not 0 <= low <= high <= SERIALS_PER_RANGE:
        raise ValueError(f"serials {low}…{high} outside the range")
    function = mac_prf(secret, key_id=key_id, range_label=range_label)
    tables = _round_tables(secret, key_id=key_id, range_label=range_label)
    prefix = SYMBOLS[SCHEME] + SYMBOLS[key_id] + range_label
    prefix_check = np.uint8(weighted_sum(bytes([VALUES[symbol] for symbol in prefix])))
    for start in range(low, high, CHUNK):
        stop = min(start + CHUNK, high)
        first = start // CODES_PER_DIGEST
        digests = b"".join(map(function, range(first, (stop - 1) // CODES_PER_DIGEST + 1)))
        columns = _serial_pairs(tables, start, stop) + _mac_pairs(digests, start - first * CODES_PER_DIGEST, stop - start)
        yield _lines(prefix, prefix_check, columns)


def _serial_pairs(tables: list[Array], start: int, stop: int) -> list[Array]:
    serials = np.arange(start, stop, dtype=np.uint32)
    left, right = (serials >> HALF_BITS).astype(np.uint16), (serials & HALF_MASK).astype(np.uint16)
    for table in tables:
        left, right = right, np.bitwise_xor(left, table[right])
    return [left, right]


def _lines(prefix: str, check: np.uint8, columns: list[Array]) -> bytes:
    lines = np.empty(len(columns[0]), dtype=_LINE)
    checks = np.full(len(lines), check)
    for place, (column, effect) in enumerate(zip(columns, _pair_checks(), strict=True)):
        lines["pairs"][:, place] = _pair_text()[column]
        checks ^= effect[column]
    lines["prefix"], lines["check"], lines["end"] = prefix.encode(), _ASCII[checks], ord("\n")
    return lines.tobytes()


def mint(secret: Secret | bytes, *, key_id: int, range_label: str, low: int, high: int) -> list[str]:
    """Return the codes of serials [low, high) in the order of their serials."""
    blocks = mint_lines(secret, key_id=key_id, range_label=range_label, low=low, high=high)
    return b"".join(blocks).decode().split()
