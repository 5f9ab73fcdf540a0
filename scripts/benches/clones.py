"""``clones``: what every night is asked of the archive, over 10^7 look-ups of one day in a day file; rows per CPU-second.

``clones:spread``: codes in three provinces or more on one day; ``clones:speed``: codes in two provinces within half an hour;
``clones:night``: a whole night, over the file of the day and of the two days before. The ceiling sorts 10^7 codes as numbers, once. The
peers read the same columns of the same file: pandas and DuckDB, asked the obvious way; the answers are compared. ``clones:archive``:
writing the file from rows as the database gives them, against pandas.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benches.frame import Figure, number, rate
from gi_registry.kernel.clock import start_of
from gi_registry.scans.archive import expressions
from gi_registry.scans.archive.engine import Engine, open_engine
from gi_registry.scans.archive.files import ROWS_PER_GROUP, SCHEMA, day_checks, path_of, write_day
from gi_registry.scans.archive.watching import copied
from gi_registry.scans.rules.clones import CountingTest

LOOKS, CODES, COPIED, PER_RANGE = 10_000_000, 60_000_000, 300, 1_000_000
DAY = date(2026, 9, 22)
MINUTES = 30
SPREAD = CountingTest(3, 3, 24)
NIGHT = CountingTest(20, 3, 48, 50)
_PROVINCES = np.array(
    [11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65]
)


def _day(day: date, looks: int, seed: int) -> pa.Table:
    """Make up a day of an opening season: codes at home, one in twenty look-ups away, a quarter of them again, 300 codes everywhere."""
    chance = np.random.default_rng(seed)
    code = chance.integers(0, CODES, looks)
    again, away, fake = chance.random(looks) < 0.25, chance.random(looks) < 0.05, chance.random(looks) < 0.002
    code[again] = chance.integers(0, CODES // 30, again.sum())
    code[fake] = chance.integers(0, COPIED, fake.sum())
    province = _PROVINCES[code * 2_654_435_761 % 2**32 % len(_PROVINCES)]
    elsewhere = away | fake
    province[elsewhere] = chance.choice(_PROVINCES, elsewhere.sum())
    moment = np.datetime64(start_of(day).astimezone(UTC).replace(tzinfo=None), "us") + chance.integers(0, 86_400_000_000, looks)
    order = np.lexsort((moment, code))
    code, moment, province = code[order], moment[order], province[order]
    ranges, serials = (code // PER_RANGE + 1).astype(np.int32), (code % PER_RANGE).astype(np.int32)
    columns = [
        ranges,
        serials,
        pa.array(moment).cast(pa.timestamp("us", tz="UTC")),
        (province * 10_000).astype(np.int32),
        chance.integers(-(2**63), 2**63 - 1, looks),
        pa.array(["repeat"]).take(pa.array(np.zeros(looks, np.int32))),
        np.ones(looks, bool),
        np.zeros(looks, np.int32),
        day_checks(ranges, serials, np.ones(looks, bool)),
    ]
    return pa.table(columns, schema=SCHEMA)


def _write(folder: Path, day: date, looks: int, seed: int) -> Path:
    path = path_of(folder, day)
    path.parent.mkdir(parents=True)
    pq.write_table(_day(day, looks, seed), path, compression="zstd", use_dictionary=["verdict", "place"], row_group_size=ROWS_PER_GROUP)
    return path


# ---- the peers -----------------------------------------------------------------------------------------------------------------------


def _pandas_spread(path: Path) -> int:
    frame = pd.read_parquet(path, columns=["range_id", "serial", "place", "counted"])
    frame = frame[frame.counted]
    provinces = (frame.place // 10_000).groupby([frame.range_id, frame.serial]).nunique()
    return int((provinces >= SPREAD.provinces).sum())


def _pandas_speed(path: Path) -> int:
    frame = pd.read_parquet(path, columns=["range_id", "serial", "at", "place", "counted"])
    frame = frame[frame.counted].sort_values(["range_id", "serial", "at"])
    before = frame.groupby(["range_id", "serial"])[["at", "place"]].shift()
    quick = (frame["at"].dt.floor("s") - before["at"].dt.floor("s")).dt.total_seconds() <= MINUTES * 60
    found = frame[quick & (before.place // 10_000 != frame.place // 10_000)]
    return len(found[["range_id", "serial"]].drop_duplicates())


def _duckdb_spread(path: Path) -> int:
    query = f"""SELECT count(*) FROM (SELECT range_id, serial FROM read_parquet('{path}') WHERE counted
      GROUP BY range_id, serial HAVING count(DISTINCT place // 10000) >= {SPREAD.provinces})"""  # noqa: S608  # our own numbers
    return _duckdb(query)


def _duckdb_speed(path: Path) -> int:
    query = f"""SELECT count(*) FROM (SELECT DISTINCT range_id, serial FROM (SELECT *, lag(place) OVER w AS before, lag("at") OVER w AS gone
      FROM read_parquet('{path}') WHERE counted WINDOW w AS (PARTITION BY range_id, serial ORDER BY "at"))
      WHERE before // 10000 <> place // 10000
      AND date_diff('second', date_trunc('second', gone), date_trunc('second', "at")) <= {MINUTES * 60})"""  # noqa: S608  # as above
    return _duckdb(query)


def _duckdb(query: str) -> int:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET TimeZone = 'UTC'")
        found: tuple[int] = connection.execute(query).fetchall()[0]
        return found[0]


# ---- ours ----------------------------------------------------------------------------------------------------------------------------


def _spread(engine: Engine, path: Path) -> int:
    codes = expressions.widespread(engine.scans([path]), SPREAD, days=1, since=datetime(2026, 1, 1, tzinfo=UTC))
    return sum(1 for _code in engine.rows(codes))


def _speed(engine: Engine, path: Path) -> int:
    return sum(1 for _code in engine.rows(expressions.hurried(engine.scans([path]), minutes=MINUTES)))


def _night(engine: Engine, folder: Path, days: list[date]) -> int:
    scans = engine.scans([path_of(folder, days[-1])])
    found = sum(1 for _code in copied(engine, folder, days, NIGHT))
    for question in (expressions.hurried_by_range(scans, minutes=MINUTES), expressions.by_range(scans)):
        assert sum(1 for _row in engine.rows(question)), "a day of ten million look-ups has counts"
    return found


# ---- figures -------------------------------------------------------------------------------------------------------------------------


def _per_looks(count: Callable[[], int], wanted: int, looks: int = LOOKS) -> Callable[[], int]:
    """Count look-ups for a rate, and see that the answer is the wanted one."""

    def answered() -> int:
        found = count()
        assert found == wanted, f"{found} codes found, {wanted} wanted"
        return looks

    return answered


def _sort() -> int:
    np.sort(np.random.default_rng(1).integers(0, CODES, LOOKS))
    return LOOKS


def _asked(engine: Engine, path: Path, name: str, what: str, ours: Callable[..., int], peers: dict[str, Any]) -> Figure:
    wanted = ours(engine, path)
    assert wanted > COPIED / 2, "the copied codes are there to be found"
    own = rate(_per_looks(lambda: ours(engine, path), wanted))
    rates = {peer: rate(_per_looks(lambda asked=asked: asked(path), wanted)) for peer, asked in peers.items()}  # type: ignore[misc]
    best = max(rates, key=lambda peer: rates[peer])
    others = ", ".join(f"{peer} {number(value)}" for peer, value in rates.items() if peer != best)
    note = f"{what}: {wanted} codes; {others}"
    return Figure(f"clones:{name}", "look-ups per CPU-second", own, rate(_sort), rates[best], best, note=note)


def _rows(looks: int) -> list[tuple[Any, ...]]:
    table = _day(DAY, looks, 9)
    columns = [column.to_pylist() for column in table.columns[:-1]]
    columns[2] = [moment.replace(tzinfo=None).isoformat(" ", "microseconds") for moment in columns[2]]
    columns[3], columns[4] = [str(place) for place in columns[3]], [f"{key & (2**64 - 1):016x}" for key in columns[4]]
    return list(zip(*columns, strict=True))


def _archive(folder: Path) -> Figure:
    rows, names = _rows(300_000), SCHEMA.names[:-1]

    def write() -> int:
        return write_day(folder, DAY, [rows[low : low + 50_000] for low in range(0, len(rows), 50_000)]).rows

    def frame() -> int:
        pd.DataFrame(rows, columns=names).to_parquet(folder / "pandas.parquet", compression="zstd")
        return len(rows)

    note = "rows as SQLite gives them to a day file with its digest; pandas keeps texts as they are"
    return Figure("clones:archive", "look-ups per CPU-second", rate(write), peer=rate(frame), peer_name="pandas", note=note)


def run() -> list[Figure]:
    """Measure over files made up anew."""
    with tempfile.TemporaryDirectory() as name, open_engine() as engine:
        folder = Path(name)
        days = [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]
        *_before, path = [_write(folder, day, LOOKS, seed) for seed, day in enumerate(days)]
        spread = {"DuckDB": _duckdb_spread, "pandas": _pandas_spread}
        speed = {"DuckDB": _duckdb_speed, "pandas": _pandas_speed}
        figures = [
            _asked(engine, path, "spread", "three provinces in a day", _spread, spread),
            _asked(engine, path, "speed", f"two provinces within {MINUTES} minutes", _speed, speed),
        ]
        wanted = _night(engine, folder, days)
        night = rate(_per_looks(lambda: _night(engine, folder, days), wanted))
        told = f"48 hours over three day files, counts of the last: {wanted} codes with their busiest hours; per look-up of the last day"
        return [*figures, Figure("clones:night", "look-ups per CPU-second", night, note=told), _archive(folder / "written")]
