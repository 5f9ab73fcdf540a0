"""What was changed since one looked last, by the log: every change that a verdict rests on leaves a leaf that names its row.

A kept record names the rows it rests on (``depends`` in ``service.kept``). What rests on a row only through another (a test report on the
batches that it speaks of) is traced back here to the rows that records name.
"""

from __future__ import annotations

from gi_registry.scans.connections import Reader, Statement

Row = tuple[str, str]
"""Table and primary key, as in the log."""

_SIZE = Statement("SELECT size FROM log_head WHERE id = 1")
_ROWS = Statement("SELECT DISTINCT table_name, row_id FROM log_entry WHERE leaf_index >= :since AND leaf_index < :until LIMIT :most")

NAMED = frozenset({"code_range", "allotment", "signing_key", "authorisation", "organisation", "gi", "protection", "product", "batch"})
"""Tables whose rows a kept record names."""

TRACED = {
    "code_interval": ("code_range", Statement("SELECT range_id AS id FROM code_interval WHERE id = :row")),
    "area_version": ("gi", Statement("SELECT gi_id AS id FROM area_version WHERE id = :row")),
    "listing_case": ("authorisation", Statement("SELECT authorisation_id AS id FROM listing_case WHERE id = :row")),
    "process": ("batch", Statement("SELECT batch_id AS id FROM process_output WHERE process_id = :row")),
    "process_input": (
        "batch",
        Statement("SELECT o.batch_id AS id FROM process_output o JOIN process_input i ON i.process_id = o.process_id WHERE i.id = :row"),
    ),
    "process_output": ("batch", Statement("SELECT batch_id AS id FROM process_output WHERE id = :row")),
    "test_report": ("batch", Statement("SELECT batch_id AS id FROM test_report_batch WHERE report_id = :row")),
    "test_report_batch": ("batch", Statement("SELECT batch_id AS id FROM test_report_batch WHERE id = :row")),
}
"""Tables whose rows lead to rows of ``NAMED``: to which, and how."""

GENERAL = frozenset({"division", "policy_parameter"})
"""Tables on which everything rests."""

_AUTHORITY = Statement("SELECT id FROM organisation WHERE id = :row AND kind = 'authority'")

MOST = 200
"""Of more changed rows than this nobody asks which they were: everything is read anew."""


def log_size(reader: Reader) -> int:
    """Return how many leaves the log has; 0 before the first."""
    row = reader.one(_SIZE)
    return int(row["size"]) if row else 0


def changed_rows(reader: Reader, since: int, until: int) -> frozenset[Row] | None:
    """Return the rows of ``NAMED`` that the leaves ``since`` … ``until`` − 1 touch; None where anything may be touched."""
    if until < since:  # another database was put in the place of the one before
        return None
    rows = reader.all(_ROWS, since=since, until=until, most=MOST + 1)
    if len(rows) > MOST:
        return None
    found: set[Row] = set()
    for table, row_id in ((row["table_name"], row["row_id"]) for row in rows):
        if table in GENERAL or (table == "organisation" and reader.one(_AUTHORITY, row=int(row_id))):
            return None
        if table in NAMED:
            found.add((table, row_id))
        elif table in TRACED:
            named, statement = TRACED[table]
            found.update((named, str(row["id"])) for row in reader.all(statement, row=int(row_id)))
    return frozenset(found)
