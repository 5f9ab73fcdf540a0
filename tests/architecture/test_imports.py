"""The import contract of setup.cfg: features import downwards only."""

from __future__ import annotations

import pytest
from importlinter.cli import lint_imports

from tests.conftest import ROOT


def test_the_import_contract_holds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "setup.cfg"), no_cache=True) == 0, capsys.readouterr().out
