"""QR symbols by the million: with version, level and mask fixed, a symbol is linear over GF(2) in the bits of its text.

So the symbol of an address with any code is the symbol of the address with the code of zeros, XORed with one pattern for each bit that
differs (error correction included: Reed–Solomon codes are linear, and the mask is the same). ``learn`` takes the patterns from whatever
draws single symbols rightly, by asking it for texts that differ in one bit; ``draw`` then needs one table row for every two characters.

Alphanumeric mode: every two characters are eleven bits, 45·a + b, a last one alone is six (ISO/IEC 18004:2024, 7.4.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gi_registry.codes.rules.alphabet import LENGTH, SYMBOLS

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""What alphanumeric mode can write, by value."""

CHUNK = 4_096
"""So many symbols at once: what is XORed stays in the processor's cache."""

_BASE = len(CHARACTERS)
_WORD = 8  # bytes
_VALUE = {character: value for value, character in enumerate(CHARACTERS)}
_NOUGHT = SYMBOLS[0] * LENGTH
_OF_ASCII = np.zeros(256, dtype=np.uint16)
_OF_ASCII[np.frombuffer(SYMBOLS.encode(), dtype=np.uint8)] = np.arange(len(SYMBOLS), dtype=np.uint16)

Modules = Sequence[Sequence[bool]]
Words64 = NDArray[np.uint64]


@dataclass(frozen=True)
class Patterns:
    """What codes change in the symbol of one address.

    A symbol is some 64-bit words: its rows of modules one after another, each filled up to whole bytes, dark is 1, the first module the
    highest bit. ``tables`` hold for each place of the code (first symbol, one or two of them) the pattern of each 5- or 10-bit number.
    """

    size: int
    base: Words64
    tables: tuple[tuple[int, int, Words64], ...]

    @property
    def stride(self) -> int:
        """Bytes of a row of modules."""
        return (self.size + 7) // 8


def learn(draw_one: Callable[[str], Modules], address: str) -> Patterns:
    """Learn the patterns of ``address`` + code from ``draw_one(text)``, which must always use one version, level and mask.

    Raises ValueError for an address with characters that alphanumeric mode lacks, or where ``draw_one`` changes the size of the symbol.
    """
    if strange := set(address) - set(CHARACTERS):
        raise ValueError(f"not alphanumeric: {sorted(strange)}")
    text = address + _NOUGHT
    whole = draw_one(text)
    size, zero = len(whole), _packed(whole)
    tables = []
    for at in range(len(address) & ~1, len(text), 2):
        unit = text[at : at + 2]
        drawn = [_packed(draw_one(text[:at] + other + text[at + 2 :]), words=len(zero)) for other in _powers(len(unit))]
        flips = [drawn[0] ^ power for power in drawn[1:]]
        symbols = len(unit) - (at < len(address))
        tables.append((max(at - len(address), 0), symbols, _spanned(flips, _values(unit, symbols) ^ _value(unit))))
    return Patterns(size, zero, tuple(tables))


def _powers(length: int) -> list[str]:
    """Return the texts of one or two characters whose value is 0, 1, 2, 4 … up to the highest of their six or eleven bits."""
    return [_text(value, length) for value in (0, *(1 << bit for bit in range(11 if length == 2 else 6)))]


def _value(unit: str) -> int:
    return _VALUE[unit] if len(unit) == 1 else _VALUE[unit[0]] * _BASE + _VALUE[unit[1]]


def _text(value: int, length: int) -> str:
    return CHARACTERS[value] if length == 1 else CHARACTERS[value // _BASE] + CHARACTERS[value % _BASE]


def _values(unit: str, symbols: int) -> NDArray[np.int64]:
    """Return the value of ``unit`` with each number of 5 or 10 bits written into its last ``symbols`` characters as code symbols."""
    letters = np.array([_VALUE[symbol] for symbol in SYMBOLS], dtype=np.int64)
    if symbols == 2:
        return np.add.outer(letters * _BASE, letters).ravel()
    return np.add(letters, _VALUE[unit[0]] * _BASE if len(unit) == 2 else 0)


def _spanned(flips: list[Words64], numbers: NDArray[np.int64]) -> Words64:
    """Return for each number the XOR of the patterns of its bits."""
    table = np.zeros((len(numbers), len(flips[0])), dtype=np.uint64)
    for bit, flip in enumerate(flips):
        table[(numbers >> bit & 1).astype(bool)] ^= flip
    return table


def _packed(modules: Modules, *, words: int = 0) -> Words64:
    """Return a symbol as words (see ``Patterns``). Raises ValueError where it has not the ``words`` expected."""
    rows = np.packbits(np.asarray(modules, dtype=bool), axis=1).tobytes()
    packed = np.frombuffer(rows + bytes(-len(rows) % _WORD), dtype=np.uint64)
    if words and len(packed) != words:
        raise ValueError("the symbols differ in size: fix the version")
    return packed


def draw(patterns: Patterns, codes: NDArray[np.uint8], out: Words64 | None = None) -> Words64:
    """Return the symbols of codes, (n, words); ``codes`` are their 20 ASCII characters, (n, 20) or (n, 21) with a line end each.

    Symbols that all the codes share are looked up once. Written to ``out`` where it is given.
    """
    found = np.empty((len(codes), len(patterns.base)), dtype=np.uint64) if out is None else out
    shared, varying = _sorted_out(patterns, codes)
    for start in range(0, len(codes), CHUNK):
        part = found[start : start + CHUNK]
        part[:] = shared
        for first, symbols, table in varying:
            part ^= table[_numbers(codes[start : start + CHUNK], first, symbols)]
    return found


def _sorted_out(patterns: Patterns, codes: NDArray[np.uint8]) -> tuple[Words64, list[tuple[int, int, Words64]]]:
    """Return what all codes share, XORed into the base, and the places at which they differ."""
    shared, varying = patterns.base.copy(), []
    for first, symbols, table in patterns.tables:
        place = codes[:, first : first + symbols]
        if len(codes) and (place == place[0]).all():
            shared ^= table[int(_numbers(codes[:1], first, symbols)[0])]
        else:
            varying.append((first, symbols, table))
    return shared, varying


def _numbers(codes: NDArray[np.uint8], first: int, symbols: int) -> NDArray[np.uint16]:
    number = _OF_ASCII[codes[:, first]]
    if symbols == 2:
        number = np.bitwise_or(np.left_shift(number, 5), _OF_ASCII[codes[:, first + 1]])
    return number


def modules(patterns: Patterns, drawn: Words64) -> NDArray[np.bool_]:
    """Return symbols as modules, (n, size, size), dark is True."""
    octets = drawn.view(np.uint8)[:, : patterns.stride * patterns.size]
    bits: NDArray[Any] = np.unpackbits(octets.reshape(len(drawn), patterns.size, patterns.stride), axis=2)
    return bits[:, :, : patterns.size].astype(bool)
