"""The web server: granian with look-ups on the event loop and Flask in threads below."""

from __future__ import annotations

import gc
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from gi_registry.app import create_app
from gi_registry.config import Settings, read_settings
from gi_registry.front import Front

DRAIN_S = 30
"""How long SIGTERM waits for requests under way; what takes longer is cut off, so that a stop always ends."""


def application() -> Front:
    """Return the RSGI application of one worker, configured by the environment."""
    made = Front(create_app(read_settings()))
    collect_rarely()
    return made


def collect_rarely() -> None:
    """Leave what start-up made out of every later search for garbage, and search less often: requests leave next to none in circles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def run(_settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until stopped: SIGTERM takes no new connection, answers what was taken on, and returns."""
    served: dict[str, Any] = {"address": host, "port": port, "workers": workers, "workers_kill_timeout": DRAIN_S}
    Granian("gi_registry.server:application", interface=Interfaces.RSGI, factory=True, **served).serve()
