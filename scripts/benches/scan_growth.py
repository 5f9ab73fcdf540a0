"""``scan-growth``: what a look-up costs where 10^4, 10^6 and 10^8 codes were minted, and what the codes add to the database.

The ceiling is the same look-up at 10^4 codes: the figure at 10^8 should not differ. The peer keeps a row per code, as most do; it is built
with 10^6 rows, and its bytes are those of the file.
"""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from benches.frame import Better, Figure
from benches.scanning import Shape, fill, load

RANGES, BATCHES_PER_RANGE = 96, 8
SIZES = {"10^4": 104, "10^6": 10_417, "10^8": 1_048_576}
REQUESTS, WARM_UP, RUNS = 7_000, 2_800, 3
PEER_ROWS = 1_000_000


def row_per_code_bytes(folder: str) -> float:
    """Return the bytes that a code costs where each has a row: its text, batch, state and moment, found by its text."""
    path = Path(folder) / "rows.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE code (code TEXT PRIMARY KEY, batch_id INTEGER, state TEXT, activated_at TEXT) WITHOUT ROWID")
        rows = ((f"{number:020}", number // 1_000, "activated", "2026-01-20 02:00:00.000000") for number in range(PEER_ROWS))
        database.executemany("INSERT INTO code VALUES (?, ?, ?, ?)", rows)
    database.close()
    return path.stat().st_size / PEER_ROWS


def _bytes(path: Path) -> int:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path.stat().st_size


def measured(folder: str, name: str, size: int) -> tuple[float, float, int]:
    """Return µs CPU per look-up (the best of some runs), MB of memory, and bytes of the database before the first look-up."""
    shape = Shape(RANGES, size, -(-size // BATCHES_PER_RANGE))
    loads, stored = [], 0
    for number in range(RUNS):
        path = Path(folder) / f"{name}-{number}.sqlite3"
        codes = fill(f"sqlite:///{path}", shape, asked=min(REQUESTS + WARM_UP, shape.codes))
        stored = _bytes(path)
        loads.append(load("ours", f"sqlite:///{path}", codes, warm_up=WARM_UP))
    best = min(loads, key=lambda each: each.cpu_us)
    return best.cpu_us, best.memory_mb, stored


def run() -> list[Figure]:
    """Measure each size on SQLite; what is kept and read is the same on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder:
        found = {name: measured(folder, name, size) for name, size in SIZES.items()}
        fill(f"sqlite:///{folder}/least.sqlite3", Shape(1, 1, 1), asked=1)
        least, row = _bytes(Path(folder) / "least.sqlite3"), row_per_code_bytes(folder)
    cpu, _memory, stored = found["10^8"]
    said = "; ".join(
        f"{name}: {each[0]:.0f} µs, {each[1]:.0f} MB, database +{(each[2] - least) / 1e6:.2f} MB" for name, each in found.items()
    )
    codes = RANGES * SIZES["10^8"]
    return [
        Figure(
            "scan-growth:sqlite",
            "µs CPU per request at 10^8 codes",
            ours=cpu,
            ceiling=found["10^4"][0],
            better=Better.LESS,
            note=f"{said} ({RANGES * BATCHES_PER_RANGE} batches in each)",
        ),
        Figure(
            "scan-growth-bytes:sqlite",
            "bytes of database per code",
            ours=(stored - least) / codes,
            peer=row,
            peer_name=f"a row per code ({PEER_ROWS:,} rows)",
            better=Better.LESS,
        ),
    ]
