"""The quick ways of the trace page give what the plain ones give: a code read as one number, a MAC proved by tables, serials cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gi_registry.codes.rules.alphabet import LENGTH, SYMBOLS, VALUES, is_sound, number_of, weighted_sum
from gi_registry.codes.rules.format import SERIALS_PER_RANGE, Code, parse
from gi_registry.codes.rules.intervals import Cuts, Span
from gi_registry.codes.rules.mac import Prover, verify_mac
from gi_registry.codes.rules.mint import mint

SECRET = bytes(range(32))
PROVER = Prover(SECRET, key_id=3, range_label="4RDKX")
TEXTS = st.text(SYMBOLS, min_size=LENGTH, max_size=LENGTH)


@given(TEXTS)
def test_the_check_by_parities_is_the_weighted_sum(text):
    assert is_sound(number_of(text)) == (weighted_sum(bytes(VALUES[symbol] for symbol in text)) == 0)


@given(TEXTS)
def test_a_number_is_what_the_symbols_spell(text):
    assert number_of(text) == sum(VALUES[symbol] << 5 * place for place, symbol in enumerate(reversed(text)))


@pytest.mark.parametrize("text", ["", "1_0", " 10", "+1", "-1", "1I", "ü", "１", "10a", "0x1"])
def test_what_int_would_read_and_the_alphabet_does_not_know_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        number_of(text)


@pytest.mark.parametrize("low", [0, 11, 12, 524_287, SERIALS_PER_RANGE - 20])
def test_a_prover_proves_what_was_minted_and_says_its_serial(low):
    for serial, text in enumerate(mint(SECRET, key_id=3, range_label="4RDKX", low=low, high=low + 20), start=low):
        assert PROVER.serial_of(parse(text)) == serial


@given(st.integers(0, SERIALS_PER_RANGE - 1), st.binary(min_size=5, max_size=5))
def test_a_prover_refuses_what_verify_mac_refuses(permuted, mac):
    code = Code("", 3, "4RDKX", permuted, mac)
    assert PROVER.serial_of(code) == verify_mac(code, SECRET)


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=12)


@given(SPANS, st.integers(0, 60))
def test_what_covers_a_serial_is_what_a_look_at_every_span_finds(spans, serial):
    assert Cuts(spans).covering(serial) == [at for at, span in enumerate(spans) if span.low <= serial < span.high]


@given(SPANS, st.integers(0, 60), st.integers(0, 60))
def test_of_serials_in_one_stretch_the_same_is_said(spans, one, other):
    cuts = Cuts(spans)
    if cuts.stretch_of(one) == cuts.stretch_of(other):
        assert cuts.covering(one) == cuts.covering(other)
