"""A statement adds up, line by line, and its bars hang together."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gi_registry.batches.rules import ledger
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.statements import FULL, Goods, Use, permille, shares_of_batches, together, waterfall

YEAR = Goods(
    {
        Account.FIELD: -60_000,
        Account.SUPPLIER: -5_000,
        Account.OPENING: -1_000,
        Account.STOCK: 21_000,
        Account.SOLD: 4_000,
        Account.LOSS: 1_000,
        Account.LABELLED: 40_000,
    },
    came=3_000,
    went=2_000,
)


def test_the_lines_of_a_year_sum_to_what_stock_holds() -> None:
    assert [(line.name, line.quantity) for line in YEAR.lines] == [
        ("came", 3_000),
        ("field", 60_000),
        ("supplier", 5_000),
        ("went", -2_000),
        ("sold", -4_000),
        ("loss", -1_000),
        ("labelled", -40_000),
    ]
    assert YEAR.balanced
    assert YEAR.closing == 21_000


def test_a_statement_that_does_not_add_up_says_so() -> None:
    assert not Goods({**YEAR.balances, Account.STOCK: 20_999}, YEAR.came, YEAR.went).balanced


def test_a_year_without_goods_shows_its_three_fixed_lines_at_nothing() -> None:
    assert [(line.name, line.quantity) for line in Goods({}).lines] == [("came", 0), ("field", 0), ("labelled", 0)]
    assert Goods({}).balanced


def test_each_bar_begins_where_the_one_before_it_ended() -> None:
    bars = waterfall(YEAR)
    ends = [bar.start + bar.length if bar.tone == "in" else bar.start for bar in bars[:-1]]
    begins = [bar.start if bar.tone == "in" else bar.start + bar.length for bar in bars[:-1]]
    assert all(abs(end - begin) <= 1 for end, begin in zip(ends, begins[1:], strict=False))
    assert bars[-1].tone == "total"
    assert abs(bars[-1].length - ends[-1]) <= 1
    assert max(bar.start + bar.length for bar in bars) <= FULL


def test_users_together_have_the_sum_of_each_line() -> None:
    twice = together([YEAR, YEAR])
    assert [line.quantity for line in twice.lines] == [2 * line.quantity for line in YEAR.lines]
    assert twice.balanced


amounts = st.integers(1, 10**9)


@given(harvested=amounts, bought=amounts, product=amounts, sold=amounts, printed=amounts)
def test_whatever_happens_in_a_year_its_statement_adds_up(harvested: int, bought: int, product: int, sold: int, printed: int) -> None:
    balances: dict[Account, int] = {}
    balances = ledger.post(balances, ledger.harvest(harvested))
    balances = ledger.post(balances, ledger.purchase(bought, product=product))
    sold = min(sold, balances[Account.STOCK])
    balances = ledger.post(balances, ledger.sale(sold, held={"": balances[Account.STOCK]}, unit="g"))
    balances = ledger.post(balances, ledger.packages(printed, held={"": balances[Account.STOCK]}))
    assert Goods({kind.value: balance for kind, balance in balances.items()}).balanced


def test_over_the_entitlement_and_its_share() -> None:
    lake = Use(50_160_000, 0, 51_750_000)
    assert lake.over == 1_590_000
    assert lake.share == 1031
    assert lake.left == -1_590_000
    assert Use(100, 20, 80).over == 0
    assert Use(None, 0, 5).over == 0
    assert (Use(100, 0, 50) + Use(None, 0, 1)).entitled is None
    assert permille(1, 0) is None


def test_what_is_made_of_several_batches_comes_from_the_places_of_all() -> None:
    ground = {1: {"东镇": 60, "西镇": 40}, 2: {"西镇": 50}}
    shares = shares_of_batches(ground, {1: 100, 2: 100}, [(3, 1, 30), (3, 2, 10), (4, 3, 5)])
    assert shares[3] == {"东镇": Fraction(9, 20), "西镇": Fraction(17, 40)}, "half of the second batch has no place"
    assert shares[4] == shares[3]
    assert sum(shares[2].values()) == Fraction(1, 2)
