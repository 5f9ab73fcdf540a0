"""Headers on every answer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Response, current_app

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


def secure(response: Response) -> Response:
    """Add the headers that an answer does not set itself; pictures may come from the host of the base map too, where one is set."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    host = base_map_host(current_app.extensions["gi_settings"].base_map_url)
    if host:
        policy = response.headers["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace("img-src 'self'", f"img-src 'self' {host}")
    return response


def base_map_host(url: str) -> str:
    """Return the scheme and host of a base map's address; empty for one that is no plain web address with x, y and z."""
    parts = urlsplit(url)
    plain = parts.scheme in {"https", "http"} and re.fullmatch(r"[A-Za-z0-9.\-]+(:\d+)?", parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if plain and all(slot in url for slot in ("{x}", "{y}", "{z}")) else ""
