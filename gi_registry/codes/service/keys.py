"""Signing keys: made, opened, rotated, and what the public may know of them."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from gi_registry.codes import queries
from gi_registry.codes.models import SigningKey
from gi_registry.codes.rules.mac import SECRET_BYTES
from gi_registry.codes.rules.sealing import seal, unseal
from gi_registry.codes.rules.suites import BLAKE2B, SUITES, Secret
from gi_registry.db import Installation
from gi_registry.kernel.errors import Conflict, NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.log.models import LogKey
from gi_registry.workflow import Work

KEYS = 32  # one symbol on paper


def ensure_key(work: Work, secret_key: str) -> SigningKey:
    """Return the key that new codes are made with; the first order of an installation makes the first key. Raises Unavailable."""
    return queries.current_key(work.session) or _first_key(work, secret_key)


def _first_key(work: Work, secret_key: str) -> SigningKey:
    """Make the first key: two first orders at once find that the other made it."""
    _one_at_a_time(work)
    return queries.current_key(work.session) or _make(work, secret_key)


def _one_at_a_time(work: Work) -> None:
    """Let nobody else make a key until this is done: both would take the same number."""
    work.session.execute(select(Installation).with_for_update())


def rotate_keys(
    work: Work, secret_key: str, *, revoke: int | None = None, revoked_from: datetime | None = None, algorithm: str = ""
) -> SigningKey:
    """Make the next key; with ``revoke`` say that what an older key signs is void when activated at or after ``revoked_from`` (now).

    ``algorithm`` is one of ``rules.suites.SUITES``; without it the new key has that of the one before. Codes of older keys stay valid under
    theirs. Raises Invalid for another algorithm, NotFound for a key that is not there, Conflict when it is revoked already or all 32
    symbols are used.
    """
    work.require("key:rotate")
    if algorithm and algorithm not in SUITES:
        raise invalid("algorithm", say("没有“%(name)s”这种算法。", name=algorithm[:40]), say("可用：%(names)s。", names="、".join(SUITES)))
    _one_at_a_time(work)
    if revoke is not None:
        key = queries.find_key(work.session, revoke)
        if key is None:
            raise NotFound
        if key.revoked_from is not None:
            raise Conflict(say("密钥 %(id)s 早已吊销。", id=revoke), remedy=say("无需重复办理。"))
        key.revoked_from = revoked_from or work.now
        work.record(key, "key:revoke")
    return _make(work, secret_key, algorithm)


def _make(work: Work, secret_key: str, algorithm: str = "") -> SigningKey:
    number = len(queries.list_keys(work.session))
    if number >= KEYS:
        raise Conflict(say("标识码版本一的 32 个密钥位已用完。"), remedy=say("请启用新的标识码版本。"), basis="scheme 1")
    sealed = seal(secrets.token_bytes(SECRET_BYTES), secret_key=secret_key, label=_label(number))
    before = queries.find_key(work.session, number - 1)
    key = SigningKey(id=number, algorithm=algorithm or (before.algorithm if before else BLAKE2B), sealed=sealed, created_at=work.now)
    work.record(key, "key:create")
    work.flush()
    return key


def _label(key_id: int) -> str:
    return f"code-{key_id}"


def open_secret(session: Session, key_id: int, secret_key: str) -> Secret:
    """Return the secret of a key with its algorithm; NotFound for an unknown one, Unavailable when the installation's secret changed."""
    key = queries.find_key(session, key_id)
    if key is None:
        raise NotFound
    return Secret(unseal(key.sealed, secret_key=secret_key, label=_label(key_id)), key.algorithm)


def key_set(session: Session) -> list[dict[str, Any]]:
    """Return id and status of each code key. MAC keys are symmetric: publishing one would let anybody mint, so none is published."""
    current = queries.current_key(session)
    return [
        {
            "kid": _label(key.id),
            "alg": key.algorithm,
            "status": "revoked" if key.revoked_from else "current" if current and key.id == current.id else "verify-only",
            "created": key.created_at.isoformat(),
            "revoked_from": key.revoked_from.isoformat() if key.revoked_from else None,
        }
        for key in queries.list_keys(session)
    ]


def public_key_set(session: Session) -> dict[str, Any]:
    """Return the JSON Web Key Set (RFC 7517): the Ed25519 key of the log's checkpoints, and ``code_keys`` by id and status.

    ``code_keys`` is a member of our own; readers of key sets ignore what they do not know.
    """
    key = session.get(LogKey, 1)
    keys = (
        []
        if key is None
        else [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.name, "x": _base64url(key.public)}]
    )
    return {"keys": keys, "code_keys": key_set(session)}


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
