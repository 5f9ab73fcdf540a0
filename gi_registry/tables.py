"""Every table module, imported so that the metadata is whole: for migrations and for ``log verify``."""

from __future__ import annotations

import importlib
import importlib.util

FEATURES = (
    "log", "outbox", "divisions", "policy", "accounts", "documents", "notices", "registry",
    "origin", "batches", "codes", "scans", "reports", "anomalies", "listings", "supervision",
    "jobs",
)  # fmt: skip


def _load() -> tuple[str, ...]:
    for feature in FEATURES:
        name = f"gi_registry.{feature}.models"
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    from gi_registry.db import metadata  # noqa: PLC0415  # after the models, which import it

    return tuple(sorted(metadata.tables))


TABLES = _load()
