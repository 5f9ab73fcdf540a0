"""The web server: granian with the lean trace page in front of Flask."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces

from gi_registry.app import create_app
from gi_registry.config import Settings, read_settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


DRAIN_S = 30
"""How long SIGTERM waits for requests under way; what takes longer is cut off, so that a stop always ends."""


def application() -> WSGIApplication:
    """Return the WSGI application of one worker, configured by the environment."""
    hear_signals()
    return create_app(read_settings())


def hear_signals() -> None:
    """See to it that the main thread of this process hears a signal which the kernel gave to another of its threads.

    Python runs handlers in the main thread only, and a main thread that waits for a lock is not woken by a signal that another thread took.
    A worker that is just starting threads under load would so miss its SIGTERM and serve on. The first signal is sent on, to the thread
    that must hear it.
    """
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    threading.Thread(target=_send_on, args=(heard, threading.get_ident()), name="signals", daemon=True).start()


def _send_on(heard: int, main_thread: int) -> None:
    signal.pthread_kill(main_thread, os.read(heard, 1)[0])


def run(_settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until stopped: SIGTERM takes no new connection, answers what was taken on, and returns."""
    options: dict[str, Any] = {"blocking_threads": 8, "workers_kill_timeout": DRAIN_S}
    Granian(
        "gi_registry.server:application", address=host, port=port, interface=Interfaces.WSGI, factory=True, workers=workers, **options
    ).serve()
