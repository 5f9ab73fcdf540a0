"""The web server: granian with the lean trace page in front of Flask."""

from __future__ import annotations

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
    return create_app(read_settings())


def run(_settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve until stopped: SIGTERM takes no new connection, answers what was taken on, and returns."""
    options: dict[str, Any] = {"blocking_threads": 8, "workers_kill_timeout": DRAIN_S}
    Granian(
        "gi_registry.server:application", address=host, port=port, interface=Interfaces.WSGI, factory=True, workers=workers, **options
    ).serve()
