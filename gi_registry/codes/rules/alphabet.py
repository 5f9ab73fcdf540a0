"""Crockford base 32 and the check symbol over GF(32).

The check symbol makes Σ aⁱ·cᵢ = 0 over the 20 symbols, with *a* a generator of GF(32)* (x⁵ + x² + 1). The 20 weights are distinct and
not zero, so any one wrong symbol and any swap of two symbols (neighbours above all) is caught. Source: contract, scheme 1.
"""

from __future__ import annotations

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
_POLYNOMIAL = 0b100101


def times(left: int, right: int) -> int:
    """Multiply two elements of GF(32), each 0…31."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = left << 1 ^ (_POLYNOMIAL if left & 0b10000 else 0)
        right >>= 1
    return product


def _powers(count: int) -> tuple[int, ...]:
    powers = [1]
    while len(powers) < count:
        powers.append(times(powers[-1], 2))
    return tuple(powers)


WEIGHTS = tuple(reversed(_powers(LENGTH)))  # the check symbol, last, has weight 1
PRODUCTS = tuple(tuple(times(weight, value) for value in range(32)) for weight in WEIGHTS)
VALUES = {symbol: value for value, symbol in enumerate(SYMBOLS)}


def weighted_sum(values: bytes) -> int:
    """Return Σ weight·value over symbol values (0…31) from the left; 0 for a whole code that is sound."""
    total = 0
    for row, value in zip(PRODUCTS, values, strict=False):
        total ^= row[value]
    return total


def text_of(number: int, symbols: int) -> str:
    """Return ``number`` as that many base-32 symbols, most significant first."""
    return "".join(SYMBOLS[number >> 5 * place & 31] for place in reversed(range(symbols)))


def number_of(text: str) -> int:
    """Return the number that canonical symbols spell; KeyError where a character is no symbol."""
    number = 0
    for symbol in text:
        number = number << 5 | VALUES[symbol]
    return number
