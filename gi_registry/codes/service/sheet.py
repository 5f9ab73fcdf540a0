"""The A4 label sheet: what a label says is decided elsewhere, here it is drawn. 18 labels of 60 × 45 mm with cut marks.

Paper is Chinese: the text of a label is what the rules on marking ask for. The special mark is never drawn by us: an operator's file goes
into the slot, without one a frame says that it is a sample. The GI's name stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from gi_registry.assets import PACKAGE
from gi_registry.codes.rules.format import grouped
from gi_registry.codes.service.drawing import Box, draw_mark
from gi_registry.codes.service.symbol import QUIET, rectangles
from gi_registry.kernel.words import say

FONT = "NotoSansSC"
FONT_FILE = PACKAGE / "static/vendor/noto-sans-sc/NotoSansSC-Regular-subset.ttf"
COLUMNS, ROWS = 3, 6
PER_PAGE = COLUMNS * ROWS
WIDTH, HEIGHT = 60 * mm, 45 * mm
LEFT, BOTTOM = (A4[0] - COLUMNS * WIDTH) / 2, 15 * mm
INK, GREY = 0.0, 0.45
_PAD = 1.8 * mm
_SYMBOL = 20.5 * mm
_SLOT = 18 * mm
_TEXT_X = 23.8 * mm
_TEXT_WIDTH = WIDTH - _TEXT_X - _PAD
_GETA = "〓"  # printers' mark for a character that is not in the case


@dataclass(frozen=True)
class LabelText:
    """What every label of a sheet says. Empty texts are elements that the track does not ask for."""

    gi_name: str
    product: str
    content: str
    producer: str
    uscc: str
    basis: str = ""  # standard or announcement no.
    trade_mark: str = ""
    registration: str = ""
    special_mark: bool = True
    mark_image: Path | None = None


@dataclass(frozen=True)
class Footer:
    """What stands in the margin of each page."""

    number: str
    printed_on: str
    first_serial: int = 1


def draw_sheets(codes: Sequence[str], *, text: LabelText, address: str, footer: Footer) -> bytes:
    """Return the PDF of the codes; ``address`` + code, in upper case, is what the QR symbol holds."""
    _font()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, initialFontName=FONT)
    canvas.setAuthor("gi_registry")
    canvas.setTitle(str(say("标签印张 %(number)s", number=footer.number)))
    pages = -(-len(codes) // PER_PAGE)
    face = _face(canvas, text)
    for page in range(pages):
        on_page = codes[page * PER_PAGE : (page + 1) * PER_PAGE]
        _cut_marks(canvas)
        for place, code in enumerate(on_page):
            canvas.saveState()
            canvas.translate(LEFT + place % COLUMNS * WIDTH, BOTTOM + (ROWS - 1 - place // COLUMNS) * HEIGHT)
            canvas.doForm(face)
            _draw_code(canvas, code, address)
            canvas.restoreState()
        _margin(canvas, footer, page=page, pages=pages, labels=len(on_page))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@cache
def _font() -> TTFont:
    font = TTFont(FONT, str(FONT_FILE))
    registerFont(font)
    return font


def printable(text: str) -> str:
    """Return the text with a geta mark for each character that the embedded font lacks."""
    glyphs = _font().face.charToGlyph
    return "".join(letter if ord(letter) in glyphs else _GETA for letter in text)


def _face(canvas: Canvas, text: LabelText) -> str:
    """Draw once what all labels share, and return the name of the form."""
    canvas.beginForm("face", 0, 0, WIDTH, HEIGHT)
    canvas.setFillGray(INK)
    y = HEIGHT - _PAD - 10
    for line, size, lines in (
        (text.gi_name, 10.5, 1), (text.product, 7.5, 2), (text.content, 6.8, 1), (text.basis, 6.5, 2), (text.producer, 6.5, 2),
    ):  # fmt: skip
        y = _paragraph(canvas, line, y, size=size, lines=lines)
    if text.trade_mark:
        _trade_mark(canvas, text, y)
    if text.special_mark:
        _mark_slot(canvas, text)
    elif text.uscc:
        _centred(canvas, text.uscc, _PAD + _SYMBOL / 2, HEIGHT - 12 * mm, width=_SYMBOL, size=6)
    canvas.endForm()
    return "face"


def _paragraph(canvas: Canvas, text: str, y: float, *, size: float, lines: int) -> float:
    if not text:
        return y
    parts = _wrapped(printable(text), size=size, lines=lines)
    for part in parts:
        fitted = min(size, size * _TEXT_WIDTH / max(stringWidth(part, FONT, size), 1))
        canvas.setFont(FONT, fitted)
        canvas.drawString(_TEXT_X, y, part)
        y -= size * 1.25
    return y - 1.2


def _wrapped(text: str, *, size: float, lines: int) -> list[str]:
    """Break into at most ``lines``; the last takes the rest and is set smaller."""
    parts: list[str] = []
    while text and len(parts) < lines - 1 and stringWidth(text, FONT, size) > _TEXT_WIDTH:
        cut = len(text)
        while cut > 1 and stringWidth(text[:cut], FONT, size) > _TEXT_WIDTH:
            cut -= 1
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text else parts


def _centred(canvas: Canvas, text: str, x: float, y: float, *, width: float, size: float) -> None:
    shown = printable(text)
    canvas.setFont(FONT, min(size, size * width / max(stringWidth(shown, FONT, size), 1)))
    canvas.drawCentredString(x, y, shown)


def _mark_slot(canvas: Canvas, text: LabelText) -> None:
    """The slot for the special mark with the user's code at its foot; ours is a frame that says it is a sample."""
    left, bottom, middle = _PAD, HEIGHT - _PAD - _SLOT - 1, _PAD + _SYMBOL / 2
    if text.mark_image is not None:
        draw_mark(canvas, text.mark_image, Box(left + (_SYMBOL - 15 * mm) / 2, bottom + 3.4 * mm, 15 * mm, 15 * mm))
    else:
        canvas.setStrokeGray(GREY)
        canvas.setLineWidth(0.5)
        canvas.setDash(2, 1.5)
        canvas.rect(left + 0.5, bottom + 0.5, _SYMBOL - 1, _SLOT)
        canvas.setDash()
        _centred(canvas, str(say("专用标志")), middle, bottom + 10.6 * mm, width=_SYMBOL - 6, size=9)
        _centred(canvas, str(say("（样框）")), middle, bottom + 6.6 * mm, width=_SYMBOL - 6, size=7)
    _centred(canvas, text.uscc, middle, bottom + 1.4 * mm, width=_SYMBOL - 4, size=6)


def _trade_mark(canvas: Canvas, text: LabelText, y: float) -> None:
    height = 5.4 * mm
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.5)
    canvas.rect(_TEXT_X, y - height + 5, _TEXT_WIDTH, height)
    line = f"{say('商标')} {text.trade_mark} {text.registration}"
    _centred(canvas, line, _TEXT_X + _TEXT_WIDTH / 2, y - height / 2 + 2.6, width=_TEXT_WIDTH - 4, size=6.5)


def _draw_code(canvas: Canvas, code: str, address: str) -> None:
    modules, runs = rectangles((address + code).upper())
    unit = _SYMBOL / (modules + 2 * QUIET)
    left, top = _PAD + QUIET * unit, 1 + _SYMBOL - QUIET * unit
    path = canvas.beginPath()
    for row, start, length in runs:
        path.rect(left + start * unit, top - (row + 1) * unit, length * unit, unit)
    canvas.setFillGray(INK)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFont(FONT, 7.2)
    canvas.drawString(_TEXT_X, _PAD + 5 * mm, grouped(code))
    canvas.setFont(FONT, 5.6)
    canvas.drawString(_TEXT_X, _PAD + 2 * mm, str(say("扫码或输入上面 20 位编码查验")))


def _cut_marks(canvas: Any) -> None:
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.3)
    right, top, mark = LEFT + COLUMNS * WIDTH, BOTTOM + ROWS * HEIGHT, 4 * mm
    for column in range(COLUMNS + 1):
        x = LEFT + column * WIDTH
        canvas.line(x, BOTTOM - 1, x, BOTTOM - mark)
        canvas.line(x, top + 1, x, top + mark)
        for row in range(1, ROWS):
            canvas.line(x, BOTTOM + row * HEIGHT - 1.5, x, BOTTOM + row * HEIGHT + 1.5)
    for row in range(ROWS + 1):
        y = BOTTOM + row * HEIGHT
        canvas.line(LEFT - 1, y, LEFT - mark, y)
        canvas.line(right + 1, y, right + mark, y)
        for column in range(1, COLUMNS):
            canvas.line(LEFT + column * WIDTH - 1.5, y, LEFT + column * WIDTH + 1.5, y)


def _margin(canvas: Canvas, footer: Footer, *, page: int, pages: int, labels: int) -> None:
    canvas.setFillGray(INK)
    canvas.setFont(FONT, 7.5)
    low = footer.first_serial + page * PER_PAGE
    canvas.drawString(
        LEFT, 7 * mm, str(say("申领编号 %(number)s　序号 %(low)s 至 %(high)s", number=footer.number, low=low, high=low + labels - 1))
    )
    canvas.drawCentredString(A4[0] / 2 + 12 * mm, 7 * mm, footer.printed_on)
    canvas.drawRightString(A4[0] - LEFT, 7 * mm, str(say("第 %(page)s 页，共 %(pages)s 页", page=page + 1, pages=pages)))
