"""Read a PDF as its reader does: its text without the breaks of lines, its fonts, its QR symbols."""

from __future__ import annotations

from typing import Any

import pypdfium2
import zxingcpp


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def text_of(pdf: bytes) -> str:
    """Return all text without blanks and breaks, so that a sentence is found wherever its line ended."""
    return squeezed("".join(pages_of(pdf)))


def squeezed(text: str) -> str:
    """Return a text without blanks and breaks."""
    return "".join(text.replace("\u200b", "").split())


def pictures_of(pdf: bytes, *, scale: float = 2.0) -> list[Any]:
    """Return each page as a picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=scale).to_pil() for page in document]


def symbols_of(pdf: bytes) -> list[str]:
    """Return what the QR symbols of a paper hold."""
    return [found.text for picture in pictures_of(pdf) for found in zxingcpp.read_barcodes(picture.convert("L"))]
