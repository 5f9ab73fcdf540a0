"""The office's page for files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from gi_registry.divisions.models import Division
from gi_registry.opendata.kinds import KINDS
from gi_registry.workflow import Work
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.divisions import make_division

FILE = "code,name\n99,示例省\n9999,示例市\n999997,另一县\n"


@pytest.fixture
def office(work: Work, client: Any) -> Any:
    make_division(work)
    make_person(work, "national_officer", login="national")
    make_person(work, "county_handler", division="999999", login="handler")
    work.commit()
    sign_in(client, "national")
    return client


def send(client: Any, content: bytes, **fields: str) -> Any:
    data = {"kind": "divisions", "how": "all", "file": (io.BytesIO(content), "file.csv")} | fields
    return post(client, "/office/imports", data, content_type="multipart/form-data")


def stored(work: Work, code: str) -> bool:
    work.session.rollback()
    return work.session.get(Division, code, populate_existing=True) is not None


def test_a_good_file_goes_in(work: Work, office: Any) -> None:
    answer = send(office, FILE.encode())
    assert answer.status_code == 200
    assert ("已写入" in answer.text and "写入 3 行" in answer.text) or "未变" in answer.text
    assert stored(work, "999997")


def test_a_check_stores_nothing(work: Work, office: Any) -> None:
    answer = send(office, FILE.encode(), how="dry-run")
    assert "检查通过" in answer.text
    assert not stored(work, "999997")


def test_one_bad_row_keeps_all_out_unless_the_good_ones_are_wanted(work: Work, office: Any) -> None:
    bad = FILE + "88x,坏行\n"
    refused = send(office, bad.encode())
    assert refused.status_code == 422
    assert "88x" in refused.text and "不是行政区划代码" in refused.text and "一行也没有写入" in refused.text
    assert not stored(work, "999997")
    assert send(office, bad.encode(), how="partial").status_code == 200
    assert stored(work, "999997")


@pytest.mark.parametrize(
    ("content", "fields", "words"),
    [
        (b"", {}, "文件是空的"),
        (b"a,b\n1,2\n", {}, "缺少列"),
        ("code,name\n99,阳澄湖\n".encode() + "9999,五常\n".encode("gbk"), {}, "混用"),
        (b"code,name\n", {"kind": "nonsense"}, "没有“nonsense”"),
        (FILE.encode(), {"mapping": "/etc/passwd"}, "没有名为"),
        (FILE.encode(), {"encoding": "utf-7"}, "不支持编码"),
    ],
)
def test_a_file_that_cannot_be_read_shows_the_form_again(office: Any, content: bytes, fields: dict[str, str], words: str) -> None:
    answer = send(office, content, **fields)
    assert answer.status_code == 422
    assert words in answer.text and "批量导入" in answer.text


def test_no_file_chosen(office: Any) -> None:
    answer = post(office, "/office/imports", {"kind": "divisions"})
    assert answer.status_code == 422 and "没有选择文件" in answer.text


def test_templates_and_exports_come_as_files(office: Any) -> None:
    assert "code,name" in office.get("/office/imports/divisions/template.csv").get_data(as_text=True)
    assert "示例县" in office.get("/office/imports/divisions/export.csv").get_data(as_text=True)
    assert office.get("/office/imports/nonsense/template.csv").status_code == 422


def test_a_county_does_not_bring_files_in_nor_take_everything_out(office: Any) -> None:
    sign_in(office, "handler")
    assert office.get("/office/imports").status_code == 403
    assert office.get("/office/imports/organisations/export.csv").status_code == 403


def test_the_documentation_names_every_kind_and_column() -> None:
    text = Path("docs/import.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"### {kind.name}" in text
        assert all(f"| `{column.name}` |" in text for column in kind.columns), kind.name
