"""A page to try the printer with: every cell with its number, and rulers that tell whether it prints at full size."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from gi_registry.codes.service.sheet import BOTTOM, CELLS, FONT, GREY, HEIGHT, INK, WIDTH, cut_marks, load_font
from gi_registry.kernel.words import say

RULER = 150  # mm


def calibration_page() -> bytes:
    """Return the page as PDF."""
    load_font()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, initialFontName=FONT)
    canvas.setTitle(str(say("校准页")))
    cut_marks(canvas)
    for number, (x, y) in enumerate(CELLS, 1):
        _cell(canvas, number, x, y)
    middle = A4[0] / 2
    _ruler(canvas, middle - RULER * mm / 2, BOTTOM - 7.5 * mm)
    canvas.setFont(FONT, 8)
    canvas.drawCentredString(middle, 4.5 * mm, str(say("按 100%% 打印，不缩放：上面的尺应为 %(mm)s 毫米，十字应在每格正中。", mm=RULER)))
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _cell(canvas: Any, number: int, x: float, y: float) -> None:
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.3)
    canvas.rect(x, y, WIDTH, HEIGHT)
    canvas.line(x + WIDTH / 2 - 5 * mm, y + HEIGHT / 2, x + WIDTH / 2 + 5 * mm, y + HEIGHT / 2)
    canvas.line(x + WIDTH / 2, y + HEIGHT / 2 - 5 * mm, x + WIDTH / 2, y + HEIGHT / 2 + 5 * mm)
    canvas.setFillGray(INK)
    canvas.setFont(FONT, 14)
    canvas.drawString(x + 3 * mm, y + HEIGHT - 8 * mm, str(number))


def _ruler(canvas: Any, x: float, y: float) -> None:
    canvas.setStrokeGray(INK)
    canvas.line(x, y, x + RULER * mm, y)
    for at in range(RULER + 1):
        canvas.line(x + at * mm, y, x + at * mm, y + (3 if at % 10 == 0 else 1.5) * mm)
