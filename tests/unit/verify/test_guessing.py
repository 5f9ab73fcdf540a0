"""Nobody finds a code by guessing: forty bits of MAC stand behind the key and the range."""

from __future__ import annotations

import random

from gi_registry.codes.rules.format import Code, compose, parse
from gi_registry.codes.rules.mac import Prover, mac_of, mac_prf, order_prf, permute, verify_mac

SECRET = b"k" * 32
LABEL = "4RDKX"


def test_of_a_million_random_well_formed_codes_none_is_accepted():
    dice, prover = random.Random(20260310), Prover(SECRET, key_id=0, range_label=LABEL)
    guesses = (Code("", 0, LABEL, dice.getrandbits(20), dice.getrandbits(40).to_bytes(5)) for _ in range(1_000_000))
    assert all(prover.serial_of(guess) is None for guess in guesses)


def test_random_codes_as_they_are_typed_are_not_accepted():
    dice = random.Random(20260311)
    for _ in range(5_000):
        text = compose(0, LABEL, permuted=dice.randrange(1 << 20), mac=dice.randbytes(5))
        assert verify_mac(parse(text), SECRET) is None


def test_the_check_would_notice_a_code_that_is_accepted():
    permuted = permute(order_prf(SECRET, key_id=0, range_label=LABEL), 77)
    text = compose(0, LABEL, permuted=permuted, mac=mac_of(mac_prf(SECRET, key_id=0, range_label=LABEL), 77))
    assert verify_mac(parse(text), SECRET) == 77
    assert Prover(SECRET, key_id=0, range_label=LABEL).serial_of(parse(text)) == 77
