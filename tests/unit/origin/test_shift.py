"""GCJ-02 there and back, against the public pairs; nothing moves where nothing is shifted."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy
import pytest
from pyproj import Geod

from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import Datum, from_bd09, from_gcj02, moved_m, read_as, to_bd09, to_gcj02, unshifted
from tests.builders.origin import square

PAIRS = Path(__file__).resolve().parents[4] / "shared/data/divisions/gcj02_wgs84_pairs.csv"
GEOD = Geod(ellps="GRS80")


def pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def metres(one: numpy.ndarray, other: numpy.ndarray) -> float:
    return float(GEOD.inv(*one[0], *other[0])[2])


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair["name"])
def test_both_ways_agree_with_the_pairs_on_file_within_a_metre(pair: dict[str, str]) -> None:
    true = numpy.array([[float(pair["wgs84_lon"]), float(pair["wgs84_lat"])]])
    shifted = numpy.array([[float(pair["gcj02_lon"]), float(pair["gcj02_lat"])]])
    assert metres(to_gcj02(true), shifted) < 1
    assert metres(from_gcj02(shifted), true) < 1
    assert metres(true, shifted) == pytest.approx(float(pair["offset_m_approx"]), abs=2)  # the control: unconverted is far off


def test_back_and_forth_loses_less_than_a_centimetre_anywhere_in_the_country() -> None:
    chance = numpy.random.default_rng(20260310)
    places = numpy.column_stack([chance.uniform(74, 134, 5_000), chance.uniform(19, 53, 5_000)])
    _there, _back, lengths = GEOD.inv(*places.T, *from_gcj02(to_gcj02(places)).T)
    assert float(numpy.max(lengths)) < 0.01


def test_places_abroad_stay() -> None:
    abroad = numpy.array([[-122.9, 38.5], [2.35, 48.85]])
    assert (to_gcj02(abroad) == abroad).all()
    assert (from_gcj02(abroad) == abroad).all()


def test_an_outline_is_converted_only_when_it_is_said_to_be_shifted() -> None:
    outline = Reading(square(100))
    assert read_as(outline, Datum.CGCS2000) is outline
    converted = read_as(outline, Datum.GCJ02)
    assert converted.converted_from == "gcj02"
    assert moved_m(outline.geometry, converted.geometry) == moved_m(outline.geometry, unshifted(outline.geometry)) == 469
    assert "469" in str(converted.warnings[-1])


def test_bd09_is_gcj02_once_more_and_comes_back_to_a_centimetre() -> None:
    chance = numpy.random.default_rng(20260311)
    places = numpy.column_stack([chance.uniform(74, 134, 5_000), chance.uniform(19, 53, 5_000)])
    _there, _back, lengths = GEOD.inv(*places.T, *from_bd09(to_bd09(places)).T)
    assert float(numpy.max(lengths)) < 0.01
    tiananmen = to_bd09(numpy.array([[116.3974799, 39.9087]]))
    assert metres(tiananmen, numpy.array([[116.410096, 39.916443]])) < 1


def test_bd09_abroad_stays() -> None:
    abroad = numpy.array([[-122.9, 38.5], [2.35, 48.85]])
    assert (to_bd09(abroad) == abroad).all()
    assert (from_bd09(abroad) == abroad).all()


def test_what_was_converted_is_never_converted_again() -> None:
    once = read_as(Reading(square(100)), Datum.BD09)
    assert once.converted_from == "bd09"
    assert read_as(once, Datum.GCJ02) is once
    assert "BD-09" in str(once.warnings[-1])
