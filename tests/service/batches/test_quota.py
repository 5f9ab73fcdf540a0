"""The quota: what the land can yield, and not a label more."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from gi_registry.batches import queries, service
from gi_registry.kernel.errors import Conflict, Duplicate, MassBalanceExceeded, QuotaExceeded
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection


@pytest.fixture
def farm(work):
    """A crab farmer with 12 mu inside the area and 600 pieces a mu for 2025."""
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi))
    make_product(work, authorisation)
    make_area(work, gi)
    make_plot(work, authorisation)
    make_cap(work, gi)
    return gi, authorisation


def ask(work, gi, authorisation, **differs):
    values = {"gi_id": gi.id, "year": 2025, "zone": "", "unit": "piece"} | differs
    return service.entitlement(work.session, authorisation.id, **values)


def reserve(work, gi, authorisation, quantity, source_id=1, **differs):
    values = {"gi_id": gi.id, "year": 2025, "zone": "", "unit": "piece", "source_kind": "allotment"} | differs
    return service.reserve(work, authorisation, quantity=quantity, source_id=source_id, **values)


def use(work, gi, authorisation, quantity, batch, source_id=1):
    values = {"gi_id": gi.id, "year": 2025, "zone": "", "unit": "piece", "source_kind": "code_interval"}
    return service.use_reserved(work, authorisation, quantity=quantity, batch_id=batch.id, source_id=source_id, **values)


def give_back(work, gi, authorisation, quantity, source_id=1, batch=None):
    values = {"gi_id": gi.id, "year": 2025, "zone": "", "unit": "piece", "source_kind": "code_interval"}
    return service.release(work, authorisation, quantity=quantity, source_id=source_id, batch_id=batch.id if batch else None, **values)


def test_twelve_mu_at_600_are_7200(work, farm):
    granted = ask(work, *farm)
    assert granted.total == granted.left == 7_200
    assert str(granted.lines[0].arithmetic) == "12.000 亩 × 600 件/亩 = 7\u2009200 件"
    assert granted.cap_status == "provisional"
    assert granted.lines[0].source.startswith("plot:")


def test_land_outside_the_area_does_not_count_and_land_on_its_edge_does(work, farm):
    gi, authorisation = farm
    make_plot(work, authorisation, square(100, east_m=6_000), name="湖外")
    make_plot(work, authorisation, rectangle(4_950, 0, 5_030, 100), name="湖边")
    lines = {str(line.label).split()[-1]: line for line in ask(work, gi, authorisation).lines}
    assert lines["湖外"].quantity == 0
    assert "产地范围外" in str(lines["湖外"].arithmetic)
    assert lines["湖边"].quantity == 7_200


def test_a_reservation_beyond_the_entitlement_is_refused_with_every_figure(work, farm):
    gi, authorisation = farm
    reserve(work, gi, authorisation, 5_000)
    with pytest.raises(QuotaExceeded) as refusal:
        reserve(work, gi, authorisation, 2_201, source_id=2)
    told = str(refusal.value)
    for figure in ("7\u2009200", "5\u2009000", "2\u2009200", "暂定", "第 1 版"):
        assert figure in told
    assert refusal.value.remedy is not None
    reserve(work, gi, authorisation, 2_200, source_id=3)
    assert ask(work, gi, authorisation).left == 0


def test_the_same_source_reserves_once(work, farm):
    reserve(work, *farm, 10)
    with pytest.raises(Duplicate):
        reserve(work, *farm, 10)


def test_labels_go_onto_a_batch_and_come_off_once(work, farm):
    gi, authorisation = farm
    batch = make_batch(work, authorisation)
    reserve(work, gi, authorisation, 1_500)
    use(work, gi, authorisation, 900, batch)
    granted = ask(work, gi, authorisation)
    assert (granted.reserved, granted.used) == (600, 900)
    assert service.labelled_of_batch(work.session, batch.id) == 900
    with pytest.raises(MassBalanceExceeded):
        use(work, gi, authorisation, 101, batch, source_id=2)
    give_back(work, gi, authorisation, 100, source_id=3, batch=batch)
    with pytest.raises(Duplicate):
        give_back(work, gi, authorisation, 100, source_id=3, batch=batch)
    assert service.available_of_batch(work.session, batch.id) == 200
    give_back(work, gi, authorisation, 600, source_id=4)
    granted = ask(work, gi, authorisation)
    assert (granted.reserved, granted.used, granted.left) == (0, 800, 6_400)
    work.commit()


def test_labels_of_one_year_do_not_go_onto_goods_of_another(work, farm):
    gi, authorisation = farm
    batch = make_batch(work, authorisation, harvest_year=2024, harvested_on=date(2024, 9, 25))
    reserve(work, gi, authorisation, 100)
    with pytest.raises(Conflict) as refusal:
        use(work, gi, authorisation, 100, batch)
    assert "往年库存" in str(refusal.value.remedy)


def test_a_corrected_cap_supersedes_and_may_leave_a_debt(work, farm):
    gi, authorisation = farm
    reserve(work, gi, authorisation, 7_200)
    make_cap(work, gi, status="final", per_mu="400", decided_on=date(2025, 11, 1))
    granted = ask(work, gi, authorisation)
    assert (granted.total, granted.left, granted.cap_status, granted.cap_version) == (4_800, -2_400, "final", 2)
    old, new = sorted(queries.list_caps(work.session, gi.id), key=lambda cap: cap.revision)
    assert old.superseded_by == new.id
    assert old.per_mu == 600


def test_without_a_cap_nothing_can_be_labelled_and_the_refusal_says_whom_to_ask(work, farm):
    gi, authorisation = farm
    with pytest.raises(QuotaExceeded) as refusal:
        reserve(work, gi, authorisation, 1, year=2024)
    assert "单产上限" in str(refusal.value.remedy)


def test_vinegar_from_outside_grain_counts_by_its_conversion(work):
    gi = make_gi(work)
    steps = {"raw_material": "allowed_outside", "production": "required_inside", "packing": "required_inside"}
    authorisation = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="purchased", steps=steps))
    make_batch(work, authorisation, kind="purchase", unit="g", quantity="2500.5", supplier="示例粮站", harvested_on=None)
    granted = ask(work, gi, authorisation, unit="g")
    assert granted.total == 2_500_500
    assert str(granted.lines[0].arithmetic) == "2\u2009500.5 公斤 × 折算 1.000 = 2\u2009500.5 公斤"


def test_bought_in_crabs_count_only_once_the_seller_confirms_and_leave_the_sellers_stock(work, farm):
    gi, seller = farm
    buyer = make_authorisation(work, protection=work.session.get(type(make_protection(work, gi)), seller.protection_id))
    make_batch(work, seller, quantity="300")
    bought = make_batch(work, buyer, kind="purchase", quantity="200", supplier_number=seller.number, harvested_on=None)
    assert ask(work, gi, buyer).total == 0
    service.confirm_sale(work, bought.id)
    assert ask(work, gi, buyer).total == 200
    assert ask(work, gi, seller).total == 7_000
    with pytest.raises(Conflict):
        service.confirm_sale(work, bought.id)


def test_where_no_capacity_can_be_computed_declared_batches_limit(work):
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
    make_batch(work, authorisation, quantity="80")
    granted = ask(work, gi, authorisation)
    assert (granted.total, granted.limited_by, granted.sufficient) == (80, "batches", False)
    with pytest.raises(QuotaExceeded):
        reserve(work, gi, authorisation, 81)


def test_imported_activations_are_stored_even_beyond_everything(work, farm):
    gi, authorisation = farm
    batch = make_batch(work, authorisation, quantity="100")
    service.record_use(work, authorisation, quantity=9_000, batch_id=batch.id, source_kind="code_interval", source_id=1)
    granted = ask(work, gi, authorisation)
    assert (granted.used, granted.left) == (9_000, -1_800)
    work.commit()


def test_the_database_itself_refuses_an_unbalanced_or_altered_ledger(work, farm):
    gi, authorisation = farm
    transfer = reserve(work, gi, authorisation, 10)
    work.commit()
    account = work.session.execute(text("SELECT account_id FROM ledger_entry LIMIT 1")).scalar_one()
    forgeries = (
        f"INSERT INTO ledger_entry (transfer_id, account_id, amount) VALUES ({transfer.id}, {account}, 5)",
        "UPDATE ledger_entry SET amount = amount * 2",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transfer SET memo = 'x'",
        (
            "INSERT INTO ledger_transfer (id, tag, at, on_date, source_kind, source_id, memo)"
            " VALUES (999, 'x:y', '2026-01-01 00:00:00', '2026-01-01', 'x', 1, '')"
        ),
        "UPDATE yield_cap SET per_mu = 999",
    )
    for forgery in forgeries:
        with pytest.raises(Conflict), work.savepoint():
            work.session.execute(text(forgery))


def test_an_unbalanced_transfer_is_refused_by_the_trigger(work, farm):
    gi, authorisation = farm
    reserve(work, gi, authorisation, 10)
    account = work.session.execute(text("SELECT account_id FROM ledger_entry LIMIT 1")).scalar_one()
    with pytest.raises(Conflict), work.savepoint():
        work.session.execute(text(f"INSERT INTO ledger_entry (transfer_id, account_id, amount) VALUES (777, {account}, 5)"))
        work.session.execute(
            text(
                "INSERT INTO ledger_transfer (id, tag, at, on_date, source_kind, source_id, memo)"
                " VALUES (777, 'x:y', '2026-01-01 00:00:00', '2026-01-01', 'x', 1, '')"
            )
        )
