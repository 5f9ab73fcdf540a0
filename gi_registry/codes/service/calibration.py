"""A page to try the printer with: every cell with its number, and rulers that tell whether it prints at full size."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from gi_registry.codes.rules.pitches import Pitch, pitch_named
from gi_registry.codes.service.sheet import FONT, GREY, INK, cut_marks, load_font
from gi_registry.kernel.words import say

RULER = 150  # mm


def calibration_page(sheet: str = "") -> bytes:
    """Return the page of a sheet as PDF. Raises Invalid for a sheet that is not known."""
    pitch = pitch_named(sheet)
    load_font()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, initialFontName=FONT)
    canvas.setTitle(str(say("校准页")))
    if pitch.cut:
        cut_marks(canvas, pitch)
    for number, (x, y) in enumerate(pitch.cells, 1):
        _cell(canvas, number, x * mm, y * mm, pitch=pitch)
    middle = A4[0] / 2
    _ruler(canvas, middle - RULER * mm / 2, (pitch.bottom / 2) * mm)
    canvas.setFont(FONT, min(8.0, pitch.bottom * 0.7))
    canvas.drawCentredString(
        middle, min(4.5, pitch.bottom * 0.3) * mm, str(say("按 100%% 打印，不缩放：上面的尺应为 %(mm)s 毫米，十字应在每格正中。", mm=RULER))
    )
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _cell(canvas: Any, number: int, x: float, y: float, *, pitch: Pitch) -> None:
    width, height = pitch.width * mm, pitch.height * mm
    canvas.setStrokeGray(GREY)
    canvas.setLineWidth(0.3)
    canvas.rect(x, y, width, height)
    canvas.line(x + width / 2 - 5 * mm, y + height / 2, x + width / 2 + 5 * mm, y + height / 2)
    canvas.line(x + width / 2, y + height / 2 - 5 * mm, x + width / 2, y + height / 2 + 5 * mm)
    canvas.setFillGray(INK)
    canvas.setFont(FONT, 14)
    canvas.drawString(x + 3 * mm, y + height - 8 * mm, str(number))


def _ruler(canvas: Any, x: float, y: float) -> None:
    canvas.setStrokeGray(INK)
    canvas.line(x, y, x + RULER * mm, y)
    for at in range(RULER + 1):
        canvas.line(x + at * mm, y, x + at * mm, y + (3 if at % 10 == 0 else 1.5) * mm)
