"""County verification (核实) of plots: whether one that nobody verified counts towards the entitlement is policy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

POLICY = "origin.plot-verification"


def required(value: Any) -> bool:
    """Return what the policy's value ``{"required": …}`` asks for; anything else asks for nothing."""
    return bool(value.get("required")) if isinstance(value, Mapping) else False


def counts(verified_on: date | None, *, needed: bool) -> bool:
    """Say whether a plot may count: verified, or verification is not asked for."""
    return verified_on is not None or not needed
