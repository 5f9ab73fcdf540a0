"""A filed report read back: its figures with the registry's as they stood at filing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gi_registry.kernel.words import Words
from gi_registry.reports.rules.draft import Content, Known, Row
from gi_registry.reports.rules.figures import Figure


def filed_rows(filed: Mapping[str, Any], figures: Sequence[Figure]) -> Content:
    """Return the filed content in the order of the form; a figure that is no longer asked is left out, one not stated is None."""
    stored = filed.get("figures", {})
    nil = filed.get("nil") or {}
    rows = tuple(_row(figure, stored.get(figure.key, {})) for figure in figures)
    return Content(
        rows=() if nil else rows,
        texts=dict(filed.get("texts", {})),
        nil=bool(nil),
        nil_since=str(nil.get("since", "")),
        nil_reason=str(nil.get("reason", "")),
        lists={key: tuple(dict(item) for item in items) for key, items in filed.get("lists", {}).items()},
        photos=dict(filed.get("photos", {})),
    )


def _row(figure: Figure, stored: Mapping[str, Any]) -> Row:
    known = None
    if "registry" in stored:
        source = stored.get("source", {})
        known = Known(stored["registry"], Words(source.get("text", ""), dict(source.get("values", {}))))
    return Row(figure, stored.get("value"), known, stored.get("reason", ""), stored.get("public"))


def compare(content: Content, now: Mapping[str, Known]) -> tuple[tuple[Row, Known | None, bool], ...]:
    """Return each filed figure beside what the registry says now, and whether the two differ."""
    return tuple(
        (row, now.get(row.figure.key), now.get(row.figure.key) is not None and row.value != now[row.figure.key].value)
        for row in content.rows
        if row.value is not None or row.figure.key in now
    )
