"""Asking for a parameter at a place and a date."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.errors import Unavailable
from gi_registry.policy import service
from gi_registry.policy.defaults import DEFAULTS, DEMONSTRATION
from gi_registry.policy.models import PolicyParameter
from gi_registry.policy.queries import list_parameters
from gi_registry.policy.rules import version_of
from gi_registry.workflow import Work
from tests.builders.divisions import make_division

TODAY = date(2026, 3, 10)


def put(work: Work, value: object, *, division: str, since: date, key: str = "origin.tolerance-metres") -> None:
    row = PolicyParameter(key=key, division=division, valid_from=since, value=value, version=version_of(division, since))
    work.record(row, "policy:adopt")
    work.flush()


def test_seeding_twice_adds_nothing(work: Work) -> None:
    service.seed(work)
    assert service.seed(work) == 0
    assert len(list_parameters(work.session)) == len(DEFAULTS) + len(DEMONSTRATION)


def test_the_national_value_holds_where_nothing_nearer_does(work: Work) -> None:
    service.seed(work)
    make_division(work, "320583")
    found = service.at(work.session, "origin.tolerance-metres", "320583", TODAY)
    assert (found.value, found.version) == (50, "2000-01-01")
    assert found.why


def test_the_nearest_ancestor_wins_and_the_date_of_the_event_decides(work: Work) -> None:
    service.seed(work)
    make_division(work, "320583")
    put(work, 30, division="32", since=date(2025, 1, 1))
    put(work, 20, division="3205", since=date(2026, 1, 1))
    ask = [
        service.at(work.session, "origin.tolerance-metres", "320583", day).value for day in (date(2024, 12, 31), date(2025, 6, 1), TODAY)
    ]
    assert ask == [50, 30, 20]
    assert service.at(work.session, "origin.tolerance-metres", "11", TODAY).value == 50


def test_the_path_decides_not_the_prefix(work: Work) -> None:
    service.seed(work)
    make_division(work, "66")
    make_division(work, "659001", parent_code="66")
    put(work, 10, division="65", since=date(2020, 1, 1))
    put(work, 11, division="66", since=date(2020, 1, 1))
    assert service.at(work.session, "origin.tolerance-metres", "659001", TODAY).value == 11


def test_nothing_set_is_told_with_its_remedy(work: Work) -> None:
    with pytest.raises(Unavailable) as refused:
        service.at(work.session, "no.such-key", "99", TODAY)
    assert "db upgrade" in str(refused.value.remedy)
    assert service.find(work.session, "no.such-key", "99", TODAY) is None


def test_a_ground_is_published_only_where_a_basis_says_so(work: Work) -> None:
    service.seed(work)
    make_division(work, "999999")
    make_division(work, "440103")
    nowhere = service.ground(work.session, "AR-01", "320583", TODAY).value
    guangdong = service.ground(work.session, "AR-01", "440103", TODAY)
    example = service.ground(work.session, "AR-01", "999999", TODAY).value
    assert (nowhere["publish"], guangdong.value["publish"], example["publish"]) == (False, False, True)
    assert "广东省地理标志条例" in guangdong.basis
    assert service.ground(work.session, "QT-01", "999999", TODAY).value["tolerance_permille"] == 20


def test_a_ground_without_its_own_values_takes_the_general_ones(work: Work) -> None:
    service.seed(work)
    assert service.ground(work.session, "XX-99", "32", TODAY).key == "ground"


def test_effects_restrict_only_where_a_basis_is_cited(work: Work) -> None:
    service.seed(work)
    make_division(work, "999999")
    general = service.effects(work.session, "QT-01", "32", TODAY).value
    example = service.effects(work.session, "QT-01", "999999", TODAY).value
    assert [item["effect"] for item in general] == ["sampling_weight"]
    assert [(item["effect"], bool(item["basis"])) for item in example] == [("sampling_weight", False), ("stop_allotment", True)]
    assert service.effects(work.session, "CO-01", "999999", TODAY).key == "listing.effects"
