"""Integer quantities: grams, pieces, milli-mu. No floats cross this line."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

GRAMS_PER_KG = 1_000
SQUARE_METRES_PER_MU = Decimal(2000) / Decimal(3)  # 1 mu = 2000/3 m², GB 3100-era statutory conversion
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[,， \u00a0\u2009\u202f]\d{3})+(?:\.\d*)?")
_BETWEEN = re.compile(r"[,， \u00a0\u2009\u202f]")
LARGEST = 2**53 - 1  # integers above this are not exact in JSON (RFC 8785)


def grouped(number: int) -> str:
    """Write 50160000 as 50 160 000, with thin spaces as every page does."""
    return f"{number:,}".replace(",", "\u2009")


def mu_milli(area_m2: float) -> int:
    """Return square metres as thousandths of a mu, rounded half up."""
    return int((Decimal(repr(area_m2)) / SQUARE_METRES_PER_MU * 1000).to_integral_value(ROUND_HALF_UP))


def yield_of(area_milli_mu: int, per_mu: int) -> int:
    """Return what ``area_milli_mu`` thousandths of a mu yield at ``per_mu`` units a mu, rounded down."""
    return area_milli_mu * per_mu // 1000


def _ungrouped(text: str) -> str:
    """Return a number without the signs between its thousands; as it is where they stand elsewhere (``2,00`` may mean two)."""
    plain = text.strip()
    return _BETWEEN.sub("", plain) if _GROUPED.fullmatch(plain) else plain


def whole_number(text: str, field: str, *, least: int = 0, most: int = LARGEST) -> int:
    """Read a whole number as people type it (``1,200``); raise Invalid naming the field."""
    try:
        number = int(_ungrouped(text))
    except ValueError:
        raise invalid(field, say("“%(value)s”不是整数。", value=text), say("请只填写数字，例如 1200。"), value=text) from None
    if not least <= number <= most:
        raise invalid(field, say("数值须在 %(least)s 至 %(most)s 之间。", least=least, most=most), value=text)
    return number


def scaled(text: str, field: str, *, scale: int, least: int = 0) -> int:
    """Read a decimal as an integer of ``1/scale`` units (kg → g: scale 1000); refuse digits that would be lost."""
    try:
        value = Decimal(_ungrouped(text)) * scale
    except ArithmeticError:  # no number, or one beyond what a decimal can hold
        raise invalid(field, say("“%(value)s”不是数字。", value=text), say("请填写数字，例如 12.5。"), value=text) from None
    if not value.is_finite() or value != value.to_integral_value(ROUND_FLOOR):
        raise invalid(field, say("“%(value)s”小数位过多。", value=text), say("最多保留到千分之一。"), value=text)
    if not least <= value <= LARGEST:
        raise invalid(field, say("数值超出范围。"), value=text)
    return int(value)
