"""QT-02, QT-04, QT-05 and QL-02 through the nightly run: each planted fraud is found, its honest look-alike is not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.anomalies import service
from gi_registry.anomalies.models import Finding
from gi_registry.anomalies.rules import ql_02, qt_02, qt_04, qt_05
from gi_registry.anomalies.rules.finding import words_of
from gi_registry.anomalies.service.conversions import CONVERSION
from gi_registry.batches.service import confirm_sale
from gi_registry.batches.service.quality import withdraw_test
from gi_registry.kernel.verdict import Failed
from gi_registry.policy.models import PolicyParameter
from gi_registry.registry.models import Gi, Product
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch
from tests.builders.grounds import bind, make_goods, make_packages, make_user, set_ground, stock_pond
from tests.builders.processes import do, made
from tests.builders.quality import make_institution, make_test
from tests.builders.registry import make_gi, make_product

HARVEST = date(2025, 9, 25)


def found(work: Any, ground: str, *, as_of: date | None = None) -> dict[int, Finding]:
    """Run the night twice, so that nothing is found a second time; return the open findings of 2025 by authorisation."""
    service.run(work, 2025, as_of=as_of)
    again = service.run(work, 2025, as_of=as_of)
    assert (again.new, again.changed, again.cleared) == (0, 0, 0)
    query = select(Finding).where(Finding.ground == ground, Finding.state == "open")
    return {row.authorisation_id or 0: row for row in work.session.exec(query)}


def asked(work: Any, ground: str) -> list[int]:
    result = service.run(work, 2025, dry_run=True)
    return [item.authorisation_id or 0 for item in result.unjudged if item.ground == ground]


def silence(*_args: Any, **_more: Any) -> Any:
    return ()


# QT-02: outside goods mixed in


def mill(work: Any, packed: int, **purchase: Any) -> Any:
    """A user with 1,000 pieces of its own, 2,000 bought, and so many packed under the mark."""
    user = make_user(work)
    make_goods(work, user)
    if purchase:
        make_goods(work, user, quantity=2_000, kind="purchase", **purchase)
    make_packages(work, user, packed)
    return user


def test_outside_goods_under_the_mark_are_found_and_those_stored_apart_are_not(work):
    mixed, apart = mill(work, 2_900, supplier="邻县收购站"), mill(work, 990, supplier="邻县收购站")
    findings = found(work, "QT-02")
    assert list(findings) == [mixed.id]
    finding = findings[mixed.id]
    assert (finding.severity, finding.lines[-1]["amount"]) == (3, 1_900)
    assert apart.id not in findings
    assert service.open_case_on(_handler(work), finding.id, expected_version=finding.version).state == "in_case"


def _handler(work: Any) -> Work:
    return Work(work.session, make_actor(work, "county_handler", division="999999"), work.now)


def test_a_sellers_open_period_does_not_count_against_the_buyer(work):
    gi = make_gi(work)
    seller = make_user(work, gi)
    make_goods(work, seller, quantity=9_000)
    buyer = make_user(work, gi)
    make_goods(work, buyer)
    bought = make_goods(work, buyer, quantity=2_000, kind="purchase", supplier_number=seller.number)
    make_packages(work, buyer, 2_900)
    assert found(work, "QT-02") == {}
    late = work.today + timedelta(days=31)
    assert list(found(work, "QT-02", as_of=late)) == [buyer.id]
    firm = work.session.get(Organisation, seller.organisation_id)
    confirm_sale(Work(work.session, make_actor(work, "producer_approver", organisation=firm), work.now), bought.id)
    assert found(work, "QT-02", as_of=late) == {}


def test_where_raw_material_may_come_from_outside_every_purchase_counts(work):
    user = make_user(work, steps={"raw_material": "allowed_outside", "production": "required_inside"})
    make_goods(work, user, quantity=2_000, kind="purchase", supplier="邻县收购站")
    make_packages(work, user, 1_900)
    assert found(work, "QT-02") == {}


def test_packages_without_any_goods_on_file_ask_for_the_books(work):
    user = make_user(work)
    make_packages(work, user, 900)
    assert found(work, "QT-02") == {}
    assert user.id in asked(work, "QT-02")


def test_labels_of_past_years_brought_in_by_file_count(work):
    user = make_user(work)
    batch = make_goods(work, user)
    bind(work, batch, 1_500, date(2025, 9, 27))
    assert list(found(work, "QT-02")) == [user.id]


def leaf_and_tea(work: Any, *, packages: int) -> Any:
    """A tea garden: 1,000 kg of fresh leaf, made into 240 kg of tea; four kilograms of leaf give one of tea at most."""
    user = make_user(work)
    code = work.session.get(Gi, user.gi_id).code
    row = PolicyParameter(key=CONVERSION, division="", valid_from=date(2020, 1, 1), value={"default": 1000, code: 250}, version=code)
    work.record(row, "policy:adopt")
    tea = make_product(work, user, unit="g", content_per_label=250)
    leaf = make_batch(work, user, unit="g", quantity="1000", commodity="鲜叶")
    do(work, "transform", [(leaf, "1000")], {"product_id": tea.id, "quantity": "240"}, loss="760")
    make_batch(work, user, product=tea, kind="pre_printed", supplier="示例印务", quantity=str(packages), harvested_on=None)
    return user


@pytest.mark.parametrize(("packages", "mixed"), [(250, False), (300, True)])
def test_tea_is_held_against_what_its_leaf_can_give(work, packages, mixed):
    user = leaf_and_tea(work, packages=packages)
    findings = found(work, "QT-02")
    assert list(findings) == ([user.id] if mixed else [])
    if mixed:
        assert "1\u202f000\u202f000 × 250‰" in str(words_of(findings[user.id].lines[0]["arithmetic"]))


# QT-04: impossible tempo


def farm(work: Any, *, per_day: int | None = None, opening: str = "") -> Any:
    user = make_user(work, make_gi(work, opening_on=opening))
    product = make_product(work, user, daily_capacity=per_day)
    return user, make_batch(work, user, product=product, quantity="9000", harvested_on=HARVEST)


def test_labels_bound_before_the_harvest_are_found(work):
    (early, first), (fine, second) = farm(work), farm(work)
    bind(work, first, 500, HARVEST - timedelta(days=1))
    bind(work, second, 500, HARVEST)
    findings = found(work, "QT-04")
    assert list(findings) == [early.id]
    assert "早于采收日期" in str(findings[early.id].lines[0]["arithmetic"])
    assert fine.id not in findings


def test_a_day_beyond_the_line_is_found_and_a_roll_bound_after_a_week_is_not(work):
    (hasty, first), (steady, second) = farm(work, per_day=1_000), farm(work, per_day=1_000)
    bind(work, first, 5_000, HARVEST + timedelta(days=1))
    bind(work, second, 5_000, HARVEST + timedelta(days=6))
    findings = found(work, "QT-04")
    assert list(findings) == [hasty.id]
    assert findings[hasty.id].lines[-1]["amount"] == 3_000
    assert steady.id not in findings


def test_without_a_declared_capacity_more_information_is_asked(work):
    set_ground(work, "QT-04", asks=4_000)
    user, batch = farm(work)
    bind(work, batch, 5_000, HARVEST)
    assert found(work, "QT-04") == {}
    assert asked(work, "QT-04") == [user.id]


def test_before_the_opening_day_is_a_reminder_unless_the_use_rules_forbid_it(work):
    (early, first), (fine, second) = farm(work, opening="09-26"), farm(work, opening="09-25")
    for batch in (first, second):
        bind(work, batch, 100, HARVEST + timedelta(days=3))
    findings = found(work, "QT-04")
    assert {owner: finding.severity for owner, finding in findings.items()} == {early.id: 1}
    assert fine.id not in findings
    code = work.session.get(Gi, early.gi_id).code
    set_ground(work, "QT-04", opening_forbidden=[code])
    service.run(work, 2025)
    assert findings[early.id].severity == 1, "the facts did not change: a finding keeps the parameter it was found by"


# QT-05: bathed stock


def pond(work: Any, *, harvested: int = 700, marked: int = 700) -> Any:
    user = make_user(work, capacity_basis="water")
    batch = make_goods(work, user, quantity=harvested)
    bind(work, batch, marked, date(2025, 9, 27))
    code = work.session.get(Gi, user.gi_id).code
    return user, code


def test_more_crabs_than_were_stocked_are_found(work):
    (many, one), (few, other) = pond(work), pond(work)
    set_ground(work, "QT-05", gis={one: {"survival_permille": 700}, other: {"survival_permille": 700}})
    stock_pond(work, many, 900, date(2025, 3, 1))
    stock_pond(work, few, 1_000, date(2025, 3, 1))
    findings = found(work, "QT-05")
    assert list(findings) == [many.id]
    assert findings[many.id].lines[-1]["amount"] == 70


def test_crabs_put_in_three_days_before_are_found_and_a_top_up_is_not(work):
    (bathed, one), (grown, other) = pond(work), pond(work)
    set_ground(work, "QT-05", gis={code: {"residence_days": 60} for code in (one, other)})
    stock_pond(work, bathed, 100, date(2025, 3, 1))
    stock_pond(work, bathed, 900, HARVEST - timedelta(days=3))
    stock_pond(work, grown, 800, date(2025, 3, 1))
    stock_pond(work, grown, 900, HARVEST - timedelta(days=3))
    findings = found(work, "QT-05")
    assert list(findings) == [bathed.id]
    assert "满 60 天" not in str(findings[bathed.id].summary)
    assert findings[bathed.id].lines[-1]["amount"] == 600


def test_a_pond_without_any_stocking_is_asked_only_where_a_parameter_is_set(work):
    (listed, code), (_left, _other) = pond(work), pond(work)
    set_ground(work, "QT-05", gis={code: {"residence_days": 60}})
    assert found(work, "QT-05") == {}
    assert asked(work, "QT-05") == [listed.id]


# QL-02: no valid test report


def test_goods_without_a_report_in_the_period_are_found(work):
    users = [make_user(work) for _ in range(4)]
    batches = [make_goods(work, user, packed_on=HARVEST) for user in users]
    for batch in batches:
        bind(work, batch, 100, HARVEST)
    institution = make_institution(work)
    make_test(work, batches[0], by=institution)
    make_test(work, batches[1], by=institution, issued_on=date(2025, 3, 1), sampled_on=None)
    lapsed = make_test(work, _old(work, users[2]), by=institution, issued_on=date(2023, 3, 1), sampled_on=None)
    assert found(work, "QL-02") == {}, "no months are asked by default"
    set_ground(work, "QL-02", standards={"GB/T 19957-2005": 12})
    findings = found(work, "QL-02")
    assert {owner: finding.severity for owner, finding in findings.items()} == {users[2].id: 1, users[3].id: 2}
    assert findings[users[2].id].lines[1]["href"] == f"/tests/{lapsed.id}"
    make_test(work, batches[3], by=institution, issued_on=date(2025, 12, 1), sampled_on=None)
    assert isinstance(service.still_holds(work.session, findings[users[3].id], as_of=work.today), Failed)
    assert list(found(work, "QL-02")) == [users[2].id]


def test_a_report_on_the_harvest_covers_what_was_made_of_it(work):
    user, other = make_user(work), make_user(work)
    harvests = [make_goods(work, one, packed_on=HARVEST) for one in (user, other)]
    parts = [made(work, do(work, "split", [(harvest, "400")], {"quantity": "300"}, {"quantity": "100"})) for harvest in harvests]
    for part, _rest in parts:
        bind(work, part, 100, date(2025, 10, 8))
    institution = make_institution(work)
    make_test(work, harvests[0], by=institution, issued_on=date(2025, 12, 1), sampled_on=None)
    make_test(work, parts[1][1], by=institution, issued_on=date(2025, 12, 1), sampled_on=None)
    set_ground(work, "QL-02", months=1)
    findings = found(work, "QL-02")
    assert list(findings) == [other.id], "a report on its sister covers no batch"


def _old(work: Any, user: Any) -> Any:
    return make_goods(work, user, harvest_year=2022, account_year=2022, harvested_on=date(2022, 9, 25))


def test_a_report_by_an_unknown_institution_asks_for_more_information(work):
    user = make_user(work)
    batch = make_goods(work, user, packed_on=HARVEST)
    bind(work, batch, 100, HARVEST)
    set_ground(work, "QL-02", months=12)
    report = make_test(work, batch, institution_id=None, institution="外省检测站")
    assert found(work, "QL-02") == {}
    assert asked(work, "QL-02") == [user.id]
    withdraw_test(work, report.id, why="录错", version=1)
    assert list(found(work, "QL-02")) == [user.id]


# the negative control: with the rule silent, the same plants leave no trace


def plant_all(work: Any) -> None:
    mill(work, 2_900, supplier="邻县收购站")
    _early, batch = farm(work)
    bind(work, batch, 500, HARVEST - timedelta(days=1))
    user, _code = pond(work)
    stock_pond(work, user, 100, date(2025, 3, 1))
    set_ground(work, "QL-02", months=12)


@pytest.mark.parametrize(("ground", "rule"), [("QT-02", qt_02), ("QT-04", qt_04), ("QT-05", qt_05), ("QL-02", ql_02)])
def test_with_a_rule_off_its_fraud_is_not_found_by_another(work, monkeypatch, ground, rule):
    plant_all(work)
    assert [d.ground for d in service.run(work, 2025, dry_run=True).found if d.ground == ground]
    monkeypatch.setattr(rule, "judge", (lambda *_: None) if rule in (qt_02, ql_02) else silence)
    assert [d.ground for d in service.run(work, 2025, dry_run=True).found if d.ground == ground] == []


def test_the_number_of_queries_does_not_grow_with_users(work, count_queries):
    gi = make_gi(work)

    def more() -> None:
        user = make_user(work, gi)
        batch = make_goods(work, user)
        bind(work, batch, 1_500, date(2025, 9, 20))
        stock_pond(work, user, 100, date(2025, 3, 1))

    more()
    with count_queries() as few:
        service.run(work, 2025, dry_run=True)
    for _ in range(3):
        more()
    work.session.expire_all()
    with count_queries() as many:
        result = service.run(work, 2025, dry_run=True)
    assert {draft.ground for draft in result.found} >= {"QT-02", "QT-04", "QT-05"}
    assert many.count - few.count <= 4, "QT-01 asks for each user's authorisation, which the session keeps"
    assert work.session.get(Product, 1) is not None
