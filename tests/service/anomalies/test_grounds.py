"""Each derived ground through the service, on rows as people leave them: found, found again, cured, and its innocent look-alikes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from gi_registry.anomalies import service
from gi_registry.anomalies.models import Finding
from gi_registry.batches import queries as batches
from gi_registry.batches.service import processing
from gi_registry.kernel.errors import Conflict
from gi_registry.listings import service as listings
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.anomalies import make_labelled, make_late_packages, make_ring, make_shifted_pond
from tests.builders.batches import make_batch
from tests.builders.divisions import make_division
from tests.builders.origin import make_area, make_plot, rectangle
from tests.builders.processes import do
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection, make_site
from tests.builders.reports import draft_of, make_farm, make_filed
from tests.builders.scans import make_labels

INSIDE = {"raw_material": "allowed_outside", "packing": "required_inside"}


def findings(work: Any, ground: str, state: str = "open") -> list[Finding]:
    return list(work.session.exec(select(Finding).where(Finding.ground == ground, Finding.state == state)))


def run_twice(work: Any, ground: str, year: int | None = 2025) -> list[Finding]:
    """Run the rules and run them again: nothing may be found a second time."""
    service.run(work, year)
    again = service.run(work, year)
    assert (again.new, again.changed, again.cleared) == (0, 0, 0)
    return findings(work, ground)


def filed(work: Any, **differs: str) -> Any:
    """Let a farm file its report of 2025 and give the pen back to the system."""
    system, farm = work.actor, make_farm(work)
    make_filed(work, farm, draft=draft_of(**differs, reasons=dict.fromkeys(differs, "示例说明")))
    work.actor = system
    return farm


# ---- AR-03 ---------------------------------------------------------------------------------------------------------------------------


def test_a_report_that_balances_is_no_finding(work: Any) -> None:
    filed(work)
    assert run_twice(work, "AR-03") == []


def test_labels_that_do_not_add_up_are_found(work: Any) -> None:
    filed(work, item_code__closing="2500")
    (finding,) = run_twice(work, "AR-03")
    assert (finding.severity, finding.year, finding.lines[0]["amount"]) == (1, 2025, 500)
    assert finding.lines[0]["href"].startswith("/office/reports/")
    assert finding.parameters["value"]["also"]["key"] == "report.label-identity"


def test_land_that_is_registered_later_cures_the_report(work: Any) -> None:
    farm = filed(work, area="20")
    (finding,) = run_twice(work, "AR-03")
    user = work.session.get(type(make_authorisation(work)), farm.authorisation_id)
    make_plot(work, user, rectangle(100, -40, 200, 40))
    service.run(work, 2025)
    assert finding.state == "cleared"


# ---- US-01 ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["item_code", "batch_code", "pre_printed"])
def test_two_years_without_use_are_found_by_mode_and_use_cures(work: Any, mode: str) -> None:
    user = make_authorisation(work)
    product = make_product(work, user, marking_mode=mode)
    (finding,) = run_twice(work, "US-01") if mode != "pre_printed" else run_twice(work, "US-01", None)
    assert (finding.authorisation_id, finding.severity) == (user.id, 2)
    make_batch(work, user, product=product)
    service.run(work)
    assert finding.state == ("open" if mode == "item_code" else "cleared"), "goods without activated codes bear no mark"


def test_activated_codes_are_use(work: Any) -> None:
    make_labelled(work)
    assert run_twice(work, "US-01", None) == []


def test_a_user_without_a_product_or_authorised_lately_is_left_alone(work: Any) -> None:
    make_authorisation(work)
    make_product(work, make_authorisation(work, valid_from=date(2024, 6, 1)))
    assert run_twice(work, "US-01", None) == []


def test_a_report_that_states_marked_packages_is_use(work: Any) -> None:
    system, farm = work.actor, make_farm(work)
    make_filed(work, farm)
    work.actor = system
    (finding,) = run_twice(work, "US-01", None)
    report = work.session.exec(select(_reports())).one()
    report.state, report.filed_content = "accepted", report.filed_content
    work.record(report, "report:accept")
    work.flush()
    service.run(work)
    assert finding.state == "cleared", "an accepted report that states labels used is evidence"


def _reports() -> Any:
    from gi_registry.reports.models import AnnualReport

    return AnnualReport


# ---- US-04 ---------------------------------------------------------------------------------------------------------------------------


def test_a_pond_outside_is_found_and_its_correction_cures(work: Any) -> None:
    user, plot = make_shifted_pond(work)
    (finding,) = run_twice(work, "US-04")
    assert (finding.authorisation_id, finding.severity, finding.lines[1]["amount"]) == (user.id, 3, 468)
    plot.geometry = rectangle(-50, -40, 50, 40)
    work.record(plot, "plot:correct")
    work.flush()
    service.run(work, 2025)
    assert finding.state == "cleared"


def test_a_pond_outside_is_lawful_where_raw_material_may_come_from_elsewhere(work: Any) -> None:
    make_shifted_pond(work, protection=make_protection(work, steps={"raw_material": "allowed_outside"}))
    assert run_twice(work, "US-04") == []


def packer(work: Any, division: str) -> Any:
    """A user that must pack in 示例县 and packs at a site in ``division``."""
    make_division(work, "999998")
    gi = make_gi(work)
    make_area(work, gi, places=make_division(work, "999999").name)
    user = make_authorisation(work, protection=make_protection(work, gi, steps=INSIDE))
    make_site(work, user, division_code=division)
    make_batch(work, user, product=make_product(work, user), packed_on=date(2025, 9, 28))
    return user


def test_packing_in_the_next_county_is_found(work: Any) -> None:
    user = packer(work, "999998")
    (finding,) = run_twice(work, "US-04")
    assert (finding.authorisation_id, finding.facts["step"]) == (user.id, "packing")


def test_packing_at_home_is_lawful_and_an_unknown_place_asks_for_more(work: Any) -> None:
    packer(work, "999999")
    user = packer(work, "999998")
    make_site(work, user, name="示例第二加工点", division_code=None)
    assert run_twice(work, "US-04") == []


@pytest.mark.parametrize(("where", "state", "count"), [("999998", "done", 1), ("999999", "done", 0), ("999998", "undone", 0)])
def test_a_step_that_names_a_site_outside_is_found_whatever_other_sites_there_are(work: Any, where: str, state: str, count: int) -> None:
    user = packer(work, "999999")
    sites = {"999999": None, "999998": make_site(work, user, name="邻县加工点", division_code="999998")}
    (batch,) = batches.list_batches(work.session, user.id, 2025)
    home = next(site for site in registry.sites_of(work.session, user.id) if site.division_code == "999999")
    product = make_product(work, user, name="示例蟹礼盒")
    site = sites[where] or home
    process = do(work, "pack", [(batch, "100")], {"quantity": "100", "product_id": product.id}, site_id=site.id)
    if state == "undone":
        processing.undo_process(work, process.id, why="录错", version=process.version)
    found = run_twice(work, "US-04")
    assert len(found) == count
    if found:
        assert found[0].facts["step"] == "packing"
        assert [line["href"] for line in found[0].lines if line.get("href")] == [f"/processes/{process.id}"]


# ---- US-06 ---------------------------------------------------------------------------------------------------------------------------


def test_packages_packed_after_the_end_are_found_and_a_longer_term_cures(work: Any) -> None:
    user = make_late_packages(work)
    (finding,) = run_twice(work, "US-06")
    assert (finding.authorisation_id, finding.severity) == (user.id, 3)
    user.valid_to = date(2026, 9, 1)
    work.record(user, "authorisation:change")
    work.flush()
    service.run(work, 2025)
    assert finding.state == "cleared"


def test_packed_on_the_last_day_is_lawful_and_on_the_day_of_the_end_it_is_not(work: Any) -> None:
    make_late_packages(work, packed_on=date(2025, 8, 31))
    user = make_late_packages(work, packed_on=date(2025, 9, 1))
    assert [finding.authorisation_id for finding in run_twice(work, "US-06")] == [user.id]


def test_item_codes_on_goods_packed_before_the_authorisation_are_found(work: Any) -> None:
    user = make_authorisation(work, valid_from=date(2025, 12, 1))
    make_labels(work, authorisation=user)
    idle = make_authorisation(work, valid_from=date(2025, 12, 1))
    make_batch(work, idle, product=make_product(work, idle), packed_on=date(2025, 9, 28))
    assert [finding.authorisation_id for finding in run_twice(work, "US-06")] == [user.id], "goods without activated codes bear no mark"


# ---- CL-01 ---------------------------------------------------------------------------------------------------------------------------


def test_a_ring_is_found_and_accuses_nobody(work: Any) -> None:
    user = make_authorisation(work)
    labels = make_labels(work, authorisation=user)
    make_ring(work, labels)
    (finding,) = run_twice(work, "CL-01")
    assert (finding.authorisation_id, finding.owner_org_id) == (None, None)
    assert (finding.subject_kind, finding.subject_id, finding.authority_division) == ("code_range", labels.range_id, "999999")
    assert finding.facts["codes"][0]["client_days"] == 37
    assert finding.facts["codes"][0]["provinces"] == 6


@pytest.mark.parametrize(
    ("codes", "clients", "provinces", "found"), [(2, 37, 6, 0), (3, 19, 6, 0), (3, 37, 2, 0), (1, 60, 3, 1), (1, 60, 0, 1)]
)
def test_chance_is_no_ring(work: Any, codes: int, clients: int, provinces: int, found: int) -> None:
    make_ring(work, make_labels(work), codes=codes, clients=clients, provinces=provinces)
    assert len(run_twice(work, "CL-01")) == found


def test_no_case_is_opened_on_copied_codes(work: Any) -> None:
    make_ring(work, make_labels(work))
    (finding,) = run_twice(work, "CL-01", None)
    handler = Work(work.session, make_actor(work, "county_handler", division="999999"), work.now)
    with pytest.raises(Conflict, match="行为人不明"):
        listings.open_case(handler, finding.id or 0, expected_version=finding.version)
    assert finding.state == "open"


def test_the_database_itself_refuses_to_accuse_the_user_whose_codes_were_copied(work: Any) -> None:
    user = make_authorisation(work)
    make_ring(work, make_labels(work, authorisation=user))
    (finding,) = run_twice(work, "CL-01")
    finding.authorisation_id = user.id
    with pytest.raises((DBAPIError, Conflict)):
        work.session.flush()


def test_an_officer_of_the_next_county_finds_no_ring(work: Any) -> None:
    make_ring(work, make_labels(work))
    make_division(work, "999998")
    service.run(Work(work.session, make_actor(work, "county_handler", division="999998"), work.now))
    assert findings(work, "CL-01") == []
