"""Work judging runs off from the command line, with a process for each core and a bar where a terminal watches."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread

from gi_registry.db import Database
from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.words import Words, say
from gi_registry.origin import queries
from gi_registry.origin.service import rejudging
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, open_work


@dataclass(frozen=True)
class Finished:
    """What became of a run: ``judged`` plots in this call, ``changed`` in the whole run."""

    run: int
    gi_id: int | None
    total: int
    judged: int
    changed: int
    seconds: float

    @property
    def told(self) -> Words:
        """The result in words."""
        values = {"run": self.run, "judged": f"{self.judged:,}", "changed": f"{self.changed:,}", "seconds": f"{self.seconds:.1f}"}
        return say("重新判定第 %(run)s 次：判定地块 %(judged)s 个，结论有变 %(changed)s 个，用时 %(seconds)s 秒。", **values)

    def as_json(self) -> dict[str, object]:
        """Return the result for machines."""
        return asdict(self)


def rejudge(database: Database, *, gi: str = "", everything: bool = False, processes: int = 0) -> list[Finished]:
    """Finish the open runs; before that put one on file for the GI with the code ``gi``, or for every GI, unless such a one is open.

    Interrupted at any moment, another call goes on where this one stopped. NotFound for a GI that is not there.
    """
    with open_work(database) as work:
        if gi or everything:
            _ensure(work, _gi_id(work, gi) if gi else None)
    with open_work(database, writable=False) as work:
        runs = [(run.id or 0, run.gi_id, run.total, run.done) for run in queries.open_runs(work.session)]
    if not runs:
        return []
    count = processes or os.cpu_count() or 1
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool, _no_more_when_stopped(pool):
        return [_finish(database, pool, run=run, gi_id=gi_id, total=total, done=done, ahead=count) for run, gi_id, total, done in runs]


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next task for ever; Ctrl-C is the parent's to hear."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _no_more_when_stopped(pool: ProcessPoolExecutor) -> Iterator[None]:
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _gi_id(work: Work, code: str) -> int | None:
    if (gi := registry.find_gi(work.session, code)) is None:
        raise NotFound(say("没有代码为 %(code)s 的地理标志。", code=code))
    return gi.id


def _ensure(work: Work, gi_id: int | None) -> None:
    if not any(run.gi_id == gi_id and run.since is None and run.zone is None for run in queries.open_runs(work.session)):
        rejudging.start(work, gi_id=gi_id, zone=None, since=None)


def _finish(database: Database, pool: ProcessPoolExecutor, *, run: int, gi_id: int | None, total: int, done: int, ahead: int) -> Finished:
    judged, started = 0, time.monotonic()
    with _bar(total, done) as advance:

        def watch(plots: int) -> None:
            nonlocal judged
            judged += plots
            advance(plots)

        reading = partial(open_work, database, writable=False)
        rejudging.work_off(reading, partial(open_work, database), run, pool=pool, ahead=ahead, watch=watch)
    with open_work(database, writable=False) as work:
        found = queries.get_run(work.session, run)
        return Finished(run, gi_id, found.total, judged, found.changed, round(time.monotonic() - started, 1))


@contextmanager
def _bar(total: int, done: int) -> Iterator[Callable[[int], None]]:
    if not sys.stderr.isatty():
        yield lambda _plots: None
        return
    from rich.console import Console  # noqa: PLC0415  # only for terminals
    from rich.progress import Progress  # noqa: PLC0415  # with it

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(str(say("重新判定地块")), total=total, completed=done)
        yield lambda plots: progress.advance(task, plots)
