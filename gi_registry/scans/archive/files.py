"""A day file: its place, its columns, how it is written and checked."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        pa.field("range_id", pa.int32(), nullable=False),
        pa.field("serial", pa.int32(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("place", pa.int32(), nullable=False),
        pa.field("client", pa.int64(), nullable=False),
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("counted", pa.bool_(), nullable=False),
        pa.field("merged", pa.int32(), nullable=False),
        pa.field("checks", pa.int32(), nullable=False),
    ]
)
"""``place``: six-digit division code of a province or city, 0 where it is not known. ``client``: the client key of the day, its 16
hexadecimal digits as a signed number.
``checks``: how often the row's code was checked and counted that day. Rows come in the order of codes, so it costs nothing to write, and
a reader that looks for busy codes passes over all others."""
ROWS_PER_GROUP = 200_000
_NAME = "scans.parquet"
_ABANDONED_S = 86_400

Row = Sequence[Any]
"""(range, serial, moment as datetime or stored text, place, client key, verdict, counted, merged count)"""


@dataclass(frozen=True)
class DayFile:
    """What was written: rows, octets, and the SHA-256 of the file in hexadecimal."""

    rows: int
    octets: int
    digest: str


def path_of(folder: Path, day: date) -> Path:
    """Return where the file of a Shanghai day lies."""
    return folder / f"day={day.isoformat()}" / _NAME


def write_day(folder: Path, day: date, rows: Iterable[Sequence[Row]]) -> DayFile:
    """Write a day file from rows in the order of range, serial and moment, given in portions; it is there whole or not at all.

    A file that lies there already is replaced. Raises OSError (the disk) and leaves nothing half written.
    """
    target = path_of(folder, day)
    target.parent.mkdir(parents=True, exist_ok=True)
    _tidy(target.parent)
    draft = target.with_name(f".{_NAME}.{secrets.token_hex(4)}")
    written = 0
    try:
        # zstd and whole row groups: the same rows give the same bytes, so that a repeated night gives the same digest
        with pq.ParquetWriter(draft, SCHEMA, compression="zstd", use_dictionary=["verdict", "place"]) as file:
            for portion in _whole_codes(rows):
                written += len(portion)
                file.write_table(_table(portion), row_group_size=ROWS_PER_GROUP)
        found = DayFile(written, draft.stat().st_size, digest_of(draft))
        _onto_disk(draft)
        draft.replace(target)
        _onto_disk(target.parent)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    return found


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_day(folder: Path, day: date) -> None:
    """Delete the file of a day; one that is gone already is fine."""
    path = path_of(folder, day)
    with suppress(FileNotFoundError):
        path.unlink()
    with suppress(OSError):
        path.parent.rmdir()


def _whole_codes(portions: Iterable[Sequence[Row]]) -> Iterator[list[Row]]:
    """Yield the rows in portions that end where a code ends."""
    waiting: list[Row] = []
    for portion in portions:
        waiting.extend(portion)
        last = tuple(waiting[-1][:2])
        cut = len(waiting)
        while cut and tuple(waiting[cut - 1][:2]) == last:
            cut -= 1
        if cut:
            yield waiting[:cut]
            del waiting[:cut]
    if waiting:
        yield waiting


def day_checks(ranges: Any, serials: Any, counted: Any) -> pa.Array:
    """Return for each row how many counted rows its code has; the rows of a code are neighbours."""
    codes = np.array(ranges, np.int64) << 32 | np.array(serials, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    sums = np.add.reduceat(np.array(counted, np.int32), starts, dtype=np.int32)
    return pa.array(np.repeat(sums, np.diff(np.append(starts, len(codes)))))


def _table(rows: Sequence[Row]) -> pa.Table:
    ranges, serials, moments, places, clients, verdicts, counted, merged = zip(*rows, strict=True)
    marks = np.array(counted, bool)
    columns = [
        pa.array(ranges, pa.int32()),
        pa.array(serials, pa.int32()),
        _moments(moments),
        pa.array(places, pa.string()).cast(pa.int32()).fill_null(0),
        pa.array(np.frombuffer(bytes.fromhex("".join(clients)), ">i8").astype(np.int64)),
        pa.array(verdicts, pa.string()),
        pa.array(marks),
        pa.array(merged, pa.int32()),
        day_checks(ranges, serials, marks),
    ]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _moments(values: Sequence[datetime | str]) -> pa.Array:
    """Return moments of PostgreSQL (aware) or of SQLite (text in UTC) as one column."""
    if isinstance(values[0], str):
        return pa.array(values, pa.string()).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
    return pa.array([value.astimezone(UTC) for value in values if isinstance(value, datetime)], pa.timestamp("us", tz="UTC"))


def _tidy(folder: Path) -> None:
    """Delete what a process that was killed a day ago or earlier left half written."""
    for draft in folder.glob(f".{_NAME}.*"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _ABANDONED_S:
                draft.unlink()


def _onto_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
