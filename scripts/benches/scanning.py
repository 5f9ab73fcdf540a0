"""Look-ups over HTTP for ``scan``, ``scan-durable`` and ``scan-growth``: a register full of codes, a server, and many who ask at once."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benches.frame import cpu_seconds_of

CONNECTIONS = 32
REQUESTS, WARM_UP = 60_000, 40_000
SECRET_KEY = "only-for-benchmarks-" + "0" * 32


@dataclass(frozen=True)
class Shape:
    """What is on file: so many ranges of so many codes, activated in batches of so many."""

    ranges: int = 200
    range_size: int = 5_000
    batch_codes: int = 100

    @property
    def codes(self) -> int:
        """How many codes there are."""
        return self.ranges * self.range_size


@dataclass(frozen=True)
class Load:
    """What one server did: µs CPU and requests a second, the tail of the answers' times in ms, and the memory of its processes."""

    cpu_us: float
    per_second: float
    p50_ms: float
    p99_ms: float
    memory_mb: float = 0.0

    def words(self) -> str:
        """Return the figures beside the one that counts."""
        return f"{self.per_second:,.0f}/s, p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms"


# ---- the servers ---------------------------------------------------------------------------------------------------------------------

TARGETS = {"ours": "gi_registry.server:application", "hello": "benches.scan:hello_application", "peer": "benches.scan:peer_application"}


def serve(which: str, port: int) -> None:
    """Serve one of the three until stopped, each the same way."""
    from granian import Granian
    from granian.constants import Interfaces

    options: dict[str, Any] = {"address": "127.0.0.1", "port": port, "factory": True, "workers": 1}
    if which == "ours":
        Granian(TARGETS[which], interface=Interfaces.RSGI, **options).serve()
    else:
        Granian(TARGETS[which], interface=Interfaces.WSGI, blocking_threads=8, **options).serve()


@contextmanager
def served(which: str, url: str, **settings: str) -> Iterator[tuple[int, list[int]]]:
    """Run a server in processes of its own; yield its port and their ids."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "GI_DATABASE_URL": url, "GI_SECRET_KEY": SECRET_KEY, "PYTHONPATH": "scripts:.", **settings}
    command = [sys.executable, "-c", f"from benches.scanning import serve; serve({which!r}, {port})"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            _wait(port)
            yield port, [process.pid, *_children(process.pid)]
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start within 30 s")


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


# ---- the load ------------------------------------------------------------------------------------------------------------------------


async def _client(port: int, codes: Iterator[tuple[int, str]], times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number, code in codes:
        started = time.perf_counter()
        writer.write(f"GET /T/{code} HTTP/1.1\r\nHost: x\r\nUser-Agent: phone {number:010}\r\nAccept: text/html\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        lower = head.lower()
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        times.append(time.perf_counter() - started)
        if b" 200 " not in head[:15] or b"\xe6\x9a\x82\xe4\xb8\x8d\xe5\x8f\xaf\xe7\x94\xa8" in body:
            raise RuntimeError(f"an answer that does not count: {head[:200]!r}")
    writer.close()


async def _all(port: int, codes: list[str], first: int) -> list[float]:
    times: list[float] = []
    shared = iter(list(enumerate(codes, start=first)))
    await asyncio.gather(*(_client(port, shared, times) for _ in range(CONNECTIONS)))
    return sorted(times)


def load(which: str, url: str, codes: list[str], *, warm_up: int = WARM_UP, **settings: str) -> Load:
    """Ask a server for every code once and return what that cost it, the first ``warm_up`` left out."""
    with served(which, url, **settings) as (port, pids):
        asyncio.run(_all(port, codes[:warm_up], 0))
        cpu, wall = cpu_seconds_of(pids), time.perf_counter()
        times = asyncio.run(_all(port, codes[warm_up:], warm_up))
        cpu, wall, memory = cpu_seconds_of(pids) - cpu, time.perf_counter() - wall, sum(_memory_mb(pid) for pid in pids)
    count = len(times)
    return Load(cpu / count * 1e6, count / wall, times[count // 2] * 1e3, times[count * 99 // 100] * 1e3, memory)


def _memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# ---- what is on file -----------------------------------------------------------------------------------------------------------------


def fill(url: str, shape: Shape = Shape(), *, asked: int = REQUESTS + WARM_UP) -> list[str]:
    """Put ranges, batches and activations on file and return distinct codes in random order."""
    from sqlmodel import Session

    from gi_registry.codes.rules.format import compose, range_label_of
    from gi_registry.codes.rules.mac import mac_of, mac_prf, order_prf, permute
    from gi_registry.db import Database
    from gi_registry.kernel.actor import SYSTEM
    from gi_registry.kernel.clock import utc_now
    from gi_registry.policy import service as policy
    from gi_registry.workflow import Work
    from tests.builders.scans import SECRET, make_key
    from tests.migrations.chain import upgrade

    upgrade(url)
    database, now = Database(url), utc_now()
    with database.session() as session:
        work = Work(session, SYSTEM, now)
        policy.seed(work)
        make_key(work, sealed=_sealed(SECRET))
        _rows(work, shape, [range_label_of(7919 * (number + 1)) for number in range(shape.ranges)])
        work.commit()
        assert isinstance(session, Session)
    database.engine.dispose()
    dice = random.Random(20260310)
    codes = []
    for place in dice.sample(range(shape.codes), asked):
        label, serial = range_label_of(7919 * (place // shape.range_size + 1)), place % shape.range_size
        permuted = permute(order_prf(SECRET, key_id=0, range_label=label), serial)
        codes.append(compose(0, label, permuted=permuted, mac=mac_of(mac_prf(SECRET, key_id=0, range_label=label), serial)))
    return codes


def _sealed(secret: bytes) -> bytes:
    from gi_registry.codes.rules.sealing import seal

    return seal(secret, secret_key=SECRET_KEY, label="code-0")


def _rows(work: Any, shape: Shape, labels: list[str]) -> None:
    from sqlalchemy import insert

    from gi_registry.batches.models import Batch
    from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
    from tests.builders.registry import make_authorisation, make_product
    from tests.builders.scans import make_area

    user = make_authorisation(work)
    product = make_product(work, user)
    make_area(work, user.gi_id)
    size, count = product.content_per_label, shape.range_size
    number = range(1, len(labels) + 1)
    mine = {"authorisation_id": user.id, "gi_id": user.gi_id, "product_id": product.id, "unit": product.unit, "version": 1}
    allotment = {**mine, "year": 2025, "count": count, "content_per_label": size, "quantity": count * size, "state": "received"}
    blank = {"zone": "", "origin": "order", "cap_version": "", "printer": "", "authority_division": user.authority_division}
    goods = {**mine, "harvest_year": 2025, "account_year": 2025, "kind": "harvest", "quantity": 10_000, "product_quantity": 10_000}
    dates = {"harvested_on": work.today.replace(month=1, day=1), "packed_on": work.today.replace(month=1, day=3), "state": "declared"}
    rest = {"zone": "", "conversion_permille": 1000, "conversion_version": "", "grade": "", "supplier": "", "warnings": [], "reason": ""}
    more = {"origin": "import", "created_at": work.now, "authority_division": user.authority_division}
    run = work.session.execute
    run(insert(Allotment), [{**allotment, **blank, "id": n, "number": f"BM-{n}", "ordered_at": work.now} for n in number])
    ranges = {"size": count, "used": 0, "first_serial": 0, "key_id": 0, "authorisation_id": user.id}
    run(insert(CodeRange), [{**ranges, "id": n, "label": label, "allotment_id": n} for n, label in zip(number, labels, strict=True)])
    each = -(-count // shape.batch_codes)
    batches = range(1, len(labels) * each + 1)
    run(insert(Batch), [{**goods, **dates, **rest, **more, "id": n, "number": f"PC-{n}"} for n in batches])
    said = {"status": "activated", "layer": "activation", "at": work.now, "basis": "", "origin": "act"}
    for n in number:
        spans = [(k * shape.batch_codes, (n - 1) * each + k + 1) for k in range(each)]
        ends = [min(low + shape.batch_codes, count) for low, _batch in spans]
        stretch = [{"serial_from": s[0], "serial_to": end, "batch_id": s[1], "range_id": n} for s, end in zip(spans, ends, strict=True)]
        run(insert(CodeInterval), [{**said, **span} for span in stretch])
