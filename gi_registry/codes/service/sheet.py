"""The A4 label sheet: what a label says is decided elsewhere, here it is drawn, on sheets of any pitch (``rules.pitches``).

Paper is Chinese: the text of a label is what the rules on marking ask for. The special mark is never drawn by us: an operator's file goes
into the slot, without one a frame says that it is a sample. The GI's name stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from gi_registry.assets import PACKAGE
from gi_registry.codes.rules.alphabet import SYMBOLS
from gi_registry.codes.rules.pitches import CUT, Pitch
from gi_registry.codes.service import pdfstream
from gi_registry.codes.service.drawing import Box, draw_mark
from gi_registry.codes.service.roll import Labels, Place
from gi_registry.codes.service.symbol import LEVEL, QUIET, patterns_of
from gi_registry.kernel.words import say

FONT = "NotoSansSC"
FONT_FILE = PACKAGE / "static/vendor/noto-sans-sc/NotoSansSC-Regular-subset.ttf"
INK, GREY = 0.0, 0.45
_PAD = 1.8 * mm
_SYMBOL = 20.5 * mm
_SLOT = 18 * mm
_TEXT_X = 23.8 * mm
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


def stream_sheets(
    blocks: Iterable[bytes],
    *,
    count: int,
    text: LabelText,
    address: str,
    footer: Footer,
    free: Sequence[int] = (),
    pitch: Pitch = CUT,
    level: str = LEVEL,
) -> Iterator[bytes]:
    """Return the PDF of ``count`` labels, as it is made; ``blocks`` are their codes, a line each, as ``rules.mint`` makes them.

    ``address`` + code, in upper case, is what the QR symbol holds. Symbols are 1-bit images drawn from patterns; a page is held at a time.
    ``free`` are the cells of the first sheet that may be printed on (``rules.cells``), all where none is named; ``level`` is M or Q.
    What is wrong with the operator's drawing is raised here, before the first octet: Unavailable.
    """
    common = _common(text, footer, pitch)
    patterns = patterns_of(address, level)
    unit = _SYMBOL / (patterns.size + 2 * QUIET)
    place = _place(unit, patterns.size, pitch.scale, font=common.letters["0"][0])
    each, cells = pitch.per_page, [(x * mm, y * mm) for x, y in pitch.cells]
    free = free or range(each)
    gone = each - len(free)
    pages = -(-(count + gone) // each)

    def contents() -> Iterator[bytes]:
        for number, labels in enumerate(Labels(patterns, place, cells).pages(blocks, free=free)):
            low, high = max(number * each - gone, 0), min((number + 1) * each - gone, count)
            margin = _set_margin(common, _margin(footer, low, high, page=number, pages=pages), pitch)
            yield b"/FormXob.cut Do 0 g\n" + labels + margin

    return pdfstream.stream(common.file, contents())


def _place(unit: float, size: int, scale: float, *, font: str) -> Place:
    left, bottom, side = (length * scale for length in (_PAD + QUIET * unit, 1 + QUIET * unit, unit * size))
    return Place(left, bottom, side, _TEXT_X * scale, (_PAD + 5 * mm) * scale, 7.2 * scale, font)


@dataclass(frozen=True)
class _Common:
    """What the pages of a file share, and how its fonts write a character: the font's name in the file and the octet."""

    file: pdfstream.Shared
    letters: dict[str, tuple[str, int]]

    def written(self, text: str) -> bytes:
        """Return the operators that set a text, its font size 7.5."""
        pieces = groupby((self.letters[letter] for letter in printable(text)), key=itemgetter(0))
        return b" ".join(b"%s 7.5 Tf<%s>Tj" % (font.encode(), bytes(octet for _font, octet in run).hex().encode()) for font, run in pieces)


def _common(text: LabelText, footer: Footer, pitch: Pitch) -> _Common:
    """Draw once what the pages share: cut marks, the face of a label, and every character of a margin so that the fonts have it."""
    font, out = load_font(), BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, initialFontName=FONT)
    canvas.setAuthor("gi_registry")
    canvas.setTitle(str(say("标签印张 %(number)s", number=footer.number)))
    canvas.beginForm("cut", 0, 0, *A4)
    if pitch.cut:
        cut_marks(canvas, pitch)
    canvas.endForm()
    _face(canvas, text, pitch)
    for form in ("cut", "face"):
        canvas.doForm(form)
    needed = printable("".join(dict.fromkeys("".join((SYMBOLS, *_margin(footer, 0, 1, page=0, pages=1))))))
    canvas.setFont(FONT, 7.5)
    canvas.drawString(0, 0, needed)
    document = canvas._doc  # noqa: SLF001  # the only way to ask how its fonts write a character
    letters = {}
    for letter in needed:
        ((subset, octets),) = font.splitString(letter, document)
        letters[letter] = (font.getSubsetInternalName(subset, document), octets[0])
    canvas.showPage()
    canvas.save()
    return _Common(pdfstream.shared(out.getvalue()), letters)


@cache
def load_font() -> TTFont:
    """Return the font of labels, known to reportlab from then on."""
    font = TTFont(FONT, str(FONT_FILE))
    registerFont(font)
    return font


def printable(text: str) -> str:
    """Return the text with a geta mark for each character that the embedded font lacks."""
    glyphs = load_font().face.charToGlyph
    return "".join(letter if ord(letter) in glyphs else _GETA for letter in text)


def _face(canvas: Canvas, text: LabelText, pitch: Pitch) -> None:
    """Draw what all labels share, as the form ``face``: in the units of the design, enlarged as the pitch says."""
    canvas.beginForm("face", 0, 0, pitch.width * mm, pitch.height * mm)
    canvas.scale(pitch.scale, pitch.scale)
    width, height = pitch.width * mm / pitch.scale - _TEXT_X - _PAD, pitch.height * mm / pitch.scale
    canvas.setFillGray(INK)
    y = height - _PAD - 10
    for line, size, lines in (
        (text.gi_name, 10.5, 1), (text.product, 7.5, 2), (text.content, 6.8, 1), (text.basis, 6.5, 2), (text.producer, 6.5, 2),
    ):  # fmt: skip
        y = _paragraph(canvas, line, y, width=width, size=size, lines=lines)
    if text.trade_mark:
        _trade_mark(canvas, text, y, width=width)
    if text.special_mark:
        _mark_slot(canvas, text, height=height)
    elif text.uscc:
        _centred(canvas, text.uscc, _PAD + _SYMBOL / 2, height - 12 * mm, width=_SYMBOL, size=6)
    canvas.setFillGray(INK)
    canvas.setFont(FONT, 5.6)
    canvas.drawString(_TEXT_X, _PAD + 2 * mm, str(say("扫码或输入上面 20 位编码查验")))
    canvas.endForm()


def _paragraph(canvas: Canvas, text: str, y: float, *, width: float, size: float, lines: int) -> float:
    if not text:
        return y
    parts = _wrapped(printable(text), width=width, size=size, lines=lines)
    for part in parts:
        fitted = min(size, size * width / max(stringWidth(part, FONT, size), 1))
        canvas.setFont(FONT, fitted)
        canvas.drawString(_TEXT_X, y, part)
        y -= size * 1.25
    return y - 1.2


def _wrapped(text: str, *, width: float, size: float, lines: int) -> list[str]:
    """Break into at most ``lines``; the last takes the rest and is set smaller."""
    parts: list[str] = []
    while text and len(parts) < lines - 1 and stringWidth(text, FONT, size) > width:
        cut = len(text)
        while cut > 1 and stringWidth(text[:cut], FONT, size) > width:
            cut -= 1
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text else parts


def _centred(canvas: Canvas, text: str, x: float, y: float, *, width: float, size: float) -> None:
    shown = printable(text)
    canvas.setFont(FONT, min(size, size * width / max(stringWidth(shown, FONT, size), 1)))
    canvas.drawCentredString(x, y, shown)


def _mark_slot(canvas: Canvas, text: LabelText, *, height: float) -> None:
    """The slot for the special mark with the user's code at its foot; ours is a frame that says it is a sample."""
    left, bottom, middle = _PAD, height - _PAD - _SLOT - 1, _PAD + _SYMBOL / 2
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


def _trade_mark(canvas: Canvas, text: LabelText, y: float, *, width: float) -> None:
    height = 5.4 * mm
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.5)
    canvas.rect(_TEXT_X, y - height + 5, width, height)
    line = f"{say('商标')} {text.trade_mark} {text.registration}"
    _centred(canvas, line, _TEXT_X + width / 2, y - height / 2 + 2.6, width=width - 4, size=6.5)


def cut_marks(canvas: Any, pitch: Pitch) -> None:
    """Draw where the labels of a sheet are cut."""
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.3)
    left, bottom, mark = pitch.left * mm, pitch.bottom * mm, 4 * mm
    xs = [left + column * pitch.width * mm for column in range(pitch.columns + 1)]
    ys = [bottom + row * pitch.height * mm for row in range(pitch.rows + 1)]
    for x in xs:
        canvas.line(x, bottom - 1, x, bottom - mark)
        canvas.line(x, ys[-1] + 1, x, ys[-1] + mark)
        for y in ys[1:-1]:
            canvas.line(x, y - 1.5, x, y + 1.5)
    for y in ys:
        canvas.line(left - 1, y, left - mark, y)
        canvas.line(xs[-1] + 1, y, xs[-1] + mark, y)
        for x in xs[1:-1]:
            canvas.line(x - 1.5, y, x + 1.5, y)


def _margin(footer: Footer, low: int, high: int, *, page: int, pages: int) -> tuple[str, str, str]:
    """Return what stands below a page with labels ``low`` … ``high`` − 1: at the left, in the middle, at the right."""
    first, last = footer.first_serial + low, footer.first_serial + high - 1
    serials = say("申领编号 %(number)s　序号 %(low)s 至 %(high)s", number=footer.number, low=first, high=last)
    return str(serials), footer.printed_on, str(say("第 %(page)s 页，共 %(pages)s 页", page=page + 1, pages=pages))


def _set_margin(common: _Common, words: tuple[str, str, str], pitch: Pitch) -> bytes:
    left, middle, right = words
    edge, up = max(pitch.left, 6.0) * mm, min(7.0, pitch.bottom - 3.2) * mm
    starts = (edge, A4[0] / 2 + 12 * mm - stringWidth(middle, FONT, 7.5) / 2, A4[0] - edge - stringWidth(right, FONT, 7.5))
    texts = zip((left, middle, right), starts, strict=True)
    return b"".join(b"BT %.3f %.3f Td %s ET\n" % (start, up, common.written(text)) for text, start in texts)
