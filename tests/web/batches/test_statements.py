"""A user reads its year, an officer and the holder read their GI's: users, townships, years; nobody reads a stranger's."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook

from gi_registry.accounts.models import Organisation
from gi_registry.batches import service
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.service.balances import gi_statement, user_statement
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Authorisation, Protection
from tests.builders.accounts import make_person, sign_in
from tests.builders.batches import make_batch, make_cap
from tests.builders.goods import make_farmer
from tests.builders.origin import make_area, make_plot, rectangle
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

USED = 900


@pytest.fixture
def lake(open_work):
    """Two users of a GI in 2025: one within its 7,200 pieces, one whose outside printer used 8,000 on the same land."""
    with open_work() as work:
        gi, elsewhere = make_gi(work), make_gi(work)
        protection = make_protection(work, gi)
        honest, greedy = make_authorisation(work, protection=protection), make_authorisation(work, protection=protection)
        make_area(work, gi)
        make_cap(work, gi)
        products = [make_product(work, user) for user in (honest, greedy)]
        for number, user in enumerate((honest, greedy)):
            plot = make_plot(work, user, rectangle(-50 + 200 * number, -40, 50 + 200 * number, 40))
            make_batch(work, user, product=products[number], plot=plot, quantity="1000")
            make_person(work, "producer_operator", login=f"user{number}", organisation=work.session.get(Organisation, user.organisation_id))
        make_batch(work, honest, product=products[0], kind="pre_printed", quantity=str(USED), supplier="示例印务", packed_on="2025-10-02")
        make_batch(work, greedy, product=products[1], kind="pre_printed", quantity="8000", supplier="示例印务", packed_on="2025-10-02")
        for login, held in (("xie", gi), ("other", elsewhere)):
            make_person(work, "holder_manager", login=login, organisation=work.session.get(Organisation, held.holder_org_id))
        make_person(work, "county_handler", login="qian", division="999999")
        return {"gi": gi.id, "honest": honest.id, "greedy": greedy.id}


def test_a_user_reads_its_year_and_each_figure_opens_its_entries(client, lake):
    sign_in(client, "user0")
    address = f"/authorisations/{lake['honest']}/statement"
    shown = client.get(f"{address}?year=2025")
    assert "2025 年度收支表" in shown.text
    assert "在核定额度内" in shown.text
    assert "收支不平" not in shown.text
    lines = {row["line"]: row["quantity"] for row in client.get(f"{address}?year=2025&format=json").json["items"]}
    assert lines == {"came": 0, "field": 1000, "labelled": -USED, "closing": 1000 - USED}
    figure = client.get(f"{address}/entries?year=2025&account=labelled&unit=piece")
    assert "预印" in figure.text or "申报批次" in figure.text
    entries = client.get(f"{address}/entries?year=2025&account=labelled&unit=piece&format=json").json["items"]
    assert [row["amount"] for row in entries] == [USED]
    assert client.get(f"{address}/entries?year=2025&account=treasure&unit=piece").status_code == 404
    assert client.get(f"/authorisations/{lake['greedy']}/statement").status_code == 404
    assert client.get(f"/gis/{lake['gi']}/statement").status_code == 403


def test_a_farmer_has_a_statement_of_its_own(client, lake, open_work):
    with open_work() as work:
        user = work.session.get(Authorisation, lake["honest"])
        wang, li = make_farmer(work, user, name="示例王户"), make_farmer(work, user, name="示例李户", contract_number="HT-002")
        other = make_farmer(work, work.session.get(Authorisation, lake["greedy"]))
        make_batch(work, user, quantity="90", farmer_id=wang.id)
        make_batch(work, user, quantity="40", farmer_id=li.id)
        bought = {"harvested_on": None, "supplier_farmer_id": wang.id, "evidence": "收购清单 1"}
        make_batch(work, user, kind="purchase", quantity="50", **bought)
        wang_id, other_id = wang.id, other.id
    sign_in(client, "user0")
    address = f"/authorisations/{lake['honest']}/statement"
    whole = client.get(f"{address}?year=2025")
    assert [name in whole.text for name in ("示例王户", "示例李户")] == [True, True]
    shown = client.get(f"{address}?year=2025&farmer={wang_id}")
    assert ("示例王户 HT-001" in shown.text, "核定额度（" in shown.text, "收支不平" in shown.text) == (True, False, False)
    assert f"farmer={wang_id}" in shown.text, "its figures open its own entries"
    lines = {row["line"]: row["quantity"] for row in client.get(f"{address}?year=2025&farmer={wang_id}&format=json").json["items"]}
    assert lines == {"came": 0, "field": 90, "sold": -50, "labelled": 0, "closing": 40}
    figure = f"{address}/entries?year=2025&account=field&unit=piece&format=json"
    assert [row["amount"] for row in client.get(f"{figure}&farmer={wang_id}").json["items"]] == [-90]
    assert len(client.get(figure).json["items"]) == 3, "the user's own harvest and those of both farmers"
    for stranger in (other_id, 999_999, 0, "x", "-1"):
        assert client.get(f"{address}?year=2025&farmer={stranger}").status_code == 404, "a farmer of nobody is not everybody"
        assert client.get(f"{figure}&farmer={stranger}").status_code == 404


def test_the_workbook_holds_the_numbers_as_numbers(client, lake):
    sign_in(client, "user0")
    answer = client.get(f"/authorisations/{lake['honest']}/statement?year=2025&format=xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["year", "unit", "commodity", "line", "account", "quantity"]
    assert rows[-1][3:] == ["closing", "stock", 100.0]


def test_officer_and_holder_see_on_one_page_who_labelled_more_than_its_land_yields(client, lake):
    for login in ("qian", "xie"):
        sign_in(client, login)
        page = client.get(f"/gis/{lake['gi']}/statement?year=2025")
        assert page.status_code == 200
        assert "1 户超出" in page.text
        rows = client.get(f"/gis/{lake['gi']}/statement?year=2025&format=json").json["items"]
        assert sorted((row["entitled"], row["over"]) for row in rows) == [(7200, 0), (7200, 800)]
        places = client.get(f"/gis/{lake['gi']}/statement?year=2025&format=json&by=place").json["items"]
        assert [(row["capacity"], row["harvested"], row["labelled"]) for row in places] == [(14_400, 2_000, 0)]
    assert f"/authorisations/{lake['greedy']}" not in page.text, "the holder sees sums, not the ledger of a user"


def test_the_years_of_a_gi_stand_side_by_side(client, lake):
    sign_in(client, "xie")
    assert "历年额度使用" in client.get(f"/gis/{lake['gi']}/headroom").text
    years = client.get(f"/gis/{lake['gi']}/headroom?format=json").json["items"]
    assert [(row["year"], row["entitled"], row["used"], row["left"]) for row in years] == [(2025, 14_400, 8_900, 5_500)]


def test_land_counts_before_anything_is_declared_on_it(client, lake, open_work):
    with open_work() as work:
        honest = work.session.get(Authorisation, lake["honest"])
        late = make_authorisation(work, protection=work.session.get(Protection, honest.protection_id))
        make_plot(work, late, rectangle(350, -40, 450, 40))
        name = late.raw_name
    sign_in(client, "xie")
    rows = client.get(f"/gis/{lake['gi']}/statement?year=2025&format=json").json["items"]
    assert [(row["name"] == name, row["entitled"], row["harvest"]) for row in rows][-1] == (True, 7_200, 0)
    assert sum(row["entitled"] for row in rows) == 21_600
    years = client.get(f"/gis/{lake['gi']}/headroom?format=json").json["items"]
    assert [(row["entitled"], row["left"]) for row in years] == [(21_600, 12_700)]


def test_the_holder_of_another_gi_finds_nothing(client, lake):
    sign_in(client, "other")
    assert client.get(f"/gis/{lake['gi']}/statement").status_code == 404
    assert client.get(f"/gis/{lake['gi']}/headroom").status_code == 404


def test_stock_carried_over_leaves_one_year_and_enters_the_next(open_work, lake):
    with open_work() as work:
        user = work.session.get(Authorisation, lake["honest"])
        make_batch(work, user, kind="opening", quantity="60", harvest_year=2025, account_year=2026, harvested_on=None)
    with open_work() as work:
        before, after = (user_statement(work, lake["honest"], year=year).sections[0].goods for year in (2025, 2026))
    assert (before.went, before.closing, before.balanced) == (60, 40, True)
    assert (after.came, after.closing, after.balanced) == (60, 60, True)


def test_totals_are_the_sum_of_the_users(open_work, lake):
    with open_work() as work:
        shown = gi_statement(work, lake["gi"], year=2025)
        assert shown.totals[0].goods.labelled == sum(row.goods.labelled for row in shown.users) == 8_900
        assert shown.totals[0].use.entitled == 14_400
        balances = service.entitlement(work.session, lake["honest"], gi_id=lake["gi"], year=2025, unit="piece")
        assert balances.total == 7_200
        with pytest.raises(NotFound):
            gi_statement(work, 999_999, year=2025)
        assert LedgerKey(lake["honest"], lake["gi"], 2025, "", "piece")
