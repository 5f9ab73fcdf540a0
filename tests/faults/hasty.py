"""The negative control: a server that answers first and commits later, when the next form arrives.

It differs from the real one in nothing else, so a harness that does not see its losses sees none.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Response, g, request
from granian import Granian
from granian.constants import Interfaces

from gi_registry.app import create_app
from gi_registry.config import read_settings
from gi_registry.web.work import SAFE, RegistryFlask
from gi_registry.workflow import Work


class Hasty:
    """Holds the one Work that was acknowledged and not committed."""

    def __init__(self, careful: Callable[[RegistryFlask], Response]) -> None:
        self._careful, self._turn = careful, threading.Lock()
        self._owed: tuple[Callable[[], None], ExitStack] | None = None

    def dispatch(self, app: RegistryFlask) -> Response:
        """Pay what is owed, then answer without paying."""
        if request.method in SAFE:
            return self._careful(app)
        with self._turn:
            self._pay()
            g.hasty = not request.path.startswith("/sign-in")  # whoever signs in wants to work at once
            return self._careful(app)

    def owe(self, pay: Callable[[], None]) -> None:
        """Keep the Work of this request open beyond its answer."""
        g.pop("work", None)
        self._owed = (pay, g.pop("work_stack"))

    def _pay(self) -> None:
        if self._owed is not None:
            pay, stack = self._owed
            self._owed = None
            pay()
            stack.close()


def application() -> Any:
    """Return the application whose commits come late."""
    commit = Work.commit
    hasty = Hasty(RegistryFlask.full_dispatch_request)
    RegistryFlask.full_dispatch_request = lambda app: hasty.dispatch(app)  # type: ignore[method-assign]
    Work.commit = lambda work: hasty.owe(lambda: commit(work)) if g.get("hasty") else commit(work)  # type: ignore[method-assign]
    return create_app(read_settings())


def main() -> None:
    """Serve with one worker until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    served = {"address": "127.0.0.1", "port": parser.parse_args().port, "interface": Interfaces.WSGI, "factory": True}
    Granian("tests.faults.hasty:application", **served, blocking_threads=8).serve()


if __name__ == "__main__":
    main()
