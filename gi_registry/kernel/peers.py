"""Which address a request came from."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping


def client_address(environ: Mapping[str, object], trusted_proxies: int) -> str:
    """Return the address that asked: the peer, or the entry that the outermost of ``trusted_proxies`` proxies wrote.

    Entries further left were written by strangers and are ignored; without trusted proxies the header is ignored altogether.
    """
    peer = str(environ.get("REMOTE_ADDR") or "")
    if trusted_proxies < 1:
        return peer
    chain = [part.strip() for part in str(environ.get("HTTP_X_FORWARDED_FOR") or "").split(",") if part.strip()]
    if len(chain) < trusted_proxies:
        return peer
    claimed = chain[-trusted_proxies].strip("[]")
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return peer
