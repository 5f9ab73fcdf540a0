"""Workbooks that mean harm, or are no workbooks: a clear refusal, quickly, and nothing is left behind."""

from __future__ import annotations

import io
import os
import random
import struct
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gi_registry.bulk.rules import Column, Kind
from gi_registry.bulk.service import Options, read_file
from gi_registry.bulk.workbooks import open_workbook
from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say
from tests.builders.sheets import make_ods, make_xls, make_xlsx, ods_row, part_of, rezip

KIND = Kind(
    "things",
    say("物"),
    (Column("code", say("编号"), required=True), Column("name", say("名称"), required=True), Column("note", say("备注"))),
    store=lambda _work, _row: None,
)
SHEET = "xl/worksheets/sheet1.xml"
MOST_CPU_S = 2.0


def left_behind() -> set[str]:
    return {entry.name for entry in Path(tempfile.gettempdir()).iterdir() if entry.stat().st_uid == os.getuid()} - {"bash_jobs"}


@pytest.fixture
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the readers a directory of their own for temporary files, and see that it is empty afterwards."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    assert left_behind() == set()


def children_cpu_s() -> float:
    times = os.times()
    return times.children_user + times.children_system + times.user + times.system


def refusal(content: bytes) -> str:
    """Read a hostile file; return why it is refused. It may cost no more than two seconds of processor time."""
    before = children_cpu_s()
    with pytest.raises(Invalid) as refused:
        read_file(KIND, content, name="x.xlsx", options=Options())
    assert children_cpu_s() - before < MOST_CPU_S
    (field,) = refused.value.fields
    assert field.remedy is not None
    return str(field.reason)


def changed_sheet(old: bytes, new: bytes) -> bytes:
    content = make_xlsx()
    sheet = part_of(content)
    assert old in sheet
    return rezip(content, change={SHEET: sheet.replace(old, new)})


def lying_sizes() -> bytes:
    """Return a workbook whose directory says that every part is one byte long."""
    content = bytearray(make_xlsx())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 24 : place + 28] = struct.pack("<I", 1)
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


def escaping() -> bytes:
    return rezip(make_xlsx(), change={"../../evil.xml": b"<x/>"})


def marked_encrypted() -> bytes:
    content = bytearray(make_xlsx())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def many_parts() -> bytes:
    return rezip(make_xlsx(), change={f"x/{number}.bin": b"" for number in range(2_500)})


def shared_string_bomb() -> bytes:
    """Return a workbook in which one long text stands in very many cells."""
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 20_001))
    content = make_xlsx()
    head, _, rest = part_of(content).partition(b"<sheetData>")
    text = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' count='1'><si><t>%s</t></si></sst>"
    tail = rest.partition(b"</sheetData>")[2]
    sheet = head + b"<sheetData>" + cells + b"</sheetData>" + tail
    return rezip(content, change={SHEET: sheet, "xl/sharedStrings.xml": text % (b"x" * 400_000)})


def unclosed_cells() -> bytes:
    content = make_xlsx()
    head = part_of(content).partition(b"<sheetData>")[0]
    return rezip(content, change={SHEET: head + b'<sheetData><row r="1">' + b'<c r="A1" t="e"><f>' * 200_000})


HOSTILE = {
    "zip bomb": (lambda: rezip(make_xlsx(), change={"xl/media/x.xml": bytes(60_000_000)}), "解压后大得异常"),
    "sheet of blanks": (lambda: changed_sheet(b"<sheetData>", b"<sheetData>" + b" " * 60_000_000), "解压后大得异常"),
    "very many parts": (many_parts, "解压后大得异常"),
    "sizes that lie": (lying_sizes, "损坏"),
    "path escape": (escaping, "损坏"),
    "entity expansion": (
        lambda: changed_sheet(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'),
        "XML 声明",
    ),
    "external entity": (lambda: changed_sheet(b"<worksheet", b'<!DOCTYPE w SYSTEM "file:///etc/passwd"><worksheet'), "XML 声明"),
    "cell at the far end": (
        lambda: changed_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        "工作簿",
    ),
    "shared string bomb": (shared_string_bomb, "工作簿"),
    "unclosed cells": (unclosed_cells, "工作簿"),
    "truncated": (lambda: make_xlsx()[:-700], "损坏"),
    "only the first bytes": (lambda: make_xlsx()[:60], "损坏"),
    "no sheet part": (lambda: rezip(make_xlsx(), change={SHEET: None}), ""),
    "sheet that is no XML": (lambda: rezip(make_xlsx(), change={SHEET: b"\x00\xff" * 500}), ""),
    "encrypted package": (lambda: make_xls(stream="EncryptedPackage"), "密码"),
    "encrypted entry": (marked_encrypted, "密码"),
    "encrypted ODS": (lambda: make_ods(manifest="<manifest><encryption-data/></manifest>"), "密码"),
    "repeated ODS rows": (
        lambda: make_ods(body=ods_row(["code", "name"]) + ods_row(["A", "B"], ' table:number-rows-repeated="1000000000"')),
        "行数超过上限",
    ),
    "truncated XLS": (lambda: make_xls()[:1500], ""),
    "empty archive": (lambda: b"PK\x05\x06" + bytes(18), ""),
    "word processor file": (lambda: rezip(make_ods(), change={"content.xml": None, "word/document.xml": b"<w/>"}), "不是工作簿"),
    "binary workbook": (
        lambda: rezip(make_ods(), change={"content.xml": None, "[Content_Types].xml": b"<Types>ms-excel.sheet.binary.macro</Types>"}),
        "xlsb",
    ),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "web page": (lambda: "<html><table><tr><td>code</td></tr></table></html>".encode("gbk"), "网页"),
    "zeros": (lambda: bytes(5_000), "空字节"),
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.usefixtures("nothing_left")
def test_a_hostile_file_is_refused_quickly_and_leaves_nothing(what: str) -> None:
    make, words = HOSTILE[what]
    assert words in refusal(make())


@pytest.mark.parametrize("make", [make_xlsx, make_ods, make_xls])
@pytest.mark.usefixtures("nothing_left")
def test_a_good_file_of_each_format_passes(make: object) -> None:
    """The negative control: the same way in takes what is good."""
    assert callable(make)
    table = read_file(KIND, make(), options=Options())
    assert [line.cells for line in table.lines] == [
        {"code": "A1", "name": "阳澄湖", "note": ""},
        {"code": "A2", "name": "五常大米", "note": "好"},
    ]


def rows_or_refusal(content: bytes) -> int | str:
    """Return how many rows are read, or that the file is refused; anything else that happens fails the test."""
    try:
        table = read_file(KIND, content, options=Options())
    except Invalid:
        return "refused"
    return len(table.lines) + len(table.errors)


def test_a_false_dimension_changes_nothing() -> None:
    for dimension in (b"A1:XFD1048576", b"A1", b"ZZZ999:A1", b"nonsense"):
        content = make_xlsx()
        sheet = part_of(content)
        start = sheet.index(b'<dimension ref="') + len(b'<dimension ref="')
        lying = rezip(content, change={SHEET: sheet[:start] + dimension + sheet[sheet.index(b'"', start) :]})
        assert rows_or_refusal(lying) in (2, "refused")


def test_damaged_bytes_never_do_more_than_refuse() -> None:
    chance = random.Random(7)
    for make in (make_xlsx, make_ods, make_xls):
        good = make()
        for _ in range(12):
            damaged = bytearray(good)
            for _ in range(chance.randint(1, 40)):
                damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
            assert rows_or_refusal(bytes(damaged)) in (1, 2, 3, "refused")


def test_a_reader_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "hangs.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr("gi_registry.bulk.workbooks._CHILD", program)
    monkeypatch.setattr("gi_registry.bulk.workbooks._WALL_S", 0.3)
    began = time.monotonic()
    with pytest.raises(Invalid, match="读到一半就停了"):
        open_workbook(make_xlsx())
    assert time.monotonic() - began < 10


def test_the_reader_knows_no_secret_and_cannot_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "spies.py"
    program.write_text(
        "import json, os, sys\nsys.stdin.buffer.read()\n"
        "names = sorted(os.environ)\n"
        "print(json.dumps({'format': ' '.join(names), 'sheets': [], 'chosen': None, 'grids': {}}))\n"
    )
    monkeypatch.setenv("GI_SECRET_KEY", "a secret")
    monkeypatch.setattr("gi_registry.bulk.workbooks._CHILD", program)
    assert "GI_" not in open_workbook(make_xlsx()).format


def test_the_zip_of_a_bomb_is_small() -> None:
    """The bombs here are bombs: what is sent is small, what would be unpacked is not."""
    bomb = HOSTILE["zip bomb"][0]()
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) > 500 * len(bomb)
