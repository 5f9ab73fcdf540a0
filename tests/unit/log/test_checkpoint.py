"""A checkpoint is a C2SP signed note."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gi_registry.kernel.errors import Invalid
from gi_registry.log.rules.checkpoint import Checkpoint, key_id, parse, read_verifier_key, sign, signed_by, verifier_key

NAME = "gi.example.cn/log"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
CHECKPOINT = Checkpoint(NAME, 1234, sha256(b"root").digest())
NOTE = sign(CHECKPOINT, NAME, private=KEY)


def test_the_note_reads_as_the_standard_says() -> None:
    origin, size, root, blank, signature, end = NOTE.split("\n")
    assert (origin, size, blank, end) == (NAME, "1234", "", "")
    assert b64decode(root) == CHECKPOINT.root
    dash, name, encoded = signature.split(" ")
    raw = b64decode(encoded)
    assert (dash, name) == ("\u2014", NAME)
    assert raw[:4] == sha256(NAME.encode() + b"\n\x01" + PUBLIC).digest()[:4]
    KEY.public_key().verify(raw[4:], f"{NAME}\n1234\n{root}\n".encode())


def test_a_note_of_go_sumdb_reads_as_there() -> None:
    """The example of golang.org/x/mod/sumdb/note, an independent implementation of the same form."""
    name, public = read_verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert signed_by(note, name, public=public)
    assert not signed_by(note.replace("answer", "question"), name, public=public)


def test_what_was_signed_is_read_back() -> None:
    assert parse(NOTE) == CHECKPOINT
    assert parse(NOTE.replace("\n", "\r\n")) == CHECKPOINT
    assert signed_by(NOTE, NAME, public=PUBLIC)


@pytest.mark.parametrize(
    "altered",
    [
        NOTE.replace("1234", "1235"),
        NOTE.replace(b64encode(CHECKPOINT.root).decode(), b64encode(sha256(b"x").digest()).decode()),
        NOTE.replace(NAME, "other.example/log", 1),
        NOTE.split("\u2014")[0],
        CHECKPOINT.text,
    ],
    ids=["size", "root", "origin", "no signature", "text only"],
)
def test_an_altered_note_is_not_signed(altered: str) -> None:
    assert not signed_by(altered, NAME, public=PUBLIC)


def test_another_key_did_not_sign() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not signed_by(NOTE, NAME, public=other)
    assert not signed_by(NOTE, "other.example/log", public=PUBLIC)


@pytest.mark.parametrize(
    "text", ["", "a", "a\nb\nc\n\n", f"{NAME}\n-1\nAAAA\n\n", f"{NAME}\n007\n{b64encode(bytes(32)).decode()}\n\n", f"{NAME}\n1\nAAAA\n\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


def test_the_verifier_key_reads_back_and_a_damaged_one_does_not() -> None:
    text = verifier_key(NAME, PUBLIC)
    assert text == f"{NAME}+{key_id(NAME, PUBLIC).hex()}+{b64encode(bytes([1]) + PUBLIC).decode()}"
    assert read_verifier_key(text) == (NAME, PUBLIC)
    for damaged in (text.replace("gi.", "gl."), text[:-4], "x", ""):
        with pytest.raises(Invalid):
            read_verifier_key(damaged)
