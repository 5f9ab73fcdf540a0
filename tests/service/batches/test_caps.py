"""Caps by variety and basis, proposed by the holder and approved by the province; who loses what is shown before."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from gi_registry.accounts.models import Organisation
from gi_registry.batches import queries, service
from gi_registry.batches.schemas import CapFields, CapProposalFields, DecideCap, DecideUnit, UnitFields
from gi_registry.batches.service import caps_register, proposals
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, QuotaExceeded, StaleVersion
from gi_registry.notices.models import Notice
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_gi, make_organisation, make_product, make_protection


@pytest.fixture
def lake(work):
    """A lake held by an association, two crab farmers with 12 mu each, and 600 rings a mu for 2025."""
    holder = make_organisation(work, kind="holder")
    gi = make_gi(work, holder_org_id=holder.id, owner_org_id=holder.id)
    protection = make_protection(work, gi)
    make_area(work, gi)
    farmers = []
    for _ in range(2):
        farmer = make_authorisation(work, protection=protection)
        make_product(work, farmer)
        make_plot(work, farmer)
        farmers.append(farmer)
    make_cap(work, gi)
    association = Work(work.session, make_actor(work, "holder_manager", organisation=holder), work.now)
    province = Work(work.session, make_actor(work, "province_officer", division=gi.authority_division), work.now)
    return gi, farmers, association, province


def stated(**differs):
    values = {
        "year": 2025, "unit": "piece", "per_mu": "500", "status": "final", "effective_on": date(2025, 9, 1),
        "basis": "示例协会〔2025〕9 号", "note": "测产偏低",
    }  # fmt: skip
    return CapProposalFields(**values | differs)


def ask(work, gi, farmer, **differs):
    return service.entitlement(work.session, farmer.id, **{"gi_id": gi.id, "year": 2025, "unit": "piece"} | differs)


def seen(work, proposal):
    return DecideCap(version=proposal.version, seen=proposals.preview_of(work, proposal).seen)


def reserve(work, gi, farmer, quantity, source_id=1):
    return service.reserve(
        work, farmer, gi_id=gi.id, year=2025, zone="", unit="piece", quantity=quantity, source_kind="allotment", source_id=source_id
    )


def test_the_holder_proposes_the_province_approves_and_everybody_concerned_is_told(work, lake):
    gi, farmers, association, province = lake
    reserve(work, gi, farmers[0], 7_000)
    proposal = proposals.propose_cap(association, gi.id, stated())
    assert ask(work, gi, farmers[0]).total == 7_200
    assert (proposal.seen["losing"], proposal.seen["before"], proposal.seen["after"]) == (2, 14_400, 12_000)
    proposals.approve_cap(province, proposal.id, seen(province, proposal))
    granted = ask(work, gi, farmers[0])
    assert (granted.total, granted.left, granted.cap_status, granted.cap_version) == (6_000, -1_000, "final", 2)
    old, new = sorted(queries.list_caps(work.session, gi.id), key=lambda cap: cap.revision)
    assert (old.per_mu, old.superseded_by, new.id) == (600, new.id, proposal.cap_id)
    letters = work.session.execute(select(Notice).order_by(col(Notice.id))).scalars().all()
    assert [letter.organisation_id for letter in letters[-2:]] == [farmer.organisation_id for farmer in farmers]
    assert "由 7\u2009200 件 变为 6\u2009000 件" in letters[-2].body
    assert "1\u2009000" not in letters[-1].body
    with pytest.raises(QuotaExceeded):
        reserve(work, gi, farmers[0], 1, source_id=2)


def test_the_preview_is_the_entitlement_itself_with_those_below_what_they_used_first(work, lake):
    gi, farmers, association, _province = lake
    batch = make_batch(work, farmers[1], quantity="7000")
    reserve(work, gi, farmers[1], 7_000)
    service.use_reserved(
        work, farmers[1], gi_id=gi.id, year=2025, zone="", unit="piece", quantity=6_500, batch_id=batch.id, source_kind="code", source_id=1
    )
    found = proposals.preview(association, gi.id, stated(), proposals.read_cap(stated()))
    assert [(row.authorisation_id, row.before, row.after, row.reserved, row.used) for row in found.rows] == [
        (farmers[1].id, 7_200, 6_000, 500, 6_500),
        (farmers[0].id, 7_200, 6_000, 0, 0),
    ]
    assert [row.below_used for row in found.rows] == [True, False]
    make_cap(work, gi, per_mu="500", status="final")
    assert [ask(work, gi, farmer).total for farmer in farmers] == [6_000, 6_000]


def test_figures_that_moved_since_the_page_was_read_are_shown_beside_the_new_ones(work, lake):
    gi, farmers, association, province = lake
    proposal = proposals.propose_cap(association, gi.id, stated())
    page = seen(province, proposal)
    reserve(work, gi, farmers[0], 100)
    with pytest.raises(StaleVersion) as refused:
        proposals.approve_cap(province, proposal.id, page)
    assert (refused.value.mine["已预留合计"], refused.value.theirs["已预留合计"]) == ("0", "100")
    assert proposal.state == "proposed"
    proposals.approve_cap(province, proposal.id, seen(province, proposal))
    assert proposal.state == "approved"


def test_nobody_approves_alone_or_twice_or_without_having_seen(work, lake):
    gi, _farmers, _association, province = lake
    proposal = proposals.propose_cap(province, gi.id, stated())
    with pytest.raises(NotAllowed):
        proposals.approve_cap(province, proposal.id, seen(province, proposal))
    other = Work(work.session, make_actor(work, "province_officer", division=gi.authority_division), work.now)
    with pytest.raises(StaleVersion):
        proposals.approve_cap(other, proposal.id, DecideCap(version=proposal.version))
    proposals.approve_cap(other, proposal.id, seen(other, proposal))
    with pytest.raises(IllegalTransition):
        proposals.approve_cap(other, proposal.id, DecideCap())


def test_a_rejection_needs_a_reason_and_changes_nothing(work, lake):
    gi, farmers, association, province = lake
    proposal = proposals.propose_cap(association, gi.id, stated())
    with pytest.raises(Invalid):
        proposals.reject_cap(province, proposal.id, DecideCap(version=1))
    proposals.reject_cap(province, proposal.id, DecideCap(version=1, reason="测产资料不全"))
    assert (proposal.state, proposal.cap_id) == ("rejected", None)
    assert ask(work, gi, farmers[0]).total == 7_200


def test_two_proposals_of_one_cap_cannot_both_replace_the_same_version(work, lake):
    gi, _farmers, association, province = lake
    first, second = (proposals.propose_cap(association, gi.id, stated(per_mu=each)) for each in ("500", "450"))
    proposals.approve_cap(province, first.id, seen(province, first))
    with pytest.raises(Conflict):
        proposals.approve_cap(province, second.id, seen(province, second))


def test_only_the_proposer_withdraws_and_others_holders_see_nothing(work, lake):
    gi, _farmers, association, province = lake
    proposal = proposals.propose_cap(association, gi.id, stated())
    with pytest.raises(NotAllowed):
        proposals.withdraw_cap(province, proposal.id, DecideCap())
    stranger = Work(work.session, make_actor(work, "holder_manager", organisation=make_organisation(work, kind="holder")), work.now)
    with pytest.raises(NotFound):
        proposals.propose_cap(stranger, gi.id, stated())
    proposals.withdraw_cap(association, proposal.id, DecideCap(version=1))
    assert proposal.state == "withdrawn"


def test_after_the_final_cap_there_is_no_provisional_one(work, lake):
    gi, _farmers, association, _province = lake
    make_cap(work, gi, per_mu="580", status="final")
    with pytest.raises(Conflict):
        proposals.propose_cap(association, gi.id, stated(status="provisional"))


@pytest.mark.parametrize(("per_mu", "zone", "variety", "refused"), [
    ("600", "", "", False), ("700", "", "", False), ("599", "", "", True), ("599", "东区", "", True), ("599", "", "稻花香", True),
])  # fmt: skip
def test_one_officer_alone_raises_a_cap_and_never_cuts_one(work, lake, per_mu, zone, variety, refused):
    gi, _farmers, _association, province = lake
    fields = CapFields(
        year=2025, unit="piece", per_mu=per_mu, zone=zone, variety=variety, status="final", decided_on=date(2025, 11, 1), basis="公布"
    )
    if refused:
        with pytest.raises(NotAllowed):
            service.set_cap(province, gi.id, fields)
    else:
        assert service.set_cap(province, gi.id, fields).per_mu == int(per_mu)


def test_each_plot_takes_the_narrowest_cap_of_its_zone_and_variety(work, lake):
    gi, farmers, _association, _province = lake
    make_plot(work, farmers[0], variety="稻花香", name="稻花香地")
    make_cap(work, gi, per_mu="500", variety="稻花香")
    granted = ask(work, gi, farmers[0])
    assert granted.total == 7_200 + 6_000
    assert "稻花香：12.000 亩 × 500 件/亩 = 6\u2009000 件" in [str(line.arithmetic) for line in granted.lines]
    assert {cap.per_mu for cap in granted.caps} == {600, 500}
    assert ask(work, gi, farmers[1]).total == 7_200


def test_a_cap_counts_from_its_day_and_the_one_before_until_then(work, lake):
    gi, farmers, _association, _province = lake
    make_cap(work, gi, per_mu="500", status="final", effective_on=date(2025, 10, 1))
    assert ask(work, gi, farmers[0], on=date(2025, 9, 30)).total == 7_200
    assert ask(work, gi, farmers[0], on=date(2025, 10, 1)).total == 6_000
    assert ask(work, gi, farmers[0]).total == 6_000


# ---- heads, cellars, kilns; purchased input ------------------------------------------------------------------------------------------


@pytest.fixture
def distillery(work):
    """A distillery whose capacity is its cellars."""
    gi = make_gi(work)
    user = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="cellar"))
    producer = Work(
        work.session, make_actor(work, "producer_operator", organisation=work.session.get(Organisation, user.organisation_id)), work.now
    )
    county = [Work(work.session, make_actor(work, "county_handler", division=gi.authority_division), work.now) for _ in range(2)]
    return gi, user, producer, county


CELLARS = {"kind": "cellar", "name": "一号车间", "quantity": "40", "valid_from": date(2024, 1, 1)}


def test_cellars_count_once_the_county_verified_them_and_until_their_end(work, distillery):
    gi, user, producer, (county, _other) = distillery
    unit = caps_register.declare_unit(producer, user.id, UnitFields(**CELLARS))
    assert not ask(work, gi, user, unit="g").sufficient
    make_cap(work, gi, per="cellar", unit="g", per_mu="1500")
    assert ask(work, gi, user, unit="g").total == 0
    caps_register.verify_unit(county, unit.id, DecideUnit(version=unit.version))
    granted = ask(work, gi, user, unit="g")
    assert (granted.total, granted.sufficient) == (60_000_000, True)
    assert str(granted.lines[0].arithmetic) == "40 口窖池 × 1\u2009500 公斤 = 60\u2009000 公斤"
    caps_register.end_unit(producer, unit.id, DecideUnit(version=unit.version, valid_to=date(2025, 7, 1)))
    assert ask(work, gi, user, unit="g", on=date(2025, 6, 30)).total == 60_000_000
    assert ask(work, gi, user, unit="g", on=date(2025, 7, 1)).total == 0


def test_the_county_does_not_verify_what_it_declared_itself(work, distillery):
    _gi, user, _producer, (county, other) = distillery
    unit = caps_register.declare_unit(county, user.id, UnitFields(**CELLARS))
    with pytest.raises(NotAllowed):
        caps_register.verify_unit(county, unit.id, DecideUnit())
    assert caps_register.verify_unit(other, unit.id, DecideUnit()).state == "verified"


def test_a_protection_by_cellars_registers_no_heads_and_a_refusal_gives_its_reason(work, distillery):
    _gi, user, producer, (county, _other) = distillery
    with pytest.raises(Conflict):
        caps_register.declare_unit(producer, user.id, UnitFields(**CELLARS | {"kind": "head"}))
    unit = caps_register.declare_unit(producer, user.id, UnitFields(**CELLARS))
    with pytest.raises(Invalid):
        caps_register.refuse_unit(county, unit.id, DecideUnit())
    assert caps_register.refuse_unit(county, unit.id, DecideUnit(reason="现场只有 30 口")).state == "refused"


def test_the_conversion_of_the_gi_takes_the_place_of_the_policys(work):
    gi = make_gi(work)
    user = make_authorisation(
        work, protection=make_protection(work, gi, capacity_basis="purchased", steps={"raw_material": "allowed_outside"})
    )
    make_batch(work, user, kind="purchase", unit="g", quantity="1000", supplier="某合作社")
    assert ask(work, gi, user, unit="g").total == 1_000_000
    make_cap(work, gi, per="input", unit="g", per_mu="250")
    assert ask(work, gi, user, unit="g").total == 250_000
    bought = make_batch(work, user, kind="purchase", unit="g", quantity="400", supplier="某合作社")
    assert (bought.product_quantity, bought.conversion_permille) == (100_000, 250), "what lies in stock is what the entitlement counts"
    assert bought.conversion_version.startswith("yield_cap:")
    assert ask(work, gi, user, unit="g").total == 350_000
    with pytest.raises(Invalid):
        make_cap(work, gi, per="mu", commodity="稻谷")


LEAF = {"kind": "opening", "unit": "g", "quantity": "50", "commodity": "鲜叶", "harvest_year": 2024, "account_year": 2025}


def test_old_leaf_is_no_tea_old_tea_is(work):
    gi = make_gi(work)
    user = make_authorisation(work, protection=make_protection(work, gi))
    make_batch(work, user, **LEAF)
    assert (ask(work, gi, user, unit="g", year=2024).total, ask(work, gi, user, unit="g").total) == (0, 0)
    make_cap(work, gi, per="input", unit="g", per_mu="200", commodity="鲜叶")
    assert ask(work, gi, user, unit="g").total == 10_000, "by the conversion of the year where the GI has one"
    make_batch(work, user, **LEAF | {"commodity": "", "product": make_product(work, user, unit="g")})
    assert ask(work, gi, user, unit="g").total == 60_000


def test_leaf_carried_to_the_next_year_takes_nothing_from_the_tea_that_was_declared(work):
    gi = make_gi(work)
    user = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
    tea = make_product(work, user, unit="g")
    make_batch(work, user, product=tea, quantity="300")
    make_batch(work, user, **LEAF | {"harvest_year": 2025, "account_year": 2026})
    assert ask(work, gi, user, unit="g").total == 300_000
    make_batch(work, user, **LEAF | {"commodity": "", "unit": "", "product": tea, "harvest_year": 2025, "account_year": 2026})
    assert ask(work, gi, user, unit="g").total == 250_000
