"""The printed code, scheme 1: what 20 symbols mean and how a typed text is read.

===========  =======  =====================================================
symbols      places   meaning
===========  =======  =====================================================
scheme       1        always ``1`` here
key          1        id of the signing key, 0…31
range        5        random label of the range
serial       4        serial, permuted by a keyed permutation of the range
MAC          8        40 bits over the serial before permutation
check        1        over GF(32), see ``alphabet``
===========  =======  =====================================================

A printed format lives for ever: scheme 2 may join it, scheme 1 never changes. Test vectors: ``docs/code-format.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.codes.rules.alphabet import LENGTH, SYMBOLS, VALUES, is_sound, number_of, text_of, weighted_sum
from gi_registry.kernel.words import Words, say

SCHEME = 1
RANGE_SYMBOLS = 5
SERIALS_PER_RANGE = 1 << 20
MAC_BYTES = 5
GROUP = 5
_SCHEME, _KEY, _SERIAL, _MAC = 95, 90, 45, 5  # how far each part is from the right, in bits
_SERIAL_MASK, _MAC_MASK = SERIALS_PER_RANGE - 1, (1 << 8 * MAC_BYTES) - 1
_FOLDED = str.maketrans("abcdefghijklmnopqrstuvwxyzILOilo", "ABCDEFGHIJKLMNOPQRSTUVWXYZ110110", " -\t\r\n")


class Malformed(ValueError):
    """The text is no code. ``kind`` is one of ``length symbol check scheme``; ``reason`` is for people."""

    def __init__(self, kind: str, reason: Words) -> None:
        super().__init__(str(reason))
        self.kind, self.reason = kind, reason


@dataclass(frozen=True, slots=True)
class Code:
    """A well-formed code; nothing is known yet about whether we issued it."""

    text: str
    key_id: int
    range_label: str
    permuted: int
    mac: bytes


def parse(text: str) -> Code:
    """Read a code as typed or scanned: case, spaces and hyphens are free, I and L read as 1, O as 0.

    Raises Malformed: wrong length, a character outside the alphabet, a wrong check symbol (a typing error), an unknown scheme.
    """
    folded = text.translate(_FOLDED)
    if len(folded) != LENGTH:
        raise Malformed("length", say("标识码应为 %(expected)s 位，您输入了 %(length)s 位。", expected=LENGTH, length=len(folded)))
    try:
        number = number_of(folded)
    except ValueError:
        wrong = next(symbol for symbol in folded if symbol not in VALUES)
        raise Malformed("symbol", say("标识码中不会出现字符“%(symbol)s”。", symbol=wrong)) from None
    if not is_sound(number):
        raise Malformed("check", say("标识码的校验位不符，可能有一位输错或两位颠倒。"))
    if number >> _SCHEME != SCHEME:
        raise Malformed("scheme", say("这个标识码的版本“%(scheme)s”尚未启用。", scheme=folded[0]))
    mac = (number >> _MAC & _MAC_MASK).to_bytes(MAC_BYTES)
    return Code(folded, number >> _KEY & 31, folded[2:7], number >> _SERIAL & _SERIAL_MASK, mac)


def compose(key_id: int, range_label: str, *, permuted: int, mac: bytes) -> str:
    """Return the 20 symbols of one code."""
    body = SYMBOLS[SCHEME] + SYMBOLS[key_id] + range_label + text_of(permuted, 4) + text_of(int.from_bytes(mac), 8)
    return body + SYMBOLS[weighted_sum(bytes([VALUES[symbol] for symbol in body]))]


def grouped(text: str) -> str:
    """Return a code in groups of five, as people read it aloud."""
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def range_label_of(number: int) -> str:
    """Return the label of a random 25-bit number."""
    return text_of(number & (1 << 25) - 1, RANGE_SYMBOLS)
