"""Scheme 1 on paper: what is caught, what is folded, what a forger gets."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from itertools import pairwise
from pathlib import Path

import pytest

from gi_registry.codes.rules.alphabet import LENGTH, SYMBOLS, VALUES, WEIGHTS, number_of, text_of, times, weighted_sum
from gi_registry.codes.rules.format import Malformed, compose, grouped, parse, range_label_of
from gi_registry.codes.rules.mac import Prover, mac_of, mac_prf, order_prf, permute, unpermute, verify_mac
from gi_registry.codes.rules.mint import CHUNK, mint
from gi_registry.codes.rules.suites import BLAKE2B, HMAC_SM3, Secret

SECRET = bytes(range(32))
KEY = {"key_id": 3, "range_label": "7Z0QK"}
CODE = mint(SECRET, low=17, high=18, **KEY)[0]


def test_a_code_reads_as_its_parts() -> None:
    code = parse(CODE)
    assert (code.text, code.key_id, code.range_label, len(code.mac)) == (CODE, 3, "7Z0QK", 5)
    assert compose(code.key_id, code.range_label, permuted=code.permuted, mac=code.mac) == CODE
    assert verify_mac(code, SECRET) == 17


def test_every_one_wrong_symbol_is_a_typing_error() -> None:
    for place in range(LENGTH):
        for symbol in SYMBOLS.replace(CODE[place], ""):
            with pytest.raises(Malformed) as caught:
                parse(CODE[:place] + symbol + CODE[place + 1 :])
            assert caught.value.kind == "check"


def test_the_weights_catch_any_one_wrong_symbol_and_any_swap_in_any_code() -> None:
    """The check is linear: an error shows iff its own weighted sum is not zero, whatever the rest of the code is."""
    assert len(set(WEIGHTS)) == LENGTH and 0 not in WEIGHTS
    for place, weight in enumerate(WEIGHTS):
        assert all(times(weight, difference) for difference in range(1, 32)), f"an error at {place} goes unseen"
    for left, right in pairwise(WEIGHTS):
        for a in range(32):
            for b in range(32):
                seen = times(left, a) ^ times(right, b) ^ times(left, b) ^ times(right, a)
                assert bool(seen) == (a != b)


def test_every_swap_of_neighbours_is_a_typing_error() -> None:
    for code in mint(SECRET, low=0, high=200, **KEY):
        for place in range(LENGTH - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            if swapped != code:
                with pytest.raises(Malformed):
                    parse(swapped)


def test_multiplication_in_the_field_has_no_zero_divisors_and_an_inverse_for_each() -> None:
    for value in range(1, 32):
        assert sorted(times(value, other) for other in range(32)) == list(range(32))


@pytest.mark.parametrize(
    "typed", [CODE.lower(), grouped(CODE), "-".join(CODE), f" {CODE}\n", CODE.replace("0", "o").replace("1", "l"), CODE.replace("1", "I")]
)
def test_people_may_type_it_as_they_read_it(typed: str) -> None:
    assert parse(typed).text == CODE


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("", "length"), (CODE[:-1], "length"), (CODE + "0", "length"), ("U" + CODE[1:], "symbol"), ("é" + CODE[1:], "symbol"),
     ("地" + CODE[1:], "symbol"), ("\x00" + CODE[1:], "symbol"), ("ſ" + CODE[1:], "symbol")],
)  # fmt: skip
def test_what_is_no_code_says_why(typed: str, kind: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(typed)
    assert caught.value.kind == kind
    assert str(caught.value.reason)


def test_another_scheme_with_a_sound_check_is_not_read_as_this_one() -> None:
    body = "2" + CODE[1:-1]
    whole = body + SYMBOLS[weighted_sum(bytes(VALUES[symbol] for symbol in body))]
    with pytest.raises(Malformed) as caught:
        parse(whole)
    assert caught.value.kind == "scheme"


def test_the_permutation_is_one_to_one_on_the_whole_range_and_goes_back() -> None:
    function = order_prf(SECRET, **KEY)
    codes = mint(SECRET, low=0, high=1 << 20, **KEY)
    assert len({code[7:11] for code in codes}) == 1 << 20
    for serial in [0, 1, 1023, 1024, (1 << 20) - 1, *(secrets.randbelow(1 << 20) for _ in range(500))]:
        assert unpermute(function, permute(function, serial)) == serial
        assert number_of(codes[serial][7:11]) == permute(function, serial)


def test_paper_shows_neither_order_nor_volume() -> None:
    permuted = [parse(code).permuted for code in mint(SECRET, low=0, high=200, **KEY)]
    rising = sum(a < b for a, b in pairwise(permuted))
    assert 60 < rising < 140
    assert max(permuted) > 900_000


@pytest.mark.parametrize(("low", "high"), [(0, 1), (11, 14), (CHUNK - 3, CHUNK + 3), ((1 << 20) - 5, 1 << 20), (7, 7)])
def test_minting_by_columns_gives_what_one_by_one_gives(low: int, high: int) -> None:
    order, mac = order_prf(SECRET, **KEY), mac_prf(SECRET, **KEY)
    single = [compose(3, "7Z0QK", permuted=permute(order, serial), mac=mac_of(mac, serial)) for serial in range(low, high)]
    assert mint(SECRET, low=low, high=high, **KEY) == single


def test_no_range_is_larger_than_its_serials() -> None:
    with pytest.raises(ValueError, match="outside the range"):
        mint(SECRET, low=0, high=(1 << 20) + 1, **KEY)


def test_random_well_formed_codes_are_refused() -> None:
    for _ in range(2_000):
        body = "13" + "7Z0QK" + text_of(secrets.randbits(60), 12)
        code = parse(body + SYMBOLS[weighted_sum(bytes(VALUES[symbol] for symbol in body))])
        assert verify_mac(code, SECRET) is None


def test_another_key_or_another_range_does_not_open_it() -> None:
    code = parse(CODE)
    assert verify_mac(code, bytes(32)) is None
    moved = compose(3, "7Z0QM", permuted=code.permuted, mac=code.mac)
    assert verify_mac(parse(moved), SECRET) is None
    renamed = compose(4, "7Z0QK", permuted=code.permuted, mac=code.mac)
    assert verify_mac(parse(renamed), SECRET) is None


def test_range_labels_cover_25_bits() -> None:
    assert range_label_of(0) == "00000"
    assert range_label_of((1 << 25) - 1) == "ZZZZZ"


def test_the_vectors_in_the_documentation_hold() -> None:
    page = Path(__file__).parents[3].joinpath("docs/code-format.md").read_text(encoding="utf-8")
    row = r"^\| `([0-9a-f]{64})` \| (\d+) \| `(\w{5})` \| (\d+) \| (\d+) \| `([0-9a-f]{10})` \| `(\w{20})` \|$"
    ordinary, _, commercial = page.partition("With `HMAC-SM3-40`:")
    for part, algorithm, least in ((ordinary, BLAKE2B, 8), (commercial, HMAC_SM3, 5)):
        rows = re.findall(row, part, re.MULTILINE)
        assert len(rows) >= least
        for octets, key_id, label, serial, permuted, mac, text in rows:
            code, secret = parse(text), Secret(bytes.fromhex(octets), algorithm)
            assert (code.key_id, code.range_label, code.permuted, code.mac.hex()) == (int(key_id), label, int(permuted), mac)
            assert verify_mac(code, secret) == int(serial)
            assert Prover(secret, key_id=int(key_id), range_label=label).serial_of(code) == int(serial)
            assert mint(secret, key_id=int(key_id), range_label=label, low=int(serial), high=int(serial) + 1) == [text]
            assert verify_mac(code, Secret(secret.octets, BLAKE2B if algorithm == HMAC_SM3 else HMAC_SM3)) is None


def test_hmac_sm3_is_what_another_implementation_gives() -> None:
    """``hmac`` and OpenSSL's SM3 through ``hashlib`` against ours; SM3 itself against the standard's own example (GB/T 32905, A.1)."""
    assert hashlib.new("sm3", b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    function = mac_prf(Secret(SECRET, HMAC_SM3), **KEY)
    said = b"gi-code-mac\0" + bytes((1, 3)) + number_of("7Z0QK").to_bytes(4)
    for counter in (0, 1, 87_381):
        blocks = [hmac.digest(SECRET, said + counter.to_bytes(4) + bytes((block,)), "sm3") for block in (0, 1)]
        assert function(counter) == b"".join(blocks)


def test_an_unknown_algorithm_makes_nothing() -> None:
    with pytest.raises(KeyError):
        mac_prf(Secret(SECRET, "MD5"), **KEY)
