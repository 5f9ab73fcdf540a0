"""Workbooks for tests: good ones and hostile ones, made by hand where no program would make them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[object]]
ROWS: Rows = (("code", "name", "note"), ("A1", "阳澄湖", ""), ("A2", "五常大米", "好"))


def make_xlsx(rows: Rows = ROWS, *, name: str = "表", also: Callable[[Any, Any], None] | None = None, **options: Any) -> bytes:
    """Return a workbook with one sheet; ``also(book, sheet)`` does the rest to it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    sheet = book.add_worksheet(name)
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    if also:
        also(book, sheet)
    book.close()
    return out.getvalue()


def rezip(content: bytes, *, change: dict[str, bytes | None], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zipped workbook with parts replaced, added or (None) left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {name: part for name, part in change.items() if part is not None}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in parts.items():
            if not (name in change and change[name] is None):
                archive.writestr(name, part)
    return out.getvalue()


def part_of(content: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return one part of a zipped workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    "<office:body><office:spreadsheet>%s</office:spreadsheet></office:body></office:document-content>"
)


def ods_cell(value: object) -> str:
    """Return a cell of an ODS."""
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    if not value:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def ods_row(cells: Sequence[object], attributes: str = "") -> str:
    """Return a row of an ODS."""
    return f"<table:table-row{attributes}>{''.join(map(ods_cell, cells))}</table:table-row>"


def make_ods(rows: Rows = ROWS, *, body: str = "", manifest: str = "<manifest/>") -> bytes:
    """Return an ODS with one sheet, its rows given or written out in ``body``."""
    inner = body or "".join(map(ods_row, rows))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS % f'<table:table table:name="表">{inner}</table:table>')
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _biff(rows: Rows) -> bytes:
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    name = b"\x01\x01" + "表".encode("utf-16-le")
    end = _record(0x000A, b"")
    place = len(begin) + 4 + 6 + len(name) + len(end)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float):
                sheet += _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))
            elif cell:
                text = str(cell)
                sheet += _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))
    return begin + _record(0x0085, struct.pack("<IH", place, 0) + name) + end + sheet + end


def make_xls(rows: Rows = ROWS, *, stream: str = "Workbook") -> bytes:
    """Return a workbook in the old binary format: BIFF8 in a compound file of 512-byte sectors."""
    data = _biff(rows)
    data += bytes(max(4096, -(-len(data) // 512) * 512) - len(data))
    sectors = len(data) // 512
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain) + b"\xff" * (512 - 4 * len(chain))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 432
    return head + fat + _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1) + _entry(stream, 2, 2, len(data)) + bytes(256) + data


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text + bytes(64 - len(text)) + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return entry + bytes(36) + struct.pack("<IQ", start, size)
