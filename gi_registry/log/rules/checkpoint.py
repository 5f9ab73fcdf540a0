"""A checkpoint: the size and root of the log on one day, signed, in the C2SP note forms.

Text: https://c2sp.org/tlog-checkpoint (origin line, size, base64 root), https://c2sp.org/signed-note (blank line, then one line
``— name base64(key id ‖ signature)`` per signature). The key's public form is the verifier key ``name+keyid+base64(0x01 ‖ key)``.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

ED25519 = b"\x01"  # signature type identifier of signed-note


@dataclass(frozen=True)
class Checkpoint:
    """The state of the log: whose (``origin``), how many leaves, the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def key_id(name: str, public: bytes) -> bytes:
    """Return the 4 bytes by which a note names its key."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """Return the public key in the form that note verifiers read."""
    return f"{name}+{key_id(name, public).hex()}+{b64encode(ED25519 + public).decode()}"


def read_verifier_key(text: str) -> tuple[str, bytes]:
    """Return (name, raw Ed25519 public key); raise Invalid when the text is no verifier key or its key id is wrong."""
    try:
        name, named_id, encoded = text.strip().split("+", 2)
        raw = b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise _not_a_key(text) from None
    if raw[:1] != ED25519 or len(raw) != 33 or key_id(name, raw[1:]).hex() != named_id:
        raise _not_a_key(text)
    return name, raw[1:]


def sign(checkpoint: Checkpoint, name: str, *, private: Ed25519PrivateKey) -> str:
    """Return the signed note of a checkpoint."""
    public = private.public_key().public_bytes_raw()
    signature = key_id(name, public) + private.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n\u2014 {name} {b64encode(signature).decode()}\n"


def parse(note: str) -> Checkpoint:
    """Read the checkpoint out of a note without judging its signatures; raise Invalid when it is none."""
    text, separator, _signatures = note.replace("\r\n", "\n").partition("\n\n")
    lines = text.split("\n")
    try:
        origin, size, encoded = lines[:3]
        root = b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise _not_a_checkpoint() from None
    if not separator or not origin or not (size.isascii() and size.isdigit()) or str(int(size)) != size or len(root) != 32:
        raise _not_a_checkpoint()
    return Checkpoint(origin, int(size), root)


def signed_by(note: str, name: str, *, public: bytes) -> bool:
    """Say whether the note carries a valid signature of this key under this name."""
    text, separator, signatures = note.replace("\r\n", "\n").partition("\n\n")
    wanted = f"\u2014 {name} "
    key = Ed25519PublicKey.from_public_bytes(public)
    for line in signatures.split("\n") if separator else ():
        if line.startswith(wanted) and _signature_holds(key, line.removeprefix(wanted), text=text + "\n", named=key_id(name, public)):
            return True
    return False


def _signature_holds(key: Ed25519PublicKey, encoded: str, *, text: str, named: bytes) -> bool:
    try:
        raw = b64decode(encoded, validate=True)
        if raw[:4] != named:
            return False
        key.verify(raw[4:], text.encode())
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


def _not_a_checkpoint() -> Exception:
    return invalid("checkpoint", say("这不是检查点文件。"), say("请使用从 /log/checkpoint 原样保存的文件。"))


def _not_a_key(text: str) -> Exception:
    return invalid("key", say("这不是检查点公钥。"), say("公钥形如“名称+编号+Base64”，请从日志页面原样复制。"), value=text)
