"""What print houses take: the list of codes, or each symbol as SVG or PNG, in a ZIP with manifest, SHA-256 sums and a signature.

The ZIP is made while it is downloaded. ``SHA256SUMS`` names every file before it, as ``sha256sum -c`` reads it; ``SHA256SUMS.sig`` is the
Ed25519 signature of its octets by the installation's key (``/.well-known/jwks.json``), in base64.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gi_registry.codes import queries
from gi_registry.codes.models import Allotment
from gi_registry.codes.rules.alphabet import LENGTH
from gi_registry.codes.rules.patterns import draw, modules
from gi_registry.codes.service.papers import Paper, Part, Printable, Setting, codes_csv, labels_pdf, printable_part
from gi_registry.codes.service.symbol import LEVEL, QUIET, level_named, patterns_of
from gi_registry.config import Settings
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.log.keys import signature_of
from gi_registry.workflow import Work

SUMS, SIGNATURE, MANIFEST, RECEIPT = "SHA256SUMS", "SHA256SUMS.sig", "manifest.json", "RECEIPT.txt"
MODULE_PIXELS = 8
_LINE = LENGTH + 1
_AT_ONCE = 256

Modules = NDArray[np.bool_]
Entry = tuple[str, Iterable[bytes]]
"""A file of the ZIP: its name, and its octets in blocks."""


def codes_zip(work: Work, allotment_id: int, settings: Settings) -> Paper:
    """Return the list of an allotment's codes for a print house. Raises as ``papers.labels_pdf``."""
    return packet_of(work, printable_part(work, allotment_id, settings, part=None), settings, kind="csv")


def symbols_zip(work: Work, allotment_id: int, settings: Settings, *, kind: str, part: int | None = 1, level: str = LEVEL) -> Paper:
    """Return the QR symbols of one part (``None``: all) as ``svg`` or ``png``, a file each, named by serial number and code.

    Raises as ``papers.labels_pdf``, and Invalid for another kind.
    """
    if kind not in _DRAWN:
        raise invalid("kind", say("二维码可以做成 svg 或 png。"), say("请从页面上的下载链接进入。"), value=kind[:20])
    return packet_of(work, printable_part(work, allotment_id, settings, part=part), settings, kind=kind, level=level_named(level))


def packet_of(work: Work, found: Printable, settings: Settings, *, kind: str, level: str = LEVEL, receipt: str = "") -> Paper:
    """Return the ZIP of what may be printed; ``receipt`` goes into a file of its own that whoever opened the ZIP can read."""
    if kind == "csv":
        entries: Iterator[Entry] = iter([(f"{found.allotment.number}.csv", found.csv())])
        told: dict[str, Any] = {"columns": ["serial_number", "code", "qr_text"], "line_end": "CRLF", "encoding": "ASCII"}
    else:
        entries = _symbols(found.lines(), address=found.address, first=found.part.first, ending=kind, level=level)
        told = {"error_correction": level, "quiet_zone_modules": QUIET, **({"module_pixels": MODULE_PIXELS} if kind == "png" else {})}
    if receipt:
        entries = chain(entries, [(RECEIPT, [f"{receipt}\n".encode()])])
    return _packet(work, found.allotment, found.part, settings, kind=kind, entries=entries, told=told)


def paper_of(work: Work, number: str, settings: Settings, *, ending: str, kind: str = "csv", setting: Setting | None = None) -> Paper:
    """Return all labels of an allotment known by its number: ``.pdf`` sheets, a ``.csv`` list, or a ``.zip`` of ``kind`` csv, svg, png.

    Raises NotFound, Invalid, and as ``papers.labels_pdf``.
    """
    allotment = queries.find_allotment_by_number(work.session, number)
    if allotment is None:
        raise invalid("allotment", say("没有申领编号 %(number)s。", number=number), say("请核对编号。"), value=number)
    setting = setting or Setting()
    if ending == ".pdf":
        return labels_pdf(work, allotment.id or 0, settings, part=None, setting=setting)
    if ending == ".csv":
        return codes_csv(work, allotment.id or 0, settings)
    if ending != ".zip":
        raise invalid("out", say("标签可以写成 .pdf、.csv 或 .zip。"), say("请更换文件的扩展名。"), value=ending)
    if kind == "csv":
        return codes_zip(work, allotment.id or 0, settings)
    return symbols_zip(work, allotment.id or 0, settings, kind=kind, part=None, level=setting.level)


# ---- the zip -------------------------------------------------------------------------------------------------------------------------


def _packet(
    work: Work,
    allotment: Allotment,
    part: Part,
    settings: Settings,
    *,
    kind: str,
    entries: Iterator[Entry],
    told: Any,
) -> Paper:
    sign = signature_of(work.session, settings)
    manifest = {
        "format": "gi_registry labels 1",
        "kind": kind,
        "allotment": allotment.number,
        "first": part.first,
        "last": part.last,
        "count": part.last - part.first + 1,
        "made_at": work.now.isoformat(timespec="seconds"),
        "issuer": settings.public_url,
        "key": sign.name,
        **told,
    }
    name = f"{allotment.number}-{part.first}-{part.last}-{kind}.zip"
    return Paper(name, "application/zip", _zipped(entries, manifest, sign, work.now))


def _zipped(entries: Iterator[Entry], manifest: dict[str, Any], sign: Callable[[bytes], str], at: datetime) -> Iterator[bytes]:
    """Yield the octets of the ZIP as they come: the files, the manifest with their digest, the sums, the signature."""
    sink = _Sink()
    sums: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, blocks in entries:
            yield from _entry(archive, sink, name, blocks, sums=sums, at=at)
        manifest["files"] = len(sums)
        if manifest["kind"] == "csv":
            manifest["sha256"] = sums[0][:64]
        told = json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
        yield from _entry(archive, sink, MANIFEST, [told], sums=sums, at=at)
        listed = "".join(sums).encode()
        yield from _entry(archive, sink, SUMS, [listed], sums=[], at=at)
        yield from _entry(archive, sink, SIGNATURE, [sign(listed).encode() + b"\n"], sums=[], at=at)
    yield sink.taken()


def _entry(archive: zipfile.ZipFile, sink: _Sink, name: str, blocks: Iterable[bytes], *, sums: list[str], at: datetime) -> Iterator[bytes]:
    info = zipfile.ZipInfo(name, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    digest = sha256()
    with archive.open(info, "w", force_zip64=True) as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
            if sink.waiting > io.DEFAULT_BUFFER_SIZE:
                yield sink.taken()
    sums.append(f"{digest.hexdigest()}  {name}\n")


class _Sink(io.RawIOBase):
    """A file that cannot be gone back in: what was written waits to be taken, once."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        """It is written to."""
        return True

    def write(self, block: Any) -> int:
        """Keep a block until it is taken."""
        octets = bytes(block)
        self._blocks.append(octets)
        self.waiting += len(octets)
        return len(octets)

    def taken(self) -> bytes:
        """Return what waits."""
        blocks, self._blocks, self.waiting = self._blocks, [], 0
        return b"".join(blocks)


# ---- symbols -------------------------------------------------------------------------------------------------------------------------


def _symbols(lines: Iterator[bytes], *, address: str, first: int, ending: str, level: str) -> Iterator[Entry]:
    patterns, number = patterns_of(address, level), first
    for block in lines:
        for start in range(0, len(block), _AT_ONCE * _LINE):
            codes = np.frombuffer(block[start : start + _AT_ONCE * _LINE], dtype=np.uint8).reshape(-1, _LINE)
            for code, symbol in zip(codes, modules(patterns, draw(patterns, codes)), strict=True):
                yield f"{number:08d}-{code[:LENGTH].tobytes().decode()}.{ending}", [_DRAWN[ending](symbol)]
                number += 1


def svg(symbol: Modules) -> bytes:
    """Return a symbol as SVG, a unit to a module, with its quiet zone; dark modules of a row that touch are one rectangle."""
    side = len(symbol) + 2 * QUIET
    path = []
    for y, row in enumerate(symbol):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], row, [False])).astype(np.int8)))
        path += [f"M{left + QUIET} {y + QUIET}h{right - left}v1H{left + QUIET}z" for left, right in edges.reshape(-1, 2).tolist()]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
    return f'{head}<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{"".join(path)}"/></svg>\n'.encode()


def png(symbol: Modules) -> bytes:
    """Return a symbol as a 1-bit PNG of 8 × 8 pixels a module, with its quiet zone."""
    light = ~np.pad(symbol, QUIET)
    out = io.BytesIO()
    Image.fromarray(light.repeat(MODULE_PIXELS, 0).repeat(MODULE_PIXELS, 1)).save(out, "PNG")
    return out.getvalue()


_DRAWN: dict[str, Callable[[Modules], bytes]] = {"svg": svg, "png": png}
