"""``gi-registry areas rejudge`` in slices of a few plots, which stops in the middle, says so and waits to be killed.

``GI_TEST_STOP=kept:3`` stops when the third slice is written but not committed, ``commit:3`` right after its commit.
``GI_TEST_HASTY=1`` is the negative control: verdicts are committed apart from the cursor, and the plots of a slice are counted again.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from gi_registry.cli import main
from gi_registry.origin.service import rejudging
from tests.faults.importer import SAID

SLICE = 4


def _stop() -> None:
    print(SAID, flush=True)  # noqa: T201  # the test reads it
    signal.pause()


def _kept(keep: Callable[..., None], moment: str, count: int, *, hasty: bool) -> Callable[..., None]:
    seen = 0

    def keep_and_stop(work: Any, run: Any, part: Any, verdicts: Any) -> None:
        nonlocal seen
        seen += 1
        cursor = run.cursor_gi, run.cursor_plot
        keep(work, run, part, verdicts)
        if hasty:
            done = run.cursor_gi, run.cursor_plot
            run.cursor_gi, run.cursor_plot = cursor
            work.flush()
            work.session.commit()
            run.cursor_gi, run.cursor_plot = done
        if moment == "kept" and seen == count:
            work.flush()
            _stop()

    return keep_and_stop


def _watching(work_off: Callable[..., None], moment: str, count: int) -> Callable[..., None]:
    def work_off_and_stop(*given: Any, watch: Callable[[int], None], **more: Any) -> None:
        seen = 0

        def watch_and_stop(plots: int) -> None:
            nonlocal seen
            seen += 1
            watch(plots)
            if moment == "commit" and seen == count:
                _stop()

        work_off(*given, watch=watch_and_stop, **more)

    return work_off_and_stop


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts a suite in the background has it ignored
    name, _, number = os.environ.get("GI_TEST_STOP", "never:0").partition(":")
    rejudging.LARGE_SLICE = SLICE
    rejudging.keep = _kept(rejudging.keep, name, int(number), hasty=bool(os.environ.get("GI_TEST_HASTY")))
    rejudging.work_off = _watching(rejudging.work_off, name, int(number))
    sys.argv = ["gi-registry", "areas", "rejudge", "--processes", "2", "--json"]
    main()
