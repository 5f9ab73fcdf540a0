"""A label sheet of any length is written page by page: every page is there, every label once, every symbol reads, whatever the blocks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pypdfium2
import pytest
import zxingcpp

from gi_registry.codes.rules.format import grouped
from gi_registry.codes.rules.mint import mint_lines
from gi_registry.codes.service import pdfstream
from gi_registry.codes.service.calibration import calibration_page
from gi_registry.codes.service.sheet import CELLS, HEIGHT, PER_PAGE, WIDTH, Footer, LabelText, stream_sheets

ADDRESS = "HTTPS://GI.EXAMPLE.CN/T/"
TEXT = LabelText(
    gi_name="示例湖大闸蟹", product="示例大闸蟹 特级", content="数量 1 件", producer="示例湖甲蟹业专业合作社", uscc="91999999MA01000672"
)


def lines_of(count: int) -> bytes:
    return b"".join(mint_lines(bytes(32), key_id=3, range_label="7Z0QK", low=0, high=count))


def cut(lines: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


def sheets(count: int, *, block: int = 1 << 20, free: Sequence[int] = tuple(range(PER_PAGE))) -> bytes:
    blocks, footer = cut(lines_of(count), block), Footer("SL-1", "2026-01-20", 1_001)
    return b"".join(stream_sheets(blocks, count=count, text=TEXT, address=ADDRESS, footer=footer, free=free))


def read(pdf: bytes, page: int, dpi: int = 300) -> list[str]:
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=dpi / 72).to_pil()
    return sorted(found.text.removeprefix(ADDRESS) for found in zxingcpp.read_barcodes(picture))


@pytest.mark.parametrize("count", [1, 17, 18, 19, 36, 257 * 18 + 5])
def test_every_label_stands_on_its_page(count: int) -> None:
    pdf = sheets(count)
    document, codes = pypdfium2.PdfDocument(pdf), lines_of(count).decode().split()
    assert len(document) == -(-count // PER_PAGE)
    for page in {0, len(document) // 2, 255 % len(document), 256 % len(document), len(document) - 1}:
        on_page = codes[page * PER_PAGE : (page + 1) * PER_PAGE]
        words = document[page].get_textpage().get_text_range()
        assert all(grouped(code) in words for code in on_page)
        assert words.count(TEXT.gi_name) == len(on_page)
        assert f"第 {page + 1} 页，共 {len(document)} 页" in words
        assert f"序号 {1_001 + page * PER_PAGE} 至 {1_000 + page * PER_PAGE + len(on_page)}" in words
        assert read(pdf, page) == sorted(on_page)


@pytest.mark.parametrize("block", [1, 20, 21, 22, 18 * 21, 4_085 * 21 + 3])
def test_how_the_codes_come_changes_nothing(block: int) -> None:
    assert sheets(230, block=block) == sheets(230)


def placed(pdf: bytes, page: int) -> dict[int, str]:
    """Return the code that stands in each cell of a page."""
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=300 / 72).to_pil()
    found = {}
    for symbol in zxingcpp.read_barcodes(picture):
        x, y = symbol.position.top_left.x * 72 / 300, picture.height * 72 / 300 - symbol.position.top_left.y * 72 / 300
        (cell,) = [number for number, (left, low) in enumerate(CELLS) if left <= x < left + WIDTH and low <= y < low + HEIGHT]
        found[cell] = symbol.text.removeprefix(ADDRESS)
    return found


@pytest.mark.parametrize(
    ("count", "free"), [(30, (4, 5, 9, 17)), (3, (4, 5, 9, 17)), (4, (0, 1, 2, 3)), (23, (17,)), (36, tuple(range(18)))]
)
@pytest.mark.parametrize("block", [21, 1 << 20])
def test_a_partly_used_sheet_is_filled_where_it_is_free(count: int, free: tuple[int, ...], block: int) -> None:
    pdf, codes = sheets(count, free=free, block=block), lines_of(count).decode().split()
    first = codes[: len(free)]
    assert placed(pdf, 0) == dict(zip(free, first, strict=False))
    document = pypdfium2.PdfDocument(pdf)
    rest = codes[len(free) :]
    assert len(document) == 1 + -(-len(rest) // PER_PAGE)
    assert f"序号 1001 至 {1_000 + len(first)}" in document[0].get_textpage().get_text_range()
    if rest:
        assert placed(pdf, 1) == dict(enumerate(rest[:PER_PAGE]))
        assert f"序号 {1_001 + len(first)} 至 {1_000 + len(first) + len(rest[:PER_PAGE])}" in document[1].get_textpage().get_text_range()


def test_the_calibration_page_numbers_every_cell() -> None:
    words = pypdfium2.PdfDocument(calibration_page())[0].get_textpage().get_text_range().split()
    assert [word for word in words if word.isdigit()][:PER_PAGE] == [str(number) for number in range(1, PER_PAGE + 1)]
    assert "100%" in " ".join(words)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_symbols_are_read_as_printers_set_them(dpi: int) -> None:
    assert read(sheets(18), 0, dpi) == sorted(lines_of(18).decode().split())


def test_a_file_that_is_not_ours_is_not_taken_apart() -> None:
    for other in (b"", b"%PDF-1.4 something else", sheets(1)):
        with pytest.raises(ValueError, match="not a one-page file"):
            pdfstream.shared(other)


def test_the_table_of_offsets_leads_to_every_object() -> None:
    pdf = sheets(40)
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    rows = pdf[start:].split(b"trailer")[0].splitlines()[3:]
    assert len(rows) > 10
    for number, row in enumerate(rows, 1):
        assert pdf[int(row[:10]) :].startswith(b"%d 0 obj" % number), number
    again = io.BytesIO(pdf)
    assert len(pypdfium2.PdfDocument(again)) == 3
