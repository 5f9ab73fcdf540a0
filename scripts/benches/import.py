# ruff: noqa: N999  # a benchmark is named after its line in the quality table
"""Importing a workbook of 50,000 organisations: read in its own process, checked cell by cell, stored with one leaf of the log.

Ceiling: unpacking the sheet. Peer: pandas with the same reader (openpyxl is not installed), then a plain table, nothing checked.
"""

from __future__ import annotations

import io
import sqlite3
import tempfile
import zipfile
from pathlib import Path

import xlsxwriter

from benches.frame import Better, Figure, measured
from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from gi_registry.kernel.identifiers import uscc_of
from gi_registry.opendata import files
from gi_registry.workflow import open_work

ROWS = 50_000
SHEET = "xl/worksheets/sheet1.xml"


def workbook(rows: int = ROWS) -> bytes:
    """Return a workbook of invented organisations."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("organisations")
    sheet.write_row(0, 0, ("uscc", "name", "kind", "address", "natural_person"))
    for number in range(rows):
        cells = (uscc_of("91999999", f"MA{number:06d}"), f"示例{number}号专业合作社", "producer", f"示例路 {number} 号", "false")
        sheet.write_row(number + 1, 0, cells)
    book.close()
    return out.getvalue()


def run() -> list[Figure]:
    """Measure both databases; PostgreSQL where it is installed."""
    from tests import cluster

    content = workbook()
    ceiling, peer = _unpack(content), _peer(content)
    with tempfile.TemporaryDirectory() as folder:
        figures = [_figure("sqlite", f"sqlite:///{folder}/import.sqlite3", content, ceiling=ceiling, peer=peer)]
    try:
        with cluster.running(durable=True) as postgres:
            name = cluster.fresh_name()
            url = postgres.create(name)
            postgres.run("CREATE EXTENSION IF NOT EXISTS postgis", database=name)
            figures.append(_figure("postgresql", url, content, ceiling=ceiling, peer=peer))
    except cluster.ClusterMissing as missing:
        print(f"import:postgresql left out: {missing}")
    return figures


def _figure(kind: str, url: str, content: bytes, *, ceiling: float, peer: float) -> Figure:
    database = Database(url)
    upgrade_database(database)
    with measured() as watch, open_work(database) as work:
        result = files.import_file(work, "organisations", content, name="x.xlsx", wishes=files.Wishes())
    if result.stored != ROWS:
        raise RuntimeError(f"{result.stored} of {ROWS} rows were stored")
    return Figure(
        f"import:{kind}",
        f"CPU-s for {ROWS:,} rows",
        ours=watch.cpu,
        ceiling=ceiling,
        peer=peer,
        peer_name="pandas + calamine, one plain table",
        better=Better.LESS,
        note=f"{watch.cpu / ROWS * 1e6:.0f} µs a row, {watch.wall:.1f} s on the clock; processor time of the database server is not in it",
    )


def _unpack(content: bytes) -> float:
    with measured() as watch, zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.read(SHEET)
    return watch.cpu


def _peer(content: bytes) -> float:
    import pandas as pd

    with tempfile.TemporaryDirectory() as folder, measured() as watch:
        frame = pd.read_excel(io.BytesIO(content), engine="calamine", dtype=str)
        connection = sqlite3.connect(Path(folder) / "plain.sqlite3")
        frame.to_sql("organisation", connection, index=False)
        connection.close()
    return watch.cpu
