"""The command line of codes: grants, labels, keys; refusals exit 1 and store nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gi_registry.cli import main
from gi_registry.config import read_settings
from gi_registry.log.keys import ensure_key
from tests.builders.codes import SECRET_KEY, make_season


@pytest.fixture
def run(database_url: str, fixed_clock: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a command against the test's database."""
    monkeypatch.setenv("GI_DATABASE_URL", database_url)
    monkeypatch.setenv("GI_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("GI_PUBLIC_URL", "https://gi.example.cn")
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def test_mint_labels_and_rotate(run: Callable[..., Any], open_work: Callable[..., Any], database: Any, tmp_path: Path) -> None:
    with open_work() as work:
        season = make_season(work)
    mint = ("codes", "mint", "--authorisation", season.authorisation.number, "--product", season.product.name, "--count", 20, "--key", "k")
    year = ("--year", 2025)
    done = run(*mint, *year, "--out", tmp_path / "codes.csv", "--json")
    answer = json.loads(done.output)
    assert (answer["count"], (tmp_path / "codes.csv").read_text().count("HTTPS://GI.EXAMPLE.CN/T/")) == (20, 20)
    assert json.loads(run(*mint, *year, "--json").output)["allotment"] == answer["allotment"], "the same key, the same allotment"
    for name, start in (("l.pdf", b"%PDF"), ("l.csv", b"serial")):
        assert run("codes", "labels", "--allotment", answer["allotment"], "--out", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    svg = ("--kind", "svg", "--level", "Q", "--out", tmp_path / "l.zip")
    assert "密钥" in run("codes", "labels", "--allotment", answer["allotment"], *svg).output, "no key to sign with yet"
    assert run("codes", "labels", "--allotment", answer["allotment"], "--sheet", "9x9", "--out", tmp_path / "m.pdf").exit_code == 1
    with open_work() as work:
        ensure_key(work.session, read_settings({}, secret_key=SECRET_KEY), at=work.now)
    assert run("codes", "labels", "--allotment", answer["allotment"], *svg).exit_code == 0
    assert len(zipfile.ZipFile(tmp_path / "l.zip").namelist()) == 20 + 3
    assert list(tmp_path.glob("*.part")) == []
    assert json.loads(run("keys", "rotate", "--json").output)["key"] == 1
    assert json.loads(run("keys", "rotate", "--revoke", 0, "--json").output) == {"key": 2, "algorithm": "BLAKE2b-MAC-40", "revoked": 0}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("codes", "mint", "--authorisation", "none", "--product", "x", "--year", 2026, "--count", 1), "没有登记号为 none"),
        (("codes", "labels", "--allotment", "none", "--out", "x.pdf"), "没有申领编号 none"),
        (("keys", "rotate", "--revoke", 7), "没有找到"),
    ],
)
def test_a_refusal_says_why_and_exits_1(run: Callable[..., Any], database: Any, words: tuple[object, ...], why: str) -> None:
    done = run(*words)
    assert done.exit_code == 1 and why in done.output
