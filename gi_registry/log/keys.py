"""The key that signs checkpoints. It is made once, on the first use that may write, and sealed with the installation's secret key."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import insert, select
from sqlmodel import Session

from gi_registry.config import Settings
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say
from gi_registry.log import queries
from gi_registry.log.models import KEY
from gi_registry.log.rules.checkpoint import Checkpoint, sign, verifier_key

PURPOSE = b"gi-registry log checkpoint key"
NONCE_SIZE = 12


def ensure_key(session: Session, settings: Settings, *, at: datetime) -> str:
    """Return the verifier key, making the key where there is none yet; nothing is committed."""
    existing = find_verifier_key(session)
    if existing is not None:
        return existing
    private = Ed25519PrivateKey.generate()
    nonce = secrets.token_bytes(NONCE_SIZE)
    name, public = name_of(settings.public_url), private.public_key().public_bytes_raw()
    sealed = nonce + AESGCM(_sealing_key(settings)).encrypt(nonce, private.private_bytes_raw(), public)
    session.execute(insert(KEY).values(id=1, name=name, public=public, sealed=sealed, created_at=at))
    return verifier_key(name, public)


def find_verifier_key(session: Session) -> str | None:
    """Return the public key in the form that note verifiers read; None before the first use."""
    row = session.execute(select(KEY.c.name, KEY.c.public)).first()
    return verifier_key(row.name, bytes(row.public)) if row else None


def checkpoint(session: Session, settings: Settings) -> str:
    """Return the signed checkpoint of the log as it is now.

    Raises Unavailable when there is no key yet, or when the key was sealed with another secret key.
    """
    name, private = _key(session, settings)
    head = queries.head(session)
    return sign(Checkpoint(name, head.size, head.root), name, private=private)


def _key(session: Session, settings: Settings) -> tuple[str, Ed25519PrivateKey]:
    row = session.execute(select(KEY.c.name, KEY.c.public, KEY.c.sealed)).first()
    if row is None:
        raise Unavailable(say("检查点密钥尚未生成。"), remedy=say("请管理员运行一次 gi-registry log checkpoint。"))
    return row.name, _opened(bytes(row.sealed), settings, public=bytes(row.public))


@dataclass(frozen=True)
class Signature:
    """Signs octets for readers outside: Ed25519, base64; ``name`` is the key's, as in the key set."""

    name: str
    _private: Ed25519PrivateKey

    def __call__(self, octets: bytes) -> str:
        """Return the signature."""
        return b64encode(self._private.sign(octets)).decode()


def signature_of(session: Session, settings: Settings) -> Signature:
    """Return what signs in the installation's name. Raises Unavailable as ``checkpoint``.

    What is signed must not read as a checkpoint (``rules.checkpoint``): no text whose second line is a number.
    """
    name, private = _key(session, settings)
    return Signature(name, private)


def name_of(public_url: str) -> str:
    """Return the origin of the log: the public address without its scheme, then ``/log``."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/log".replace("+", "-").replace(" ", "-")


def _opened(sealed: bytes, settings: Settings, *, public: bytes) -> Ed25519PrivateKey:
    try:
        raw = AESGCM(_sealing_key(settings)).decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], public)
    except InvalidTag:
        raise Unavailable(
            say("检查点密钥无法解封。"), remedy=say("GI_SECRET_KEY 与生成密钥时不同，请恢复原来的值。"), basis="GI_SECRET_KEY"
        ) from None
    return Ed25519PrivateKey.from_private_bytes(raw)


def _sealing_key(settings: Settings) -> bytes:
    if not settings.secret_key:
        raise Unavailable(say("本系统没有设置密钥，不能签署检查点。"), remedy=say("请系统管理员设置环境变量 GI_SECRET_KEY。"))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(settings.secret_key.encode())
