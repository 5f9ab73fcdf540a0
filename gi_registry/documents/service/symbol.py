"""The QR symbol of a paper."""

from __future__ import annotations

from gi_registry.kernel.symbol import drawn

__all__ = ["drawn"]
