"""Quantities as people write and read them: kilograms for grams, whole numbers for pieces."""

from __future__ import annotations

from gi_registry.kernel.quantities import GRAMS_PER_KG, grouped, scaled, whole_number
from gi_registry.kernel.words import Words, say

GRAMS, PIECES = "g", "piece"
UNITS = (GRAMS, PIECES)
_UNIT_WORDS = {GRAMS: say("公斤"), PIECES: say("件")}


def unit_words(unit: str) -> Words:
    """Return the unit in which quantities of ``unit`` are shown: kilograms for grams."""
    return _UNIT_WORDS[unit]


def read_amount(text: str, unit: str, field: str) -> int:
    """Read what is typed (kilograms or pieces) as an integer of grams or pieces; raise Invalid naming the field."""
    if unit == GRAMS:
        return scaled(text, field, scale=GRAMS_PER_KG)
    return whole_number(text, field)


def thousandths(value: int) -> str:
    """Write thousandths with all three places: 12000 → ``12.000``."""
    sign, rest = ("-" if value < 0 else ""), abs(value)
    return f"{sign}{grouped(rest // 1000)}.{rest % 1000:03d}"


def write_amount(quantity: int, unit: str) -> str:
    """Write grams as kilograms without idle zeros, pieces as they are: 7200 pieces → ``7 200``, 12500 g → ``12.5``."""
    if unit != GRAMS:
        return grouped(quantity)
    return thousandths(quantity).rstrip("0").rstrip(".")


def with_unit(quantity: int, unit: str) -> Words:
    """Return a quantity with its unit as words."""
    return say("%(amount)s %(unit)s", amount=write_amount(quantity, unit), unit=unit_words(unit))
