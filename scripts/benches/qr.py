"""``qr``: QR symbols of a roll as matrices, per CPU-second; the ceiling is one look-up in a table of patterns, peers draw one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import segno
import zxingcpp
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

from benches.frame import Figure, rate
from gi_registry.codes.rules.format import SERIALS_PER_RANGE
from gi_registry.codes.rules.mint import mint_lines
from gi_registry.codes.rules.patterns import draw, modules
from gi_registry.codes.service.symbol import MASK, VERSION, matrix, patterns_of

SECRET = bytes(range(32))
ADDRESS = "HTTPS://GI.EXAMPLE.CN/T/"


def _codes() -> np.ndarray:
    lines = b"".join(mint_lines(SECRET, key_id=3, range_label="7Z0QK", low=0, high=SERIALS_PER_RANGE))
    return np.frombuffer(lines, dtype=np.uint8).reshape(-1, 21)


def _one_by_one(draw_one: Callable[[str], object], texts: list[str]) -> Callable[[], int]:
    def work() -> int:
        for text in texts:
            draw_one(text)
        return len(texts)

    return work


def _qrcode(text: str) -> None:
    symbol: QRCode = QRCode(version=VERSION, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    symbol.add_data(QRData(text, mode=MODE_ALPHA_NUM), optimize=0)
    symbol.make(fit=False)


def _segno(text: str) -> None:
    segno.make_qr(text, version=VERSION, error="M", mode="alphanumeric", mask=MASK, boost_error=False)


def _zxing(text: str) -> None:
    zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")


def run() -> list[Figure]:
    """Measure 2^20 codes of a range; a sample is compared with qrcode module by module first."""
    codes, patterns = _codes(), patterns_of(ADDRESS)
    drawn = np.zeros((len(codes), len(patterns.base)), dtype=np.uint64)
    draw(patterns, codes, drawn)
    texts = [ADDRESS + row[:20].tobytes().decode() for row in codes[:: len(codes) // 2_000]]
    sample = modules(patterns, drawn[:: len(codes) // 2_000])
    different = sum(bool((np.array(matrix(text)) != symbol).any()) for text, symbol in zip(texts, sample, strict=True))
    if different:
        raise SystemExit(f"{different} of {len(texts)} symbols differ from qrcode")
    table, numbers = patterns.tables[-2][2], np.random.default_rng(0).integers(0, 1_024, len(codes))

    def ours() -> int:
        return len(draw(patterns, codes, drawn))

    def look_up() -> int:
        for start in range(0, len(codes), 4_096):
            drawn[start : start + 4_096] = table[numbers[start : start + 4_096]]
        return len(codes)

    peers = {
        "qrcode": rate(_one_by_one(_qrcode, texts[:200])),
        "segno": rate(_one_by_one(_segno, texts[:300])),
        "zxing-cpp": rate(_one_by_one(_zxing, texts)),
    }
    best, ceiling = rate(ours), rate(look_up)
    note = f"2^20 codes, version 3-M, mask {MASK}; {len(texts)} compared with qrcode bit for bit"
    return [
        Figure(f"qr:{name}", "symbols per CPU-second", ours=best, ceiling=ceiling, peer=peer, peer_name=name, note=note)
        for name, peer in peers.items()
    ]
