"""A label sheet of any length is written page by page: every page is there, every label once, every symbol reads, whatever the blocks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from gi_registry.codes.rules.format import grouped
from gi_registry.codes.rules.mint import mint_lines
from gi_registry.codes.rules.pitches import CUT, PITCHES, Pitch, pitch_named
from gi_registry.codes.service import pdfstream
from gi_registry.codes.service.calibration import calibration_page
from gi_registry.codes.service.sheet import Footer, LabelText, stream_sheets
from gi_registry.kernel.errors import Invalid

PER_PAGE = CUT.per_page
ADDRESS = "HTTPS://GI.EXAMPLE.CN/T/"
TEXT = LabelText(
    gi_name="示例湖大闸蟹", product="示例大闸蟹 特级", content="数量 1 件", producer="示例湖甲蟹业专业合作社", uscc="91999999MA01000672"
)


def lines_of(count: int) -> bytes:
    return b"".join(mint_lines(bytes(32), key_id=3, range_label="7Z0QK", low=0, high=count))


def cut(lines: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


def sheets(count: int, *, block: int = 1 << 20, free: Sequence[int] = (), pitch: Pitch = CUT, level: str = "M") -> bytes:
    blocks, footer = cut(lines_of(count), block), Footer("SL-1", "2026-01-20", 1_001)
    return b"".join(stream_sheets(blocks, count=count, text=TEXT, address=ADDRESS, footer=footer, free=free, pitch=pitch, level=level))


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


def placed(pdf: bytes, page: int, pitch: Pitch = CUT) -> dict[int, str]:
    """Return the code that stands in each cell of a page."""
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=300 / 72).to_pil()
    found = {}
    for symbol in zxingcpp.read_barcodes(picture):
        x, y = symbol.position.top_left.x * 25.4 / 300, (picture.height - symbol.position.top_left.y) * 25.4 / 300
        inside = [left <= x < left + pitch.width and low <= y < low + pitch.height for left, low in pitch.cells]
        (cell,) = [number for number, within in enumerate(inside) if within]
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


@pytest.mark.parametrize("level", ["M", "Q"])
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_symbols_are_read_as_printers_set_them(dpi: int, level: str) -> None:
    assert read(sheets(18, level=level), 0, dpi) == sorted(lines_of(18).decode().split())


@pytest.mark.parametrize("pitch", PITCHES.values(), ids=list(PITCHES))
def test_every_paper_has_its_labels_in_their_cells(pitch: Pitch) -> None:
    count = pitch.per_page + 3
    pdf, codes = sheets(count, pitch=pitch, free=range(2, pitch.per_page)), lines_of(count).decode().split()
    first = codes[: pitch.per_page - 2]
    assert placed(pdf, 0, pitch) == dict(enumerate(first, 2))
    assert placed(pdf, 1, pitch) == dict(enumerate(codes[len(first) :]))
    words = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert f"序号 1001 至 {1_000 + len(first)}" in words
    for left, bottom in pitch.cells:
        assert 4 <= left <= 210 - 4 - pitch.width, "printers leave the edges white"
        assert 4 <= bottom <= 297 - 4 - pitch.height


def test_neighbours_do_not_overlap_and_a_strange_paper_is_refused() -> None:
    for pitch in PITCHES.values():
        assert pitch.step >= pitch.width
        assert len(set(pitch.cells)) == pitch.per_page
    assert pitch_named("") is CUT
    with pytest.raises(Invalid, match="没有这种标签纸"):
        pitch_named("9x9")


def stained(picture: Image.Image, *, share: float, seed: int, tone: int) -> Image.Image:
    """Return a symbol (37 modules wide with its quiet zone) with one stain over ``share`` of its area, beside the three finders."""
    pixels, generator = np.array(picture), np.random.default_rng(seed)
    module = len(pixels) / 37
    low, high, finder = round(4 * module), round(33 * module), round(8 * module)
    size = round(share**0.5 * (high - low))
    while True:
        x, y = generator.integers(low, high - size + 1, 2)
        left, right = x < low + finder, x + size > high - finder
        top, bottom = y < low + finder, y + size > high - finder
        if not ((left and top) or (right and top) or (left and bottom)):
            break
    pixels[y : y + size, x : x + size] = tone
    return Image.fromarray(pixels)


def read_stained(level: str, dpi: int, *, share: float) -> int:
    """Return how many of 18 symbols, each with a black, a grey and a white stain, are read out of focus; 54 are all."""
    page = pypdfium2.PdfDocument(sheets(18, level=level))[0].render(scale=dpi / 72).to_pil().convert("L")
    codes, right = lines_of(18).decode().split(), 0
    for number, (left, bottom) in enumerate(CUT.cells):
        top = 297 - bottom - 0.35 - 20.5
        box = [round(side / 25.4 * dpi) for side in (left + 1.8, top, left + 22.3, top + 20.5)]
        symbol = page.crop((box[0], box[1], box[2], box[3])).resize((592, 592), Image.Resampling.BOX)
        for tone in (0, 128, 255):
            spoiled = stained(symbol, share=share, seed=number, tone=tone).filter(ImageFilter.GaussianBlur(3))
            found = [result.text.removeprefix(ADDRESS) for result in zxingcpp.read_barcodes(spoiled)]
            assert found in ([], [codes[number]]), "never another code"
            right += len(found)
    return right


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_stain_on_a_tenth_of_a_symbol_is_borne_at_level_q(dpi: int) -> None:
    """As printed at so many dots, stained and out of focus: all are read at Q. Controls: M loses some, and Q all with a quarter stained."""
    assert read_stained("Q", dpi, share=0.10) == 54
    assert read_stained("M", dpi, share=0.10) < 50
    assert read_stained("Q", dpi, share=0.25) == 0


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
