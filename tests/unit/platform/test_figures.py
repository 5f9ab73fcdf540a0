"""Ratios of a benchmark: more is better, whatever the unit."""

from __future__ import annotations

import json

import pytest

from benches.frame import Better, Figure


def test_a_rate_is_compared_by_division() -> None:
    figure = Figure("mint", "codes per CPU-second", ours=6e6, ceiling=12e6, peer=0.3e6, peer_name="uuid4")
    assert figure.ratio_ceiling == pytest.approx(0.5)
    assert figure.ratio_peer == pytest.approx(20)


def test_a_cost_is_compared_the_other_way_round() -> None:
    figure = Figure("scan:sqlite", "µs CPU per request", ours=100, ceiling=50, peer=880, better=Better.LESS)
    assert figure.ratio_ceiling == pytest.approx(0.5)
    assert figure.ratio_peer == pytest.approx(8.8)


def test_what_was_not_measured_has_no_ratio() -> None:
    figure = Figure("log-append", "leaves per CPU-second", ours=1000)
    assert figure.ratio_ceiling is None
    assert figure.ratio_peer is None
    assert "x" not in figure.line().split("1,000")[1]


def test_the_file_has_the_names_of_the_contract() -> None:
    keys = {"name", "unit", "ours", "ceiling", "peer", "peer_name", "ratio_ceiling", "ratio_peer"}
    assert set(json.loads(json.dumps(Figure("mint", "u", 1.0).as_json()))) == keys
