"""What runs the expressions over the day files: DuckDB inside this process, or a Spark cluster that reads the same folder."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from gi_registry.kernel.errors import Unavailable, invalid
from gi_registry.kernel.words import say

EMBEDDED = "duckdb"
_CLUSTER = "spark://"
_AT_ONCE = 100_000
_KNOCK_S = 5
_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


class Engine:
    """A running engine. ``scans`` gives the rows of some day files as a table, ``rows`` what an expression yields."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._views = count(1)

    def scans(self, paths: Sequence[Path]) -> Table:
        """Return the rows of day files as one table. Raises Unavailable where one cannot be read."""
        names = [str(path.resolve()) for path in paths]
        try:
            if self._backend.name == "pyspark":
                view = f"scans_{next(self._views)}"  # a name used again would change what an earlier table means
                self._backend._session.read.parquet(*names).createOrReplaceTempView(view)  # noqa: SLF001  # Ibis reads one path only
                return self._backend.table(view)
            return self._backend.read_parquet(names, hive_partitioning=False)
        except Exception as problem:
            raise Unavailable(say("扫码归档读不出来：%(why)s", why=str(problem)[:200])) from problem

    def rows(self, expression: Table) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of an expression; an engine may keep its own result, this process never holds it whole."""
        batches: Iterator[pa.RecordBatch] = self._backend.to_pyarrow_batches(expression, chunk_size=_AT_ONCE)
        for batch in batches:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


@contextmanager
def open_engine(address: str = EMBEDDED, *, threads: int = 2) -> Iterator[Engine]:
    """Start or join an engine: ``duckdb`` (in this process, at most half of the machine's memory) or ``spark://host:port``.

    Raises Invalid for another address, Unavailable where the cluster's client is not installed or the cluster does not answer.
    """
    if address == EMBEDDED:
        half_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2_000_000
        with tempfile.TemporaryDirectory(
            prefix="gi-scans-"
        ) as spill:  # what memory cannot hold, instead of a folder where we happen to run
            backend = ibis.duckdb.connect(
                threads=threads, memory_limit=f"{half_mb}MB", temp_directory=spill, autoinstall_known_extensions=False
            )
            try:
                yield Engine(backend)
            finally:
                backend.disconnect()
    elif address.startswith(_CLUSTER):
        session = _joined(address)
        try:
            yield Engine(ibis.pyspark.connect(session))
        finally:
            session.stop()
    else:
        raise invalid("engine", say("没有这种计算引擎：%(name)s。", name=address[:80]), say("请填写 duckdb 或 spark://主机:端口。"))


def _joined(address: str) -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  # an extra: half a gigabyte that one machine does not need
    except ImportError:
        raise Unavailable(say("没有安装 Spark 客户端。"), remedy=say("请安装附加依赖：pip install 'gi_registry[spark]'。")) from None
    _require_answer(address)
    builder = SparkSession.builder.master(address).appName("gi_registry")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as problem:
        raise _unreachable(address) from problem


def _require_answer(address: str) -> None:
    """Knock before joining: the client itself would knock for minutes."""
    for place in address.removeprefix(_CLUSTER).split(","):
        host, _, port = place.rpartition(":")
        with suppress(OSError, ValueError), socket.create_connection((host, int(port)), timeout=_KNOCK_S):
            return
    raise _unreachable(address)


def _unreachable(address: str) -> Unavailable:
    return Unavailable(say("连不上计算集群 %(address)s。", address=address), remedy=say("请核对 GI_ENGINE 的地址，并确认集群已经启动。"))
