"""Handing out a file: never shown inside the site, never sniffed, never kept by a cache."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Protocol

from flask import Response, send_file


class Made(Protocol):
    """A file that is made while it is read."""

    @property
    def name(self) -> str:
        """What a browser stores it as."""

    @property
    def media_type(self) -> str:
        """Its media type."""

    @property
    def blocks(self) -> Iterator[bytes]:
        """Its octets, once."""


def handed_out(made: Made, *, inline: bool = False) -> Response:
    """Return an answer that a browser stores, or shows where it can (``inline``), sent as it is made."""
    answer = Response(made.blocks, mimetype=made.media_type)
    answer.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{made.name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def attachment(content: bytes, name: str, *, media_type: str, etag: str | bool = True) -> Response:
    """Return an answer that a browser stores as ``name``."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, etag=etag)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
