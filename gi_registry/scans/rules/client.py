"""The client of a look-up, as far as it may be known: a key that changes every day, and whether a person asked at all."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

MERGE_WINDOW = timedelta(minutes=10)
"""Look-ups of one code by one client within this time are one check, where policy (``verify.merge-minutes``) says nothing else."""

AGENT_CHARACTERS = 400  # more of a user agent tells nothing and would let a stranger choose the size of our work

PREVIEW_AGENTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|facebookexternalhit|facebookcatalog|whatsapp|embedly|pinterest|vkshare|skypeuripreview|"
    r"bingpreview|snapchat|google-inspectiontool|mediapartners|url-?preview|link-?preview|linkexpanding|iframely|"
    r"headlesschrome-preview|dingtalk-?link|feishu-?link|larkurl",
    re.IGNORECASE,
)
PREVIEW_HEADERS = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def day_key(secret: str, day: date) -> bytes:
    """Return the key under which clients of one Shanghai day are counted (PIPL: rotating, so that nobody can be followed)."""
    return hmac.digest(secret.encode(), f"scan-client:{day.isoformat()}".encode(), "sha256")


def client_key(key: bytes, address: str, agent: str) -> str:
    """Return 16 hexadecimal digits that stand for one address and browser on one day; nothing can be read back from them."""
    said = f"{address}\n{agent[:AGENT_CHARACTERS]}".encode("utf-8", "replace")
    return hashlib.blake2b(said, key=key[:64], digest_size=8).hexdigest()


def is_preview(environ: Mapping[str, object]) -> bool:
    """Say whether a machine fetched the page to show a preview or to have it ready: such a look-up never counts."""
    if _is_robot(str(environ.get("HTTP_USER_AGENT") or "")[:AGENT_CHARACTERS]):
        return True
    said = [str(environ[name]).lower() for name in PREVIEW_HEADERS if name in environ]
    return any(word in header for header in said for word in ("prefetch", "preview", "prerender"))


@lru_cache(maxsize=4_096)
def _is_robot(agent: str) -> bool:
    """Say whether a browser's name is that of a machine; browsers are a few thousand, look-ups millions."""
    return PREVIEW_AGENTS.search(agent) is not None
