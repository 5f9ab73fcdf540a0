"""A QR symbol as a drawing, black on nothing, without its quiet zone (whoever places it leaves that)."""

from __future__ import annotations

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode


def drawn(address: str) -> str:
    """Return the SVG of a QR symbol of level M that holds the address."""
    symbol: QRCode = QRCode(border=0, error_correction=ERROR_CORRECT_M)
    symbol.add_data(address)
    symbol.make(fit=True)
    rows = [[bool(module) for module in row] for row in symbol.modules]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path d="{path}"/></svg>'
