"""Handing out a file: never shown inside the site, never sniffed, never kept by a cache."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file


def attachment(content: bytes, name: str, *, media_type: str, etag: str | bool = True) -> Response:
    """Return an answer that a browser stores as ``name``."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, etag=etag)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
