"""``labels``: A4 label sheets as compressed PDF, per CPU-second; the ceiling copies the same octets, the peer is qrcode with reportlab."""

from __future__ import annotations

import io
import resource

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from benches.frame import Figure, rate
from gi_registry.codes.rules.mint import mint_lines
from gi_registry.codes.rules.pitches import CUT
from gi_registry.codes.service.sheet import Footer, LabelText, stream_sheets
from gi_registry.codes.service.symbol import MASK, VERSION

SECRET = bytes(range(32))
ADDRESS = "HTTPS://GI.EXAMPLE.CN/T/"
LABELS = 1_000_000
TEXT = LabelText(
    gi_name="示例湖大闸蟹",
    product="示例大闸蟹 特级",
    content="数量 1 件",
    producer="示例湖甲蟹业专业合作社",
    uscc="91999999MA01000672",
    basis="GB/T 19957-2005　国家知识产权局公告第10010号",
)


def _lines(count: int) -> io.BytesIO:
    return io.BytesIO(b"".join(mint_lines(SECRET, key_id=3, range_label="7Z0QK", low=0, high=count)))


def _ours() -> int:
    blocks = mint_lines(SECRET, key_id=3, range_label="7Z0QK", low=0, high=LABELS)
    sheets = stream_sheets(blocks, count=LABELS, text=TEXT, address=ADDRESS, footer=Footer("SL-1", "2026-01-20"))
    with open("/dev/null", "wb") as printer:  # noqa: PTH123  # what is measured is the making, not the disk
        printer.writelines(sheets)
    return LABELS


def _copy() -> int:
    """Copy as many octets as labels take."""
    block, out = bytes(160 * 10_000), bytearray(160 * 10_000)
    for _ in range(LABELS // 10_000):
        out[:] = block
    return LABELS


def _peer() -> int:
    canvas = Canvas(io.BytesIO(), pagesize=A4, pageCompression=1)
    codes = _lines(CUT.per_page * 10).read().decode().split()
    for number, code in enumerate(codes):
        symbol: QRCode = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
        symbol.add_data(QRData(ADDRESS + code, mode=MODE_ALPHA_NUM), optimize=0)
        symbol.make(fit=False)
        x, y = (side * mm for side in CUT.cells[number % CUT.per_page])
        for row, modules in enumerate(symbol.modules):
            for column, dark in enumerate(modules):
                if dark:
                    canvas.rect(x + column * 1.6, y + 50 - row * 1.6, 1.6, 1.6, stroke=0, fill=1)
        canvas.drawString(x + 60, y + 20, code)
        if number % CUT.per_page == CUT.per_page - 1:
            canvas.showPage()
    canvas.save()
    return len(codes)


def run() -> list[Figure]:
    """Measure 10^6 labels in one file; the note tells the most memory the process ever held."""
    ours = rate(_ours, rounds=2)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [
        Figure(
            "labels",
            "labels per CPU-second",
            ours=ours,
            ceiling=rate(_copy),
            peer=rate(_peer, rounds=2),
            peer_name="qrcode + reportlab",
            note=f"10^6 labels of one file, codes minted with it; at most {most} MB of memory in all (limit 256)",
        )
    ]
