"""Leaf becomes tea and dust, batches are split, merged and packed; the books balance and nothing is labelled twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from gi_registry.batches import queries, service
from gi_registry.batches.queries import process as reads
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.service import processing
from gi_registry.batches.service.posting import key_of
from gi_registry.kernel.errors import Conflict, Invalid, NotFound
from gi_registry.policy.models import PolicyParameter
from gi_registry.registry import queries as registry
from tests.builders.batches import make_batch
from tests.builders.processes import do, made
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

TEA = {"name": "示例绿茶", "unit": "g", "content_per_label": 250}


@pytest.fixture
def garden(work):
    """A tea garden whose declared batches are the limit: 1,000 kg of fresh leaf, four kilograms of leaf a kilogram of tea."""
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
    tea = make_product(work, authorisation, **TEA)
    leaf = make_batch(work, authorisation, unit="g", quantity="1000", commodity="鲜叶", number="LEAF")
    convert(work, {"default": 1000, gi.code: 250, f"{gi.code}:茶末": 50})
    return gi, authorisation, tea, leaf


def convert(work, rates):
    """Put rates of conversion in force."""
    values = {"key": "batches.conversion-permille", "division": "", "valid_from": date(2020, 1, 1), "value": rates, "version": "rates-1"}
    work.record(PolicyParameter(**values, why="测试"), "policy:set")
    work.flush()


def entitled(work, authorisation, unit="g"):
    """Return what may be labelled of 2025 in a unit."""
    return service.entitlement(work.session, authorisation.id, gi_id=authorisation.gi_id, year=2025, unit=unit)


def stock(work, batch):
    """Return what the account of a batch's goods holds in stock."""
    return queries.balances_of(work.session, key_of(batch)).get(Account.STOCK, 0)


def sums(work, authorisation):
    """Return the sum of all goods by commodity and unit: zero, whatever was done."""
    found = {}
    for key in queries.keys_of(work.session, authorisation.id):
        balances = {
            kind: amount for kind, amount in queries.totals_of(work.session, key).items() if kind not in ("capacity", "reserved", "used")
        }
        found[key.commodity, key.unit] = sum(balances.values())
    return found


def test_leaf_becomes_tea_and_dust_and_only_the_tea_may_be_labelled(work, garden):
    _gi, authorisation, tea, leaf = garden
    assert entitled(work, authorisation).total == 0
    process = do(
        work,
        "transform",
        [(leaf, "400")],
        {"product_id": tea.id, "quantity": "95", "grade": "特级"},
        {"commodity": "茶末", "quantity": "4"},
        loss="301",
    )
    packed, dust = made(work, process)
    assert (packed.kind, packed.commodity, packed.product_id, packed.quantity) == ("processed", "", tea.id, 95_000)
    assert (dust.commodity, dust.product_id, dust.quantity) == ("茶末", None, 4_000)
    assert [service.available_of_batch(work.session, batch.id) for batch in (leaf, packed, dust)] == [600_000, 95_000, 4_000]
    assert [stock(work, batch) for batch in (leaf, packed, dust)] == [600_000, 95_000, 4_000]
    assert packed.harvested_on == leaf.harvested_on
    assert packed.packed_on is None
    assert set(sums(work, authorisation).values()) == {0}
    assert queries.totals_of(work.session, key_of(leaf))[Account.LOSS] == 301_000
    assert entitled(work, authorisation).total == 95_000


def test_more_tea_than_the_conversion_gives_is_refused_with_the_figures(work, garden):
    _gi, _authorisation, tea, leaf = garden
    with pytest.raises(Invalid) as refused:
        do(
            work,
            "transform",
            [(leaf, "400")],
            {"product_id": tea.id, "quantity": "60"},
            {"product_id": tea.id, "quantity": "41", "grade": "一级"},
        )
    said = str(refused.value.fields[0].reason)
    assert "400 公斤" in said
    assert "100 公斤" in said
    assert "101 公斤" in said
    with pytest.raises(Invalid):
        do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"}, {"commodity": "茶末", "quantity": "20.001"})
    output = reads.made_by(work.session, do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"}).id)[0][0]
    assert (output.max_permille, output.conversion_version) == (250, "rates-1")


def test_what_is_not_left_cannot_be_processed(work, garden):
    _gi, _authorisation, tea, leaf = garden
    do(work, "transform", [(leaf, "700")], {"product_id": tea.id, "quantity": "100"})
    with pytest.raises(Invalid) as refused:
        do(work, "transform", [(leaf, "300.001")], {"product_id": tea.id, "quantity": "10"})
    assert "只剩 300 公斤" in str(refused.value.fields[0].reason)
    do(work, "transform", [(leaf, "300")], {"product_id": tea.id, "quantity": "10"})
    assert service.available_of_batch(work.session, leaf.id) == 0


def test_splitting_and_merging_conserve_and_add_nothing_to_the_entitlement(work, garden):
    _gi, authorisation, tea, _leaf = garden
    crop = make_batch(work, authorisation, product=tea, quantity="100")
    before = entitled(work, authorisation).total
    with pytest.raises(Invalid) as refused:
        do(work, "split", [(crop, "100")], {"quantity": "60", "grade": "特级"}, {"quantity": "39", "grade": "一级"})
    assert "相差 1 公斤" in str(refused.value.fields[0].reason)
    best, rest = made(
        work, do(work, "split", [(crop, "100")], {"quantity": "60", "grade": "特级"}, {"quantity": "39", "grade": "一级"}, loss="1")
    )
    assert (best.grade, rest.grade, best.product_id) == ("特级", "一级", tea.id)
    (blend,) = made(work, do(work, "merge", [(best, "60"), (rest, "39")], {"quantity": "99"}))
    assert [service.available_of_batch(work.session, batch.id) for batch in (crop, best, rest, blend)] == [0, 0, 0, 99_000]
    assert entitled(work, authorisation).total == before
    assert set(sums(work, authorisation).values()) == {0}


def test_loose_goods_are_packed_into_pieces_by_their_net_content(work, garden):
    _gi, authorisation, tea, leaf = garden
    tins = make_product(work, authorisation, name="示例绿茶听装", unit="piece", content_per_label=1)
    (loose,) = made(work, do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"}))
    with pytest.raises(Invalid):
        do(work, "pack", [(loose, "50")], {"product_id": tins.id, "quantity": "200", "net_content": "0.24"})
    (packed,) = made(work, do(work, "pack", [(loose, "50")], {"product_id": tins.id, "quantity": "200", "net_content": "0.25"}))
    assert (packed.quantity, packed.unit, packed.packed_on) == (200, "piece", date(2025, 10, 8))
    assert (entitled(work, authorisation).total, entitled(work, authorisation, "piece").total) == (50_000, 200)
    assert set(sums(work, authorisation).values()) == {0}


def test_goods_whose_labels_are_ordered_are_not_packed_away(work, garden):
    _gi, authorisation, tea, leaf = garden
    tins = make_product(work, authorisation, name="示例绿茶听装", unit="piece", content_per_label=1)
    (loose,) = made(work, do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"}))
    reserved = {"gi_id": authorisation.gi_id, "year": 2025, "zone": "", "unit": "g", "source_kind": "allotment", "source_id": 1}
    service.reserve(work, authorisation, quantity=90_000, **reserved)
    with pytest.raises(Conflict):
        do(work, "pack", [(loose, "50")], {"product_id": tins.id, "quantity": "200", "net_content": "0.25"})
    assert service.available_of_batch(work.session, loose.id) == 100_000


def test_labels_go_onto_what_was_made_and_not_onto_the_leaf(work, garden):
    _gi, authorisation, tea, leaf = garden
    (loose,) = made(work, do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"}))
    key = {"gi_id": authorisation.gi_id, "year": 2025, "zone": "", "unit": "g", "source_kind": "allotment"}
    service.reserve(work, authorisation, quantity=60_000, source_id=1, **key)
    with pytest.raises(Conflict):
        service.use_reserved(work, authorisation, quantity=1_000, batch_id=leaf.id, source_id=2, **key)
    service.use_reserved(work, authorisation, quantity=60_000, batch_id=loose.id, source_id=3, **key)
    assert service.available_of_batch(work.session, loose.id) == 40_000
    with pytest.raises(Invalid):
        do(work, "split", [(loose, "41")], {"quantity": "41"})


def test_a_mistake_is_undone_while_nothing_was_done_with_its_outputs(work, garden):
    _gi, authorisation, tea, leaf = garden
    process = do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"}, loss="200")
    (loose,) = made(work, process)
    further = do(work, "split", [(loose, "40")], {"quantity": "40"})
    with pytest.raises(Conflict) as refused:
        processing.undo_process(work, process.id, why="录入有误")
    assert loose.number in str(refused.value.reason)
    processing.undo_process(work, further.id, why="录入有误")
    processing.undo_process(work, process.id, why="录入有误")
    assert (process.state, loose.state, made(work, further)[0].state) == ("undone", "withdrawn", "withdrawn")
    assert service.available_of_batch(work.session, leaf.id) == 1_000_000
    assert entitled(work, authorisation).total == 0
    assert set(sums(work, authorisation).values()) == {0}
    with pytest.raises(Conflict):
        processing.undo_process(work, process.id, why="再撤一次")
    with pytest.raises(Conflict):
        service.withdraw_batch(work, loose.id, why="单独撤回")


def test_batches_of_another_user_or_year_are_refused(work, garden):
    gi, authorisation, tea, leaf = garden
    other = make_authorisation(work, protection=registry.get_protection(work.session, authorisation.protection_id))
    theirs = make_batch(work, other, unit="g", quantity="10", commodity="鲜叶")
    with pytest.raises(Invalid):
        do(work, "merge", [(leaf, "10"), (theirs, "10")], {"quantity": "20"})
    older = make_batch(work, authorisation, unit="g", quantity="10", commodity="鲜叶", harvest_year=2024, harvested_on=date(2024, 5, 1))
    with pytest.raises(Invalid):
        do(work, "merge", [(leaf, "10"), (older, "10")], {"quantity": "20"})
    assert gi.id == theirs.gi_id
    assert tea.id


def test_a_process_dated_before_the_harvest_or_after_today_is_refused(work, garden):
    _gi, _authorisation, tea, leaf = garden
    for wrong in (date(2025, 9, 24), date(2027, 1, 1)):
        with pytest.raises(Invalid) as refused:
            do(work, "transform", [(leaf, "4")], {"product_id": tea.id, "quantity": "1"}, on_date=wrong)
        assert refused.value.fields[0].field == "on_date"


def test_the_database_keeps_what_is_made_younger_than_what_it_is_made_of(work, garden):
    from gi_registry.batches.models import ProcessInput

    _gi, _authorisation, tea, leaf = garden
    process = do(work, "transform", [(leaf, "400")], {"product_id": tea.id, "quantity": "100"})
    (loose,) = made(work, process)
    with pytest.raises(Conflict), work.savepoint():
        work.record(ProcessInput(process_id=process.id, batch_id=loose.id, quantity=1), "process:take")


def test_many_take_from_one_batch_and_get_exactly_what_is_there(open_work):
    with open_work() as work:
        authorisation = make_authorisation(work, protection=make_protection(work, make_gi(work), capacity_basis="kiln"))
        batch = make_batch(work, authorisation, quantity="100")
        batch_id = batch.id

    def split(_number):
        try:
            with open_work() as work:
                do(work, "split", [(service.get_batch(work.session, batch_id), "10")], {"quantity": "10"})
        except Invalid:
            return 0
        return 10

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(split, range(16)))
    assert sum(taken) == 100
    with open_work() as work:
        assert service.available_of_batch(work.session, batch_id) == 0
        assert len(reads.processes_into(work.session, batch_id)) == 10


def test_a_stranger_has_no_such_process(work, garden, open_work):
    with pytest.raises(NotFound):
        processing.undo_process(work, 999, why="没有这条记录")
