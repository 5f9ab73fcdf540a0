"""QT-01 over the caps of varieties, cellars and a lake with known answers, through the real run on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.anomalies import service
from gi_registry.batches import service as batches
from gi_registry.batches.schemas import DecideUnit, UnitFields
from gi_registry.batches.service import caps_register
from gi_registry.divisions.service import seed_calendar
from gi_registry.policy.models import PolicyParameter
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection


@pytest.fixture
def lake(work):
    """A lake of 83,600 mu in one hand, at 600 rings a mu, with 51.75 million rings on crabs."""
    gi = make_gi(work)
    user = make_authorisation(work, protection=make_protection(work, gi))
    make_product(work, user)
    make_area(work, gi)
    pond = make_plot(work, user)
    pond.area_milli_mu = 83_600_000
    work.record(pond, "plot:change")
    make_cap(work, gi, status="final")
    make_batch(work, user, kind="pre_printed", quantity="51750000", supplier="某印厂")
    return gi, user


def tolerate(work, permille):
    """Put a tolerance of QT-01 in force."""
    values = {"key": "ground.QT-01", "division": "999999", "valid_from": date(2025, 12, 1), "version": f"t-{permille}", "why": "测试"}
    work.record(PolicyParameter(**values, value={"tolerance_permille": permille, "severity": 3}), "policy:set")
    work.flush()


def found(work):
    """Return what a night finds of QT-01 for 2025."""
    seed_calendar(work)
    return [draft for draft in service.run(work, 2025, dry_run=True).found if draft.ground == "QT-01"]


def test_a_lake_of_83600_mu_at_600_rings_entitles_to_50160000(work, lake):
    gi, user = lake
    granted = batches.entitlement(work.session, user.id, gi_id=gi.id, year=2025, unit="piece")
    assert granted.total == 50_160_000


@pytest.mark.parametrize(("permille", "findings"), [(50, 0), (32, 0), (31, 1), (10, 1)])
def test_51_75_million_exceed_it_by_3_17_percent_silent_at_5_a_finding_at_1(work, lake, permille, findings):
    tolerate(work, permille)
    drafts = found(work)
    assert len(drafts) == findings
    if drafts:
        over = drafts[0].lines[-1].amount
        assert over == 1_590_000
        assert round(over / 50_160_000 * 10_000) == 317


def test_the_cap_of_a_variety_judges_its_plots_alone(work, lake):
    gi, user = lake
    tolerate(work, 50)
    assert found(work) == []
    plot = make_plot(work, user, variety="青壳", name="青壳塘")
    plot.area_milli_mu = 1_000_000
    work.record(plot, "plot:change")
    make_cap(work, gi, per_mu="1", variety="青壳", status="final")
    granted = batches.entitlement(work.session, user.id, gi_id=gi.id, year=2025, unit="piece")
    assert granted.total == 50_160_000 + 1_000


def test_cellars_are_judged_once_a_cap_of_them_is_final(work):
    gi = make_gi(work)
    user = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="cellar"))
    make_batch(work, user, kind="pre_printed", unit="g", quantity="70000", supplier="某印厂")
    clerk, other = (Work(work.session, make_actor(work, "county_handler", division=gi.authority_division), work.now) for _ in range(2))
    fields = UnitFields(kind="cellar", name="一号车间", quantity="40", valid_from=date(2024, 1, 1))
    unit = caps_register.declare_unit(clerk, user.id, fields)
    caps_register.verify_unit(other, unit.id, DecideUnit())
    assert found(work) == []
    make_cap(work, gi, per="cellar", unit="g", per_mu="1500")
    assert found(work) == []
    make_cap(work, gi, per="cellar", unit="g", per_mu="1500", status="final")
    (draft,) = found(work)
    assert draft.lines[-1].amount == 10_000_000
