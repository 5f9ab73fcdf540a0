"""Files for print houses: whole, counted, summed and signed, and every symbol in them says its code."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import shutil
import subprocess
import tracemalloc
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from PIL import Image, ImageFilter

from gi_registry.codes import service
from gi_registry.codes.rules.patterns import draw, modules
from gi_registry.codes.service.packets import MANIFEST, SIGNATURE, SUMS, png, svg
from gi_registry.codes.service.papers import codes_of, parts_of
from gi_registry.codes.service.symbol import patterns_of
from gi_registry.config import read_settings
from gi_registry.kernel.errors import Invalid, NotFound, Unavailable
from gi_registry.log.keys import ensure_key
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.codes import SECRET_KEY, make_allotment, make_season
from tests.builders.registry import make_organisation

SETTINGS = read_settings({}, secret_key=SECRET_KEY, public_url="https://gi.example.cn")
ADDRESS = "HTTPS://GI.EXAMPLE.CN/T/"


@pytest.fixture
def allotment(work: Work) -> Any:
    ensure_key(work.session, SETTINGS, at=work.now)
    return make_allotment(work, make_season(work), count=300, received=False)


def opened(paper: service.Paper) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(paper.content))
    assert found.testzip() is None
    return found


def key_of(work: Work) -> Ed25519PublicKey:
    (key,) = service.public_key_set(work.session)["keys"]
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))


def check(work: Work, packet: zipfile.ZipFile) -> dict[str, Any]:
    """Check sums and signature as a print house does, and return the manifest."""
    listed = packet.read(SUMS)
    key_of(work).verify(base64.b64decode(packet.read(SIGNATURE)), listed)
    named = [line.split("  ") for line in listed.decode().splitlines()]
    assert [name for _digest, name in named] == packet.namelist()[:-2]
    assert all(hashlib.sha256(packet.read(name)).hexdigest() == digest for digest, name in named)
    manifest: dict[str, Any] = json.loads(packet.read(MANIFEST))
    return manifest


def test_the_list_of_codes_is_whole_summed_and_signed(work: Work, allotment: Any) -> None:
    packet = opened(service.codes_zip(work, allotment.id, SETTINGS))
    manifest = check(work, packet)
    assert (manifest["allotment"], manifest["first"], manifest["last"], manifest["count"]) == (allotment.number, 1, 300, 300)
    content = packet.read(f"{allotment.number}.csv")
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [(int(row["serial_number"]), row["code"]) for row in rows] == list(
        codes_of(work, allotment, SECRET_KEY, part=parts_of(allotment)[0])
    )
    assert content == service.codes_csv(work, allotment.id, SETTINGS).content


def test_a_changed_or_missing_file_is_noticed(work: Work, allotment: Any) -> None:
    packet = opened(service.codes_zip(work, allotment.id, SETTINGS))
    listed, signature = packet.read(SUMS), base64.b64decode(packet.read(SIGNATURE))
    for forged in (listed.replace(b"0", b"1", 1), listed[: listed.index(b"\n") + 1], listed + b"\n"):
        with pytest.raises(InvalidSignature):
            key_of(work).verify(signature, forged)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils is not installed")
def test_the_sums_are_what_sha256sum_reads(work: Work, allotment: Any, tmp_path: Path) -> None:
    opened(service.codes_zip(work, allotment.id, SETTINGS)).extractall(tmp_path)
    assert subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / MANIFEST).write_text("{}")
    assert subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path, capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_every_symbol_says_the_code_in_its_name(work: Work, allotment: Any, kind: str) -> None:
    packet = opened(service.symbols_zip(work, allotment.id, SETTINGS, kind=kind))
    assert check(work, packet)["files"] == 300
    wanted = dict(codes_of(work, allotment, SECRET_KEY, part=parts_of(allotment)[0]))
    names = packet.namelist()[:300]
    assert names == [f"{number:08d}-{code}.{kind}" for number, code in wanted.items()]
    for name in names[:: 1 if kind == "png" else 30]:
        image = Image.open(io.BytesIO(packet.read(name))) if kind == "png" else drawn(packet.read(name))
        (found,) = zxingcpp.read_barcodes(image)
        assert found.text == ADDRESS + name[9:29]


def drawn(content: bytes) -> Image.Image:
    """Draw the rectangles of our SVG, eight pixels a unit: it has no others."""
    text = content.decode()
    side = int(text.split('viewBox="0 0 ')[1].split(" ")[0])
    pixels = np.full((side, side), 255, np.uint8)
    for run in text.split('d="')[2].split('"')[0].split("z")[:-1]:
        left, rest = run[1:].split(" ")
        top, width = rest.split("h")
        pixels[int(top), int(left) : int(left) + int(width.split("v")[0])] = 0
    return Image.fromarray(pixels.repeat(8, 0).repeat(8, 1))


def test_a_symbol_is_the_same_in_both_forms() -> None:
    code = np.frombuffer(b"137Z0QK53ZGQ0K4MK2XC", np.uint8).reshape(1, 20)
    patterns = patterns_of(ADDRESS)
    (symbol,) = modules(patterns, draw(patterns, code))
    assert np.array_equal(np.array(drawn(svg(symbol))) == 0, ~np.array(Image.open(io.BytesIO(png(symbol)))))


def photographed(symbol: Image.Image, *, dpi: int, blur_mm: float) -> Image.Image:
    """Return a symbol of 15 mm as printed with whole dots and photographed at 600 dpi out of focus."""
    dots = symbol.resize((round(15 / 25.4 * dpi),) * 2, Image.Resampling.BOX).point(lambda value: 255 * (value > 127))
    return dots.resize((round(15 / 25.4 * 600),) * 2, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(blur_mm / 25.4 * 600))


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_printed_symbol_is_read_out_of_focus(dpi: int) -> None:
    code = np.frombuffer(b"137Z0QK53ZGQ0K4MK2XC", np.uint8).reshape(1, 20)
    patterns = patterns_of(ADDRESS)
    image = Image.open(io.BytesIO(png(modules(patterns, draw(patterns, code))[0]))).convert("L")
    (found,) = zxingcpp.read_barcodes(photographed(image, dpi=dpi, blur_mm=0.15))
    assert found.text.endswith("137Z0QK53ZGQ0K4MK2XC")
    assert not zxingcpp.read_barcodes(photographed(image, dpi=dpi, blur_mm=0.6)), "the control: far out of focus is not read"


def test_parts_and_kinds_that_are_not_there(work: Work, allotment: Any) -> None:
    for wishes in ({"kind": "exe"}, {"kind": "svg", "part": 2}):
        with pytest.raises(Invalid):
            service.symbols_zip(work, allotment.id, SETTINGS, **wishes)


def test_a_stranger_gets_nothing_and_an_installation_without_a_key_signs_nothing(work: Work) -> None:
    allotment = make_allotment(work, make_season(work), count=10, received=False)
    with pytest.raises(Unavailable, match="密钥"):
        service.codes_zip(work, allotment.id or 0, SETTINGS)
    stranger = Work(work.session, make_actor(work, "producer_approver", organisation=make_organisation(work)), work.now)
    with pytest.raises(NotFound):
        service.codes_zip(stranger, allotment.id or 0, SETTINGS)


def test_a_packet_is_made_while_it_is_read(work: Work) -> None:
    """A million codes are 60 MB of text; what is held of them is a few blocks."""
    ensure_key(work.session, SETTINGS, at=work.now)
    allotment = make_allotment(work, make_season(work), count=7_000, received=False)
    paper = service.symbols_zip(work, allotment.id or 0, SETTINGS, kind="svg", part=None)
    tracemalloc.start()
    octets = sum(len(block) for block in islice(paper.blocks, 10_000_000))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert octets > 5_000_000
    assert peak < 16_000_000
