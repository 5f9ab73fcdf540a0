"""What offices send: titles, merged cells, totals, hidden rows, dates of every spelling. Read, or refused by the cell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from gi_registry.bulk.rules import Column, Form, Kind
from gi_registry.bulk.rules.cells import day_first, settle
from gi_registry.bulk.rules.kinds import Fault
from gi_registry.bulk.rules.sheets import template_xlsx, to_xlsx
from gi_registry.bulk.rules.table import Table
from gi_registry.bulk.service import Options, read_file
from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say
from tests.builders.sheets import make_ods, make_xls, make_xlsx, ods_cell, ods_row

KIND = Kind(
    "things",
    say("物"),
    (
        Column("code", say("编号"), "A1", required=True),
        Column("name", say("名称"), "甲", required=True),
        Column("area", say("面积(亩)"), "12.5", form=Form.NUMBER),
        Column("on", say("日期"), "2026-03-05", form=Form.DATE),
        Column("mode", say("方式"), "a", form=Form.CHOICE, choices=("a", "b")),
    ),
    store=lambda _work, _row: None,
)
HEAD = ("编号", "名称", "面积(亩)", "日期")


def read(content: bytes, sheet: str = "") -> Table:
    return read_file(KIND, content, options=Options(sheet=sheet))


def refused(content: bytes, sheet: str = "") -> tuple[str, str, str]:
    with pytest.raises(Invalid) as problem:
        read(content, sheet)
    (field,) = problem.value.fields
    return field.field, str(field.reason), str(field.remedy)


def warnings(table: Table) -> list[tuple[int, str]]:
    return [(warning.row, str(warning.message)) for warning in table.warnings]


# ---- values -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epoch", [False, True])
def test_dates_numbers_and_truth_of_a_sheet_are_text_with_nothing_lost(epoch: bool) -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_datetime(1, 3, datetime(2026, 3, 5), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
        sheet.write_number(1, 2, 0.1 + 0.2)
        sheet.write_number(2, 2, 1200)
        sheet.write_boolean(2, 3, True)

    table = read(make_xlsx([HEAD, ("0012", "甲"), ("A2", "乙")], also=more, date_1904=epoch))
    assert [dict(line.cells) for line in table.lines] == [
        {"code": "0012", "name": "甲", "area": "0.3", "on": "2026-03-05"},
        {"code": "A2", "name": "乙", "area": "1200", "on": "true"},
    ]
    assert [line.row for line in table.lines] == [2, 3]


def test_a_code_that_became_a_number_keeps_its_digits_or_is_refused() -> None:
    code, name, area, on, _ = KIND.columns
    table = read(make_xlsx([HEAD, (320583, "甲"), (913205831234567890, "乙")]))
    assert settle(code, table.lines[0].cells["code"]) == "320583"
    spoiled = settle(code, table.lines[1].cells["code"])
    assert isinstance(spoiled, Fault) and "科学计数法" in str(spoiled.reason) and "文本" in str(spoiled.remedy)
    assert isinstance(settle(code, "9.13206E+17"), Fault)
    assert settle(name, "E+17 号") == "E+17 号"
    assert settle(code, "9E5B") == "9E5B"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", "1234.5"),
        ("1 234", "1234"),
        ("1\u2009234\u2009567", "1234567"),
        ("１２３４", "1234"),
        ("1，234，567", "1234567"),
        ("−3", "-3"),
        ("12亩", "12亩"),
        ("1,2", "1,2"),
        ("", ""),
    ],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert settle(KIND.columns[2], text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026年3月5日", "2026-03-05"),
        ("2026/3/5", "2026-03-05"),
        ("2026.03.05", "2026-03-05"),
        ("２０２６-3-5", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("2026-03-05 14:30:00", "2026-03-05"),
        ("46086", "2026-03-05"),
        ("2026-02-30", "2026-02-30"),
        ("三月五日", "三月五日"),
    ],
)
def test_dates_as_people_write_them(text: str, value: str) -> None:
    assert settle(KIND.columns[3], text) == value


@pytest.mark.parametrize("text", ["3/5/2026", "26/3/5", "26年3月5日", "05-03-26"])
def test_a_date_that_reads_in_two_ways_is_refused(text: str) -> None:
    wrong = settle(KIND.columns[3], text)
    assert isinstance(wrong, Fault) and wrong.value == text and "四位年份" in str(wrong.remedy)


def test_a_mapping_may_say_that_the_day_comes_first() -> None:
    assert day_first("14/06/1991") == "1991-06-14"
    assert day_first("31/02/1991") == "31/02/1991"
    assert day_first("1991-06-14") == "1991-06-14"


def test_formulas_give_their_value_and_without_one_are_refused_where_they_are_used() -> None:
    def more(_book: Any, sheet: Any) -> None:
        sheet.write_formula(1, 2, "=6*2", None, 12)
        sheet.write_formula(2, 2, "=6*3", None, "")
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 9, "=1", None, "")

    table = read(make_xlsx([(*HEAD, "方式"), ("A1", "甲"), ("A2", "乙"), ("A3",)], also=more))
    assert table.lines[0].cells["area"] == "12" and not table.lines[0].faults
    assert "没有算出的值" in str(table.lines[1].faults["area"].reason)
    assert "公式错误" in str(table.lines[2].faults["name"].reason)
    assert table.lines[2].faults["name"].value == "#DIV/0!"


def test_an_error_that_was_saved_as_text_is_refused_too() -> None:
    table = read_file(KIND, "编号,名称\nA1,#N/A\nA2,#1 塘\n".encode())
    assert table.lines[0].faults["name"].value == "#N/A"
    assert not table.lines[1].faults and table.lines[1].cells["name"] == "#1 塘"


# ---- layout -----------------------------------------------------------------------------------------------------------------------------


def test_title_groups_merges_totals_and_signatures() -> None:
    def more(_book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "2026 年汇总表")
        sheet.merge_range(1, 0, 2, 0, "编号")
        sheet.merge_range(1, 1, 1, 3, "内容")
        sheet.merge_range(3, 1, 4, 1, "同一名称")
        sheet.merge_range(6, 0, 6, 1, "合计")

    rows = [
        (),
        (),
        ("", "名 称", "面积（亩）", "日期"),
        ("A1", "", 1),
        ("A2", "", 2),
        (),
        ("", "", 3),
        ("填表人：张三", "", "审核人：李四"),
    ]
    table = read(make_xlsx(rows, also=more))
    assert [(line.row, line.cells["code"], line.cells["name"], line.cells["area"]) for line in table.lines] == [
        (4, "A1", "同一名称", "1"),
        (5, "A2", "同一名称", "2"),
    ]
    assert not table.errors
    said = warnings(table)
    assert any("列名在第 3 行" in text for _, text in said)
    assert any(row == 7 and "合计" in text for row, text in said)
    assert any(row == 8 and "表尾" in text for row, text in said)
    assert any("B 列第 4 至 5 行合并" in text for _, text in said)


def test_a_merged_number_and_a_merge_across_columns_are_refused_by_the_cell() -> None:
    def more(_book: Any, sheet: Any) -> None:
        sheet.merge_range(1, 2, 2, 2, 100)
        sheet.merge_range(3, 1, 3, 2, "跨列")

    table = read(make_xlsx([HEAD, ("A1", "甲"), ("A2", "乙"), ("A3", "")], also=more))
    settled = [settle(KIND.columns[2], line.cells["area"], shared="area" in line.shared) for line in table.lines[:2]]
    assert all(isinstance(value, Fault) and value.value == "100" for value in settled)
    assert {"name", "area"} == set(table.lines[2].faults)
    assert "跨了几列" in str(table.lines[2].faults["name"].reason)


def test_a_real_row_is_never_taken_for_a_total_or_a_signature() -> None:
    table = read(make_xlsx([HEAD, ("合计", "合计村大米", 1), ("A2", "备注：无", 1), ("注1", "甲", 2)]))
    assert [line.cells["code"] for line in table.lines] == ["合计", "A2", "注1"]
    assert not table.warnings


def test_a_single_stray_cell_is_no_silent_loss() -> None:
    table = read(make_xlsx([HEAD, ("A1", "甲"), ("", "乙")]))
    assert [line.row for line in table.lines] == [2, 3]  # the missing code is then an error of its cell


def test_headers_repeated_on_every_page_are_named_and_left_out() -> None:
    table = read(make_xlsx([HEAD, ("A1", "甲"), HEAD, ("A2", "乙")]))
    assert len(table.lines) == 2 and warnings(table) == [(3, "这一行重复了列名，没有读取。")]


def test_hidden_rows_are_refused_hidden_columns_told() -> None:
    def more(_book: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})

    table = read(make_xlsx([HEAD, ("A1", "甲"), ("A2", "乙"), ("A3", "丙")], also=more))
    assert [(error.row, str(error.reason)) for error in table.errors] == [(3, "这一行是隐藏的。")]
    assert [line.cells["code"] for line in table.lines] == ["A1", "A3"]
    assert any("B 名称" in text for _, text in warnings(table))


def test_rows_left_empty_and_far_away_formats_change_nothing() -> None:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_blank(200_000, 3, None, book.add_format({"bold": True}))

    table = read(make_xlsx([HEAD, (), ("A1", "甲"), (), (), ("A2", "乙")], also=more))
    assert [line.row for line in table.lines] == [3, 6]


def test_a_cell_outside_the_headers_is_an_error_of_that_row() -> None:
    table = read(make_xlsx([("编号", "名称"), ("A1", "甲", "", "多")]))
    assert [(error.row, error.column, error.value) for error in table.errors] == [(2, "D", "多")]


def test_headers_with_blanks_breaks_and_stars_are_known() -> None:
    table = read(make_xlsx([("*编 号", "名\n称", "面积（亩）"), ("A1", "甲", 3)]))
    assert dict(table.lines[0].cells) == {"code": "A1", "name": "甲", "area": "3"}


# ---- sheets -----------------------------------------------------------------------------------------------------------------------------


def several(hide: str = "") -> bytes:
    def more(book: Any, _sheet: Any) -> None:
        for name in ("二月", "三月"):
            sheet = book.add_worksheet(name)
            for place, row in enumerate((HEAD, (f"{name}1", "甲"))):
                sheet.write_row(place, 0, row)
            if name == hide:
                sheet.hide()

    return make_xlsx([("请看后面的表",)], name="封面", also=more)


def test_of_several_sheets_one_must_be_named() -> None:
    field, reason, remedy = refused(several())
    assert field == "sheet" and "几张工作表" in reason
    assert "1 封面" in remedy and "2 二月" in remedy and "3 三月" in remedy
    assert read(several(), "三月").lines[0].cells["code"] == "三月1"
    assert read(several(), "2").lines[0].cells["code"] == "二月1"
    assert "没有工作表“9”" in refused(several(), "9")[1]


def test_the_only_visible_sheet_with_the_columns_is_read_and_the_others_named() -> None:
    table = read(several(hide="三月"))
    assert table.lines[0].cells["code"] == "二月1"
    told = " ".join(text for _, text in warnings(table))
    assert "隐藏的工作表没有读取：三月" in told and "没有读取：封面" in told
    assert any("是隐藏的，按您的指定读取" in text for _, text in warnings(read(several(hide="三月"), "三月")))


def test_a_workbook_without_data_says_so() -> None:
    assert "没有数据" in refused(make_xlsx([]))[1]
    assert "没有数据" in refused(make_xlsx([HEAD]))[1]


def test_a_sheet_of_a_text_file_is_refused() -> None:
    assert refused("编号,名称\nA1,甲\n".encode(), "1")[0] == "sheet"


# ---- other formats ----------------------------------------------------------------------------------------------------------------------


def test_an_ods_with_hidden_rows_merges_and_repeats() -> None:
    merged = '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>同</text:p></table:table-cell>'
    body = (
        ods_row(["编号", "名称", "面积(亩)"])
        + ods_row(["A1", "甲", 1.5])
        + ods_row(["A2", "乙", 2], ' table:visibility="filter"')
        + '<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
        + f"<table:table-row>{ods_cell('A3')}{merged}</table:table-row>"
        + f"<table:table-row>{ods_cell('A4')}<table:covered-table-cell/></table:table-row>"
    )
    table = read(make_ods(body=body))
    assert [(line.row, line.cells["code"], line.cells["name"]) for line in table.lines] == [
        (2, "A1", "甲"),
        (1004, "A3", "同"),
        (1005, "A4", "同"),
    ]
    assert [error.row for error in table.errors] == [3]


def test_an_old_xls_is_read_with_a_caution() -> None:
    table = read(make_xls([HEAD, ("0012", "甲", 12.5, 46086.0)]))
    assert dict(table.lines[0].cells) == {"code": "0012", "name": "甲", "area": "12.5", "on": "46086"}
    assert any(".xls" in text for _, text in warnings(table))


@pytest.mark.parametrize("name", ["x.csv", "x.pdf", "x", "x.xls"])
def test_the_content_decides_not_the_name(name: str) -> None:
    assert len(read_file(KIND, make_xlsx([HEAD, ("A1", "甲")]), name=name).lines) == 1


def test_a_csv_under_the_name_of_a_workbook_is_read_and_told() -> None:
    table = read_file(KIND, "编号,名称\nA1,甲\n".encode("gbk"), name="x.xls")
    assert table.lines[0].cells["name"] == "甲" and "内容是 CSV" in warnings(table)[0][1]


# ---- out --------------------------------------------------------------------------------------------------------------------------------

DANGEROUS = ["=1+1", "+1 号", "-甲", "@SUM(A1)", "'引号", "''", "\u3000=1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_leaves_harmless_and_comes_back_equal(text: str) -> None:
    content = to_xlsx(KIND, [{"code": "A1", "name": text, "area": "-3"}])
    assert b"<f>" not in b"".join(_parts(content))
    (line,) = read(content).lines
    assert line.cells["name"] == text.strip() and line.cells["area"] == "-3"


def _parts(content: bytes) -> list[bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_a_value_that_no_cell_can_hold_is_refused_not_cut() -> None:
    with pytest.raises(Invalid, match="超出工作簿一格"):
        to_xlsx(KIND, [{"code": "A1", "name": "x" * 40_000}])


def test_a_template_explains_itself_and_can_be_filled() -> None:
    content = template_xlsx(KIND)
    assert "只有列名" in refused(content)[1]
    explained = read_explanation(content)
    assert any(row[:3] == ["编号", "code", "是"] for row in explained)
    assert any(row[1] == "mode" and row[-1] == "a、b" for row in explained)
    assert b'type="list"' in b"".join(_parts(content))


def read_explanation(content: bytes) -> list[list[str]]:
    from gi_registry.bulk.workbooks import open_workbook

    book = open_workbook(content, "填写说明")
    assert book.chosen is not None
    return [list(cells) for _, cells in book.grids[book.chosen].rows]
