"""What a file is to the registry: kinds with columns, reading of CSV and GeoJSON, foreign headers, what is wrong with a row."""

from __future__ import annotations

from gi_registry.bulk.rules.kinds import UNCHANGED, Column, Form, Kind, Note, RowError
from gi_registry.bulk.rules.mapping import Mapping
from gi_registry.bulk.rules.reading import Line, Table, read_table

__all__ = ["UNCHANGED", "Column", "Form", "Kind", "Line", "Mapping", "Note", "RowError", "Table", "read_table"]
