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


_DIGITS = "0123456789abcdefghijklmnopqrstuv"  # what int() reads in base 32
_TO_DIGITS = bytes(ord(_DIGITS[VALUES[chr(at)]]) if chr(at) in VALUES else ord("z") for at in range(256))


def number_of(text: str) -> int:
    """Return the number that canonical symbols spell; ValueError where a character is no symbol."""
    return int(text.encode("latin-1", "replace").translate(_TO_DIGITS), 32)


def _check_masks() -> tuple[int, ...]:
    """Return, for each bit of the check sum, which bits of a code's number it is the parity of: the sum is linear over GF(2)."""
    masks = [0] * 5
    for place in range(5 * LENGTH):
        row, value = PRODUCTS[LENGTH - 1 - place // 5], 1 << place % 5
        for bit in range(5):
            masks[bit] |= (row[value] >> bit & 1) << place
    return tuple(masks)


CHECK_MASKS = _check_masks()


def is_sound(number: int) -> bool:
    """Say whether the weighted sum of a code of ``LENGTH`` symbols, given as its number, is 0."""
    one, two, three, four, five = CHECK_MASKS
    odd = (number & one).bit_count() | (number & two).bit_count() | (number & three).bit_count()
    return not (odd | (number & four).bit_count() | (number & five).bit_count()) & 1
