"""Symbols from XOR patterns: bit for bit those of qrcode for the same version, level and mask, and read back by a reader."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

from gi_registry.codes.rules.alphabet import SYMBOLS
from gi_registry.codes.rules.mint import mint_lines
from gi_registry.codes.rules.patterns import draw, learn, modules
from gi_registry.codes.service.symbol import matrix, patterns_of

LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}
EVEN, ODD = "HTTPS://GI.CN/T/", "HTTPS://G.CN/T/"
ADDRESSES = {2: ("A", "A.")}  # a code and hardly more
FITTING = [(version, level, mask) for version in range(2, 7) for level in LEVELS for mask in ((2, 5) if version == 3 else (2,))]


def drawing(version: int, level: str, mask: int) -> Any:
    def one(text: str) -> Any:
        symbol: QRCode = QRCode(version=version, error_correction=LEVELS[level], border=0, mask_pattern=mask)
        symbol.add_data(QRData(text, mode=MODE_ALPHA_NUM), optimize=0)
        symbol.make(fit=False)
        return symbol.modules

    return one


def some_codes(number: int, seed: int) -> list[str]:
    source = random.Random(seed)
    edges = [symbol * 20 for symbol in SYMBOLS]
    return edges + ["".join(source.choices(SYMBOLS, k=20)) for _ in range(number - len(edges))]


def as_array(codes: list[str]) -> Any:
    return np.frombuffer("".join(codes).encode(), dtype=np.uint8).reshape(-1, 20)


@pytest.mark.parametrize(("version", "level", "mask"), FITTING)
@pytest.mark.parametrize("odd", [False, True])
def test_every_module_is_that_of_qrcode(version: int, level: str, mask: int, odd: bool) -> None:
    one = drawing(version, level, mask)
    address = ADDRESSES.get(version, (EVEN, ODD))[odd]
    codes = some_codes(200, seed=version)
    patterns = learn(one, address)
    drawn = modules(patterns, draw(patterns, as_array(codes)))
    for code, symbol in zip(codes, drawn, strict=True):
        assert (symbol == np.array(one(address + code))).all(), code


def test_the_symbols_of_a_roll_are_those_that_are_drawn_one_by_one() -> None:
    lines = b"".join(mint_lines(bytes(range(32)), key_id=3, range_label="7Z0QK", low=1_000, high=6_500))
    codes = np.frombuffer(lines, dtype=np.uint8).reshape(-1, 21)
    patterns = patterns_of(EVEN)
    drawn = modules(patterns, draw(patterns, codes))
    for at in (0, 1, 4_095, 4_096, 5_499, *range(10, 5_000, 97)):
        assert (drawn[at] == np.array(matrix(EVEN + codes[at, :20].tobytes().decode()))).all()


@pytest.mark.parametrize("address", [EVEN, ODD, "HTTPS://BIAOZHI.EXAMPLE-PROVINCE.GOV.CN/T/"])
def test_a_reader_reads_the_address_and_the_code(address: str) -> None:
    patterns = patterns_of(address)
    codes = some_codes(60, seed=len(address))
    for code, symbol in zip(codes, modules(patterns, draw(patterns, as_array(codes))), strict=True):
        picture = Image.fromarray(np.pad(~symbol, 4, constant_values=True).astype(np.uint8) * 255).resize(
            (200, 200), Image.Resampling.NEAREST
        )
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address + code]


def test_one_code_and_none_are_drawn_too() -> None:
    patterns = patterns_of(ODD)
    (code,) = some_codes(1, seed=1)[-1:]
    assert (modules(patterns, draw(patterns, as_array([code])))[0] == np.array(matrix(ODD + code))).all()
    assert modules(patterns, draw(patterns, as_array([]))).shape == (0, 29, 29)


def test_what_alphanumeric_mode_cannot_write_and_a_size_that_changes_are_refused() -> None:
    with pytest.raises(ValueError, match="not alphanumeric"):
        learn(matrix, "https://gi.cn/t/")
    sizes = iter([29, *[33] * 200])
    with pytest.raises(ValueError, match="fix the version"):
        learn(lambda _text: np.zeros((size := next(sizes), size), dtype=bool).tolist(), EVEN)


def test_a_pattern_that_is_one_bit_off_is_found_by_the_comparison() -> None:
    one = drawing(3, "M", 2)
    patterns = learn(one, EVEN)
    patterns.tables[4][2][7, 0] ^= np.uint64(1)
    codes = some_codes(2_000, seed=9)
    drawn = modules(patterns, draw(patterns, as_array(codes)))
    assert not all((symbol == np.array(one(EVEN + code))).all() for code, symbol in zip(codes, drawn, strict=True))
