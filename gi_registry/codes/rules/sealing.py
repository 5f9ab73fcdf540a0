"""The MAC keys of codes at rest.

A MAC key is symmetric: who can check with it can also mint, so it is never published. What the public can check is the key's id and
status (``/.well-known/jwks.json``) and the signed checkpoint of the log.
"""

from __future__ import annotations

from gi_registry.kernel import sealing

_PURPOSE = "gi-registry code keys v1"


def seal(secret: bytes, *, secret_key: str, label: str) -> bytes:
    """Return ``secret`` encrypted; ``label`` (the key's name) is bound to it. Raises Unavailable without an installation secret."""
    return sealing.seal(secret, secret_key=secret_key, purpose=_PURPOSE, label=label)


def unseal(sealed: bytes, *, secret_key: str, label: str) -> bytes:
    """Return the secret; Unavailable when the installation's secret is another one than at sealing."""
    return sealing.unseal(sealed, secret_key=secret_key, purpose=_PURPOSE, label=label)
