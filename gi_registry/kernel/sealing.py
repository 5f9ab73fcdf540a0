"""Secrets at rest: AES-256-GCM, and keyed digests, under keys derived from the installation's secret, one per purpose."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say

_NONCE_BYTES = 12


def _key(secret_key: str, purpose: str) -> bytes:
    if not secret_key:
        raise Unavailable(say("本系统没有设置密钥，不能办理。"), remedy=say("请系统管理员设置环境变量 GI_SECRET_KEY。"))
    return HKDF(SHA256(), 32, None, purpose.encode()).derive(secret_key.encode())


def seal(secret: bytes, *, secret_key: str, purpose: str, label: str) -> bytes:
    """Return ``secret`` encrypted under the key of ``purpose``; ``label`` is bound to it. Raises Unavailable without a secret key."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(secret_key, purpose)).encrypt(nonce, secret, label.encode())


def unseal(sealed: bytes, *, secret_key: str, purpose: str, label: str) -> bytes:
    """Return the secret; Unavailable when the installation's secret is another one than at sealing."""
    try:
        return AESGCM(_key(secret_key, purpose)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())
    except InvalidTag:
        raise Unavailable(
            say("封存的密钥无法打开：GI_SECRET_KEY 与封存时不同。"), remedy=say("请恢复原来的 GI_SECRET_KEY，或从备份恢复。")
        ) from None


def keyed_digest(text: str, *, secret_key: str, purpose: str) -> str:
    """Return HMAC-SHA-256 of ``text`` as hex: who has the database but not the secret key cannot test guesses."""
    return hmac.new(_key(secret_key, purpose), text.encode(), sha256).hexdigest()
