"""The log in public: what an outsider fetches is enough to check it without trusting us."""

from __future__ import annotations

from typing import Any

import pytest

from gi_registry.log import keys, queries, service
from gi_registry.log.rules import tree
from gi_registry.log.rules.checkpoint import parse, read_verifier_key, signed_by
from gi_registry.workflow import open_work
from tests.conftest import NOW

SIZE = 300  # leaves; what the installation itself has recorded is filled up to it


@pytest.fixture
def filled(app: Any) -> Any:
    """A log of 300 leaves with its key; returns the verifier key."""
    with open_work(app.extensions["gi_database"]) as work:
        numbers = range(queries.head(work.session).size, SIZE)
        changes = [service.Change("gi", "register", "gi", str(number), {"id": number, "name": "不公开的内容"}) for number in numbers]
        service.append(work.session, changes, actor_pseudonym="p-1", at=NOW)
        return keys.ensure_key(work.session, app.extensions["gi_settings"], at=NOW)


def checkpoint_of(client: Any) -> str:
    answer = client.get("/log/checkpoint")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    return str(answer.get_data(as_text=True))


def proof_of(client: Any, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    told: dict[str, Any] = answer.get_json()
    return {name: bytes.fromhex(value) if isinstance(value, str) else value for name, value in told.items()} | {
        "proof": [bytes.fromhex(each) for each in told["proof"]]
    }


def test_the_checkpoint_is_signed_and_says_the_root_of_the_tiles(client: Any, filled: str) -> None:
    note = checkpoint_of(client)
    name, public = read_verifier_key(filled)
    assert signed_by(note, name, public=public)
    hashes = b"".join(client.get(f"/log/tile/{path}").data for path in ("0/000", "0/001.p/44"))
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    assert (parse(note).size, parse(note).root) == (SIZE, tree.root(leaves))
    assert client.get("/log/tile/1/000.p/1").data == tree.root(leaves[:256])


def test_a_full_tile_may_be_kept_for_ever_and_a_partial_one_not(client: Any, filled: str) -> None:
    assert "immutable" in client.get("/log/tile/0/000").headers["Cache-Control"]
    assert "immutable" not in client.get("/log/tile/0/001.p/44").headers["Cache-Control"]


def test_inclusion_and_consistency_convince_an_outsider(client: Any, filled: str) -> None:
    root = parse(checkpoint_of(client)).root
    told = proof_of(client, f"/log/proof/inclusion?index=123&size={SIZE}")
    assert tree.verify_inclusion(told["leaf_hash"], 123, size=SIZE, proof=told["proof"], root=root)
    grown = proof_of(client, f"/log/proof/consistency?old=123&new={SIZE}")
    assert tree.verify_consistency(123, SIZE, old_root=grown["old_root"], new_root=root, proof=grown["proof"])


@pytest.mark.parametrize(
    "path",
    [
        "inclusion", "inclusion?index=x&size=3", "inclusion?index=300&size=300", "inclusion?index=0&size=301",
        "consistency?old=3&new=2", "consistency?old=-1&new=2",
    ],
)  # fmt: skip
def test_a_proof_that_cannot_be_is_refused_in_words(client: Any, filled: str, path: str) -> None:
    assert client.get(f"/log/proof/{path}").status_code == 422


@pytest.mark.parametrize("path", ["0/001", "0/002.p/1", "0/1", "9/000", "nonsense", "0/000.p/256", "0/x999/x999/999"])
def test_a_tile_that_is_not_there_is_not_found(client: Any, filled: str, path: str) -> None:
    assert client.get(f"/log/tile/{path}").status_code == 404


def test_the_page_explains_the_log_and_shows_no_content(client: Any, filled: str) -> None:
    text = client.get("/log").get_data(as_text=True)
    for shown in ("公开日志", "检查点", "RFC 9162", filled.split("+", maxsplit=1)[0]):
        assert shown in text
    assert "不公开的内容" not in text


def test_before_the_first_key_the_page_says_what_to_do(client: Any) -> None:
    assert client.get("/log/checkpoint").status_code == 503
    text = client.get("/log").get_data(as_text=True)
    assert "gi-registry log checkpoint" in text
