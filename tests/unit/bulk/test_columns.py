"""Tables with the headers of others: what a column is made of is said one by one, as for geographic files."""

from __future__ import annotations

from typing import Any

import pytest

from gi_registry.bulk.rules.table import Table
from gi_registry.bulk.service import Options, read_file
from gi_registry.kernel.errors import Invalid
from tests.builders.sheets import make_xlsx
from tests.unit.bulk.test_workbooks import KIND, warnings

HEAD = ("DKBM", "DKMC", "SCMJ", "备注")
ROW = ("A1", "东塘", "12.5", "无")
CHOSEN = {"code": "DKBM", "name": "{DKMC}（{DKBM}）", "area": "SCMJ"}


def read(content: bytes, **columns: str) -> Table:
    return read_file(KIND, content, options=Options(columns=columns))


def csv(*rows: tuple[str, ...]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode("gb18030")


@pytest.mark.parametrize("make", [lambda *rows: make_xlsx(list(rows)), csv], ids=["workbook", "csv"])
def test_columns_of_others_are_read_as_chosen(make) -> None:
    content = make(HEAD, ROW)
    table = read(content, **CHOSEN, mode="b")
    assert table.lines[0].cells == {"code": "A1", "name": "东塘（A1）", "area": "12.5", "mode": "b"}
    assert [words for _, words in warnings(table)] == ["没有用到的列：备注。", "文件没有这样的列，每一行都按原文填写：mode=b。"]
    with pytest.raises(Invalid, match="编号"):
        read(content)


def test_a_header_row_below_a_title_is_found_by_the_chosen_headers() -> None:
    table = read(make_xlsx([("2026 年地块表",), ("单位：亩",), HEAD, ROW]), **CHOSEN)
    assert [line.cells["code"] for line in table.lines] == ["A1"]
    assert "列名在第 3 行" in " ".join(words for _, words in warnings(table))


def test_what_is_not_chosen_is_read_under_its_own_name() -> None:
    table = read(csv(("编号", "DKMC"), ("A1", "东塘")), name="DKMC")
    assert table.lines[0].cells == {"code": "A1", "name": "东塘"}


def test_spaces_and_width_of_a_chosen_header_do_not_matter() -> None:
    assert read(csv(("ＤＫＢＭ ", "DKMC"), ("A1", "东塘")), code="DKBM", name="DKMC").lines[0].cells["code"] == "A1"


def test_a_joined_header_that_is_not_there_is_named() -> None:
    with pytest.raises(Invalid, match="DKXX"):
        read(csv(HEAD, ROW), code="{DKXX}", name="DKMC")


def test_one_sheet_of_several_is_known_by_the_chosen_headers() -> None:
    def cover(book: Any, _sheet: Any) -> None:
        other = book.add_worksheet("说明")
        other.write_row(0, 0, ("先看这里",))
        other.write_row(1, 0, ("填表说明",))

    book = make_xlsx([HEAD, ROW], also=cover)
    with pytest.raises(Invalid, match="说明"):
        read(book)
    assert len(read(book, **CHOSEN).lines) == 1


@pytest.mark.parametrize(("wish", "field"), [({"crs": "4528"}, "crs"), ({"layer": "1"}, "layer")])
def test_what_only_geographic_files_have_is_still_refused(wish: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as problem:
        read_file(KIND, csv(("编号", "名称"), ("A1", "甲")), options=Options(**wish))
    assert problem.value.fields[0].field == field
