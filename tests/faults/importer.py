"""``gi-registry`` that stops in the middle of writing the ledger, says so and waits to be killed.

``GI_TEST_STOP=entry:7`` stops after the seventh entry of the ledger, ``transfer:3`` after the third transfer is sealed, ``commit:1`` before
the first commit. ``GI_TEST_HASTY=1`` is the negative control: every row is committed as it comes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session

from gi_registry.batches.models import LedgerEntry, LedgerTransfer
from gi_registry.cli import main
from gi_registry.workflow import Work

SAID = "stopped in the middle"


@contextmanager
def _at_once(work: Work) -> Iterator[None]:
    yield
    work.flush()
    work.session.commit()


def _stop_at(moment: str, count: int) -> None:
    seen = 0

    def pass_by(*_args: object) -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            print(SAID, flush=True)  # noqa: T201  # the test reads it
            signal.pause()

    if moment == "commit":
        event.listen(Session, "before_commit", pass_by)
    else:
        event.listen({"entry": LedgerEntry, "transfer": LedgerTransfer}[moment], "after_insert", pass_by)


if __name__ == "__main__":
    name, _, number = os.environ["GI_TEST_STOP"].partition(":")
    _stop_at(name, int(number))
    if os.environ.get("GI_TEST_HASTY"):
        Work.savepoint = _at_once  # type: ignore[method-assign]
    main()
