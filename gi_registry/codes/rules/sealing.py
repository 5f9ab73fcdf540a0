"""Secrets at rest: AES-256-GCM under a key derived from the installation's secret.

A MAC key is symmetric: who can check with it can also mint, so it is never published. What the public can check is the key's id and
status (``/.well-known/jwks.json``) and the signed checkpoint of the log.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say

_NONCE_BYTES = 12


def _cipher(secret_key: str) -> AESGCM:
    if not secret_key:
        raise Unavailable(say("本系统没有设置密钥，不能签发或核验编码。"), remedy=say("请系统管理员设置环境变量 GI_SECRET_KEY。"))
    return AESGCM(HKDF(SHA256(), 32, None, b"gi-registry code keys v1").derive(secret_key.encode()))


def seal(secret: bytes, *, secret_key: str, label: str) -> bytes:
    """Return ``secret`` encrypted; ``label`` (the key's name) is bound to it. Raises Unavailable without an installation secret."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret_key).encrypt(nonce, secret, label.encode())


def unseal(sealed: bytes, *, secret_key: str, label: str) -> bytes:
    """Return the secret; Unavailable when the installation's secret is another one than at sealing."""
    try:
        return _cipher(secret_key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())
    except InvalidTag:
        raise Unavailable(
            say("签码密钥无法打开：GI_SECRET_KEY 与封存时不同。"), remedy=say("请恢复原来的 GI_SECRET_KEY，或从备份恢复。")
        ) from None
