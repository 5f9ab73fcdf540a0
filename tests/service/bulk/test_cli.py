"""Files at the command line, as an administrator uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gi_registry.cli import main

DIVISIONS = "code,name\n99,示例省\n9999,示例市\n999999,示例县\n"


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that runs a command on a fresh database."""
    monkeypatch.setenv("GI_DATABASE_URL", database_url)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments))

    return command


def write(directory: Path, text: str | bytes, name: str = "rows.csv") -> str:
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_import_export_import_changes_nothing(run: Any, tmp_path: Path) -> None:
    assert run("import", "divisions", write(tmp_path, DIVISIONS)).exit_code == 0
    out = str(tmp_path / "out.csv")
    assert run("export", "divisions", out).exit_code == 0
    again = run("import", "divisions", out, "--json")
    assert again.exit_code == 0
    assert (json.loads(again.output)["stored"], json.loads(again.output)["unchanged"]) == (0, 3)


def test_bad_rows_end_with_1_and_name_row_column_value_and_remedy(run: Any, tmp_path: Path) -> None:
    file = write(tmp_path, DIVISIONS + "abc,坏行\n")
    refused = run("import", "divisions", file)
    assert refused.exit_code == 1
    assert "第 5 行 code “abc”" in refused.output and "例如" in refused.output
    body = json.loads(run("import", "divisions", file, "--json").output)
    assert body["kept"] is False and body["errors"][0] == {
        "row": 5,
        "column": "code",
        "value": "abc",
        "reason": "“abc”不是行政区划代码。",
        "remedy": "应为 2、4、6、9 或 12 位数字，例如 32、3205、320583。",
    }
    partial = run("import", "divisions", file, "--partial", "--json")
    assert partial.exit_code == 0 and json.loads(partial.output)["stored"] == 3


def test_a_dry_run_stores_nothing(run: Any, tmp_path: Path) -> None:
    file = write(tmp_path, DIVISIONS)
    assert run("import", "divisions", file, "--dry-run").exit_code == 0
    assert json.loads(run("import", "divisions", file, "--json").output)["stored"] == 3


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (b"", ("divisions",), "空"),
        (b"code,name\n1,2\n", ("nonsense",), "没有“nonsense”"),
        ("code,name\n99,阳澄湖\n".encode() + "9999,五常\n".encode("gbk"), ("divisions",), "混用"),
        (b"name\nx\n", ("divisions",), "缺少列"),
        (b"a\n1\n", ("gis", "--mapping", "agi"), "登记证书编号"),
        (b"a\n1\n", ("gis", "--mapping", "nonsense"), "没有名为"),
        (b"code,name\n1,2\n", ("divisions", "--encoding", "latin-1"), "不支持编码"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    run: Any, tmp_path: Path, content: bytes, arguments: tuple[str, ...], words: str
) -> None:
    kind, *options = arguments
    refused = run("import", kind, write(tmp_path, content), *options)
    assert refused.exit_code == 1
    assert words in refused.output + refused.stderr


def test_wrong_use_ends_with_2(run: Any) -> None:
    assert run("import", "divisions").exit_code == 2
    assert run("import", "divisions", "no-such-file.csv").exit_code == 2


def test_a_template_can_be_filled_and_read(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "template.csv"
    assert run("import", "calendar", "--template", str(out)).exit_code == 0
    assert run("import", "calendar", str(out), "--dry-run").exit_code == 0


def test_a_mapping_of_ones_own(run: Any, tmp_path: Path) -> None:
    mapping = write(tmp_path, '[divisions]\ncode = "{区划}"\nname = "{叫法}"\n', "own.toml")
    file = write(tmp_path, "区划,叫法,别的\n99,示例省,x\n")
    assert run("import", "divisions", file, "--mapping", mapping).exit_code == 0
    broken = write(tmp_path, "[divisions\n", "broken.toml")
    assert run("import", "divisions", file, "--mapping", broken).exit_code == 1
