"""QR symbols: alphanumeric mode, version 3 at level M for the usual address, one fixed mask (any mask decodes; choosing costs the time).

``matrix`` draws one; a roll is drawn by ``patterns_of``, which learns from it once what codes change (``rules.patterns``).
"""

from __future__ import annotations

from functools import lru_cache, partial

from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

from gi_registry.codes.rules.patterns import Patterns, learn
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

VERSION = 3
MASK = 2
LEVEL = "M"
LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}
"""How much of a symbol may be lost: M 15 %, Q 25 % of the codewords (ISO/IEC 18004, table 8)."""
QUIET = 4  # modules of white around the symbol, ISO/IEC 18004


def matrix(text: str, level: str = LEVEL) -> list[list[bool]]:
    """Return the modules of ``text`` (upper case, digits and ``$%*+-./:``); a long address takes the next larger version."""
    symbol: QRCode = QRCode(version=VERSION, error_correction=LEVELS[level], border=0, mask_pattern=MASK)
    symbol.add_data(QRData(text, mode=MODE_ALPHA_NUM), optimize=0)
    symbol.make(fit=True)
    return [[bool(module) for module in row] for row in symbol.modules]


def level_named(name: str) -> str:
    """Return the level of a name (empty: M); raise Invalid naming ``level`` for another."""
    if (name or LEVEL) not in LEVELS:
        raise invalid("level", say("纠错等级只有 M 和 Q。"), say("标签容易磨损、弄脏的，选 Q。"), value=name[:20])
    return name or LEVEL


@lru_cache(maxsize=8)
def patterns_of(address: str, level: str = LEVEL) -> Patterns:
    """Return what codes change in the symbol of ``address`` + code; learned once a process, in about 50 ms."""
    return learn(partial(matrix, level=level), address)
