"""What is read from a file, and how it is refused."""

from __future__ import annotations

import json

import pytest

from gi_registry.bulk.rules import Column, Kind, read_table
from gi_registry.bulk.rules.mapping import apply, mapping_of, own_headers
from gi_registry.bulk.rules.writing import safe_cell, template, to_csv, to_geojson
from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say

KIND = Kind(
    "things",
    say("物"),
    (Column("code", say("编号"), "A1", required=True), Column("name", say("名称"), "甲", required=True), Column("note", say("备注"), "无")),
    store=lambda _work, _row: None,
)
TEXT = '编号,名称,备注\r\nA1,阳澄湖,\r\nA2,"五常,大米",好\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_every_encoding_of_the_contract_is_read(encoding: str) -> None:
    table = own_headers(KIND, read_table(TEXT.encode(encoding)))
    assert table.headers == ("code", "name", "note")
    assert [dict(line.cells) for line in table.lines] == [
        {"code": "A1", "name": "阳澄湖", "note": ""},
        {"code": "A2", "name": "五常,大米", "note": "好"},
    ]
    assert [line.row for line in table.lines] == [2, 3]


def test_rare_characters_need_gb18030_and_are_found() -> None:
    text = "编号,名称\nA1,㭎𠮷村\n"
    assert read_table(text.encode("gb18030")).lines[0].cells["名称"] == "㭎𠮷村"


def refusal(content: bytes, **options: str) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        own_headers(KIND, read_table(content, **options))
    (field,) = refused.value.fields
    assert field.remedy is not None
    return str(field.reason), str(field.remedy)


def test_a_file_that_mixes_encodings_names_a_row_of_each() -> None:
    mixed = "编号,名称\nA1,阳澄湖\n".encode() + "A2,五常大米\n".encode("gbk")
    reason, _ = refusal(mixed)
    assert "混用" in reason and "第 1 行是 UTF-8" in reason and "第 3 行不是" in reason


def test_a_wrong_encoding_names_the_row() -> None:
    reason, _ = refusal("编号,名称\nA1,阳澄湖\n".encode("gbk"), encoding="utf-8")
    assert "第 1 行不是 UTF-8" in reason
    assert "不支持编码" in refusal(b"a", encoding="ebcdic")[0]


@pytest.mark.parametrize("content", [b"", b"  \r\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(content: bytes) -> None:
    reason = refusal(content)[0]
    assert "空" in reason or "没有列名" in reason


def test_a_file_with_headers_only_says_so() -> None:
    assert "没有数据" in refusal(b"code,name\n")[0]


def test_a_file_without_a_required_column_names_it_and_the_remedy() -> None:
    reason, remedy = refusal(b"code,note\nA1,x\n")
    assert "name（名称）" in reason and "--mapping" in remedy


def test_an_unknown_column_is_not_dropped_in_silence() -> None:
    reason, remedy = refusal(b"code,name,nmae\nA1,x,y\n")
    assert "nmae" in reason and "code" in remedy


def test_a_column_that_stands_twice_or_has_no_name() -> None:
    assert "不止一次" in refusal(b"code,name,name\nA1,x,y\n")[0]
    assert "没有列名" in refusal(b"code,,name\nA1,x,y\n")[0]


def test_a_ragged_row_is_an_error_of_that_row_and_no_other() -> None:
    table = read_table(b"code,name\nA1,x\nA2\nA3,y,z\nA4,w\n")
    assert [(error.row, str(error.reason)) for error in table.errors] == [
        (3, "这一行有 1 格，列名有 2 个。"),
        (4, "这一行有 3 格，列名有 2 个。"),
    ]
    assert [line.row for line in table.lines] == [2, 5]


def test_an_unclosed_quote_names_the_row() -> None:
    assert "引号" in refusal(b'code,name\nA1,"x\nA2,y\n')[0]


def test_other_formats_are_named() -> None:
    assert "PDF" in refusal(b"%PDF-1.7\n")[0]
    assert "网页" in refusal(b"<html><table><tr><td>code</td></tr></table></html>", name="rows.xls")[0]
    assert "网页或 XML" in refusal(b'<?xml version="1.0"?><Workbook></Workbook>', name="rows.xls")[0]
    assert "UTF-16" in refusal("编号".encode("utf-16"))[0]
    assert "空字节" in refusal(b"code,name\nA1,\x00\n")[0]


def test_a_feature_collection_is_rows_with_a_geometry() -> None:
    body = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": "A1", "n": 3, "b": True, "x": None},
                "geometry": {"type": "Point", "coordinates": [1, 2]},
            }
        ],
    }
    (line,) = read_table(json.dumps(body).encode()).lines
    assert line.cells["code"] == "A1" and line.cells["n"] == "3" and line.cells["b"] == "true" and line.cells["x"] == ""
    assert json.loads(line.cells["geometry"]) == {"type": "Point", "coordinates": [1, 2]}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'{"type": "Feature"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "没有要素"),
        (b'{"type": "FeatureCollection", "features": [NaN]}', "NaN"),
        (b'{"type": ', "GeoJSON"),
        (b"{" * 3 + b'"a":' + b"[" * 100_000, "GeoJSON"),
    ],
)
def test_what_is_no_feature_collection(content: bytes, word: str) -> None:
    assert word in refusal(content)[0]


def test_a_feature_that_is_none_is_an_error_of_its_own() -> None:
    table = read_table(b'{"type": "FeatureCollection", "features": [3, {"type": "Feature", "properties": null, "geometry": null}]}')
    assert [error.row for error in table.errors] == [1]
    assert len(table.lines) == 1


def test_a_mapping_reads_foreign_headers() -> None:
    mapping = mapping_of("m", {"things": {"code": "X {No}", "name": "{City}/{Name}", "note": "fixed"}}, KIND)
    table = apply(mapping, read_table("No,Name,City,Extra\n1,甲,乙,z\n,,,q\n".encode()))
    assert [dict(line.cells) for line in table.lines] == [
        {"code": "X 1", "name": "乙/甲", "note": "fixed"},
        {"code": "", "name": "", "note": "fixed"},
    ]


def test_a_mapping_names_what_the_file_lacks_and_what_the_kind_lacks() -> None:
    mapping = mapping_of("m", {"things": {"code": "{No}"}}, KIND)
    with pytest.raises(Invalid, match="No"):
        apply(mapping, read_table(b"a\n1\n"))
    with pytest.raises(Invalid, match="不属于"):
        mapping_of("m", {"things": {"colour": "{No}"}}, KIND)
    with pytest.raises(Invalid, match="不适用"):
        mapping_of("m", {"others": {"code": "{No}"}}, KIND)


@pytest.mark.parametrize("evil", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\tx"])
def test_a_formula_is_neutralised_on_the_way_out_and_comes_back_the_same(evil: str) -> None:
    assert safe_cell(evil) == f"'{evil}"
    content = to_csv(KIND, [{"code": "A1", "name": evil, "note": "-5"}])
    assert f"'{evil.strip()}" in content.decode("utf-8-sig") or "\t" in evil
    back = read_table(content).lines[0].cells
    assert back["note"] == "-5"
    if "\t" not in evil:
        assert back["name"] == evil


def test_a_template_and_geojson_can_be_read_back() -> None:
    assert dict(own_headers(KIND, read_table(template(KIND))).lines[0].cells) == {"code": "A1", "name": "甲", "note": "无"}
    assert read_table(to_geojson(KIND, [{"code": "A1", "name": "甲"}])).lines[0].cells["name"] == "甲"


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800"])
def test_characters_that_no_database_keeps_are_an_error_of_their_row(escape: str) -> None:
    body = '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"code": "ESCAPE"}, "geometry": null}]}'
    table = read_table(body.replace("ESCAPE", escape).encode())
    assert [(error.row, error.column) for error in table.errors] == [(1, "code")]
