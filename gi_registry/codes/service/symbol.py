"""QR symbols: alphanumeric mode, version 3 at level M for the usual address, one fixed mask (any mask decodes; choosing costs the time).

``matrix`` draws one; a roll is drawn by ``patterns_of``, which learns from it once what codes change (``rules.patterns``).
"""

from __future__ import annotations

from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

from gi_registry.codes.rules.patterns import Patterns, learn

VERSION = 3
MASK = 2
QUIET = 4  # modules of white around the symbol, ISO/IEC 18004


def matrix(text: str) -> list[list[bool]]:
    """Return the modules of ``text`` (upper case, digits and ``$%*+-./:``); a long address takes the next larger version."""
    symbol: QRCode = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    symbol.add_data(QRData(text, mode=MODE_ALPHA_NUM), optimize=0)
    symbol.make(fit=True)
    return [[bool(module) for module in row] for row in symbol.modules]


@lru_cache(maxsize=8)
def patterns_of(address: str) -> Patterns:
    """Return what codes change in the symbol of ``address`` + code; learned once a process, in about 50 ms."""
    return learn(matrix, address)
