"""The office's page for files."""

from __future__ import annotations

import base64
import html
import io
import random
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from gi_registry.divisions.models import Division
from gi_registry.opendata.kinds import KINDS
from gi_registry.workflow import Work
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.divisions import make_division
from tests.builders.sheets import make_xlsx

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


# ---- workbooks --------------------------------------------------------------------------------------------------------------------------

ROWS = [("代码", "名称"), ("99", "示例省"), ("9999", "示例市"), ("999997", "另一县")]


def carried(answer: Any) -> dict[str, str]:
    """Return the hidden fields of the next step's form."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))
    return {name: html.unescape(value) for name, value in fields.items() if name not in {"csrf_token", "form_key"}}


def next_step(client: Any, answer: Any, how: str, **fields: str) -> Any:
    return post(client, "/office/imports", carried(answer) | {"how": how} | fields)


def test_a_workbook_goes_in_like_any_file(work: Work, office: Any) -> None:
    assert send(office, make_xlsx(ROWS)).status_code == 200
    assert stored(work, "999997")


def test_a_checked_file_is_stored_in_the_next_step_without_choosing_it_again(work: Work, office: Any) -> None:
    checked = send(office, make_xlsx(ROWS), how="dry-run")
    assert "检查通过" in checked.text and "写入这" in checked.text
    assert not stored(work, "999997")
    done = next_step(office, checked, "all")
    assert done.status_code == 200 and "已写入" in done.text
    assert stored(work, "999997")


def test_the_good_rows_go_in_with_a_second_step_that_names_their_number(work: Work, office: Any) -> None:
    checked = send(office, make_xlsx([*ROWS, ("88x", "坏行")]), how="dry-run")
    assert checked.status_code == 422
    assert "只写入正确的 3 行" in checked.text
    table = next_step(office, checked, "errors")
    assert table.mimetype == "text/csv" and "divisions-errors.csv" in table.headers["Content-Disposition"]
    assert table.get_data(as_text=True).splitlines()[1].startswith("5,code,88x,")
    assert not stored(work, "999997")
    assert next_step(office, checked, "partial").status_code == 200
    assert stored(work, "999997")


def test_of_several_sheets_the_form_offers_a_choice_and_keeps_the_file(work: Work, office: Any) -> None:
    def more(book: Any, _sheet: Any) -> None:
        other = book.add_worksheet("下半年")
        for place, row in enumerate(ROWS):
            other.write_row(place, 0, row)

    asked = send(office, make_xlsx(ROWS[:3], name="上半年", also=more))
    assert asked.status_code == 422 and "几张工作表" in asked.text
    assert '<option value="下半年"' in asked.text and "不必再选" in asked.text
    done = next_step(office, asked, "all", kind="divisions", sheet="下半年")
    assert done.status_code == 200
    assert stored(work, "999997")


@pytest.mark.parametrize("kept", ["!", "AAAA", "eJzLSM3JyQcABiwCFQ==", ""])
def test_what_no_step_can_have_carried_is_refused(office: Any, kept: str) -> None:
    answer = post(office, "/office/imports", {"kind": "divisions", "how": "all", "kept": kept, "name": "x.xlsx"})
    assert answer.status_code == 422


def test_a_carried_bomb_is_refused(office: Any) -> None:
    bomb = base64.b64encode(zlib.compress(bytes(60_000_000), 9)).decode()
    answer = post(office, "/office/imports", {"kind": "divisions", "how": "all", "kept": bomb, "name": "x.csv"})
    assert answer.status_code == 422 and "没有收到文件" in answer.text


def test_a_large_file_is_asked_for_again(office: Any) -> None:
    def more(book: Any, _sheet: Any) -> None:
        noise, hidden = random.Random(1), book.add_worksheet("附页")
        for row in range(30):
            hidden.write_string(row, 0, noise.randbytes(15_000).hex())
        hidden.hide()

    answer = send(office, make_xlsx(ROWS, also=more), how="dry-run")
    assert "检查通过" in answer.text and "重新选择同一个文件" in answer.text
    assert "kept" not in carried(answer) and len(answer.text) < 100_000


@pytest.mark.parametrize("content", [b"PK\x03\x04" + bytes(900), b"\xd0\xcf\x11\xe0" + bytes(900), b"%PDF-1.4"])
def test_a_broken_workbook_is_a_sentence_and_the_server_goes_on(office: Any, content: bytes) -> None:
    answer = send(office, content)
    assert answer.status_code == 422 and "批量导入" in answer.text
    assert office.get("/office/imports").status_code == 200


def test_templates_and_exports_come_as_workbooks_too(office: Any) -> None:
    template = office.get("/office/imports/areas/template.xlsx")
    assert template.get_data().startswith(b"PK") and "areas-template.xlsx" in template.headers["Content-Disposition"]
    assert office.get("/office/imports/divisions/export.xlsx").get_data().startswith(b"PK")
    assert office.get("/office/imports/areas/export.geojson").mimetype == "application/geo+json"
    assert office.get("/office/imports/divisions/export.geojson").status_code == 422
    sign_in(office, "handler")
    for path in ("areas/template.xlsx", "divisions/export.xlsx", "areas/export.geojson"):
        assert office.get(f"/office/imports/{path}").status_code == 403
