"""Random histories of many users at once, each act in a connection of its own.

Transfers, sales with their disputes and lapses, farmers' accounts, losses, counts, regrading, processes, recalls, packages and labels, and
files that die before they are kept.

``GI_TEST_HISTORIES=40`` runs the long form. Afterwards the books balance, nothing is below its tolerance, nobody labelled beyond what was
granted, and no act died of a deadlock. Negative controls: without the locks and without the trigger they do not balance.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gi_registry.batches import queries, service
from gi_registry.batches.models import LedgerAccount
from gi_registry.batches.purchases_bulk import PURCHASES
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules import ledger
from gi_registry.batches.rules.ledger import Account, Posting
from gi_registry.batches.rules.process import ProcessKind
from gi_registry.batches.rules.trade import TRADE_LIFE
from gi_registry.batches.schemas import OutputFields, ProcessFields
from gi_registry.batches.service import posting
from gi_registry.batches.service.balances import user_statement
from gi_registry.batches.service.processing import Portion, do_process
from gi_registry.bulk import service as bulk
from gi_registry.kernel.errors import Conflict, RegistryError
from gi_registry.kernel.words import say
from gi_registry.registry import queries as registry
from gi_registry.workflow import advance
from tests.builders.batches import make_batch
from tests.builders.goods import make_farmer, make_record
from tests.builders.registry import make_authorisation, make_gi, make_protection

HISTORIES = int(os.environ.get("GI_TEST_HISTORIES", "2"))
ACTS, THREADS = 30, 4
GRADES = ("", "特级", "一级")
DAY = date(2025, 10, 8)

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Village:
    """Three users of one GI who trade with each other, and a farmer of the first."""

    gi_id: int
    users: tuple[int, ...]
    numbers: tuple[str, ...]
    farmer_id: int


@pytest.fixture
def village(open_work):
    with open_work() as work:
        gi = make_gi(work)
        protection = make_protection(work, gi, capacity_basis="kiln")
        users = [make_authorisation(work, protection=protection) for _ in range(3)]
        for user in users:
            for grade in GRADES:
                make_batch(work, user, quantity="120", grade=grade, unit="g")
                make_batch(work, user, quantity="60", grade=grade, unit="g", harvest_year=2024, harvested_on=None)
        make_batch(work, users[0], quantity="90", unit="g", farmer_id=(farmer := make_farmer(work, users[0])).id)
        return Village(gi.id, tuple(user.id for user in users), tuple(user.number for user in users), farmer.id)


class Hand:
    """One person who does something at random, in a Work of its own."""

    def __init__(self, village: Village, seed: int) -> None:
        self.village, self.any, self.serial = village, random.Random(seed), seed * 10_000

    def act(self, work):
        """Do one act; return its name."""
        name = self.any.choice([name for name in dir(self) if name.startswith("do_")])
        which = self.any.randrange(len(self.village.users))
        getattr(self, name)(work, registry.get_authorisation(work.session, self.village.users[which]))
        return name

    def amount(self):
        return str(self.any.randint(1, 80))

    def next(self):
        self.serial += 1
        return self.serial

    def number(self):
        return f"PC-{self.next()}"

    def batch(self, work, user):
        found = [item for item in queries.list_batches(work.session, user.id) if item.state == "declared"]
        return self.any.choice(found)

    def do_harvest(self, work, user):
        make_batch(work, user, number=self.number(), quantity=self.amount(), unit="g", grade=self.any.choice(GRADES))

    def do_leaf(self, work, user):
        make_batch(work, user, number=self.number(), quantity=self.amount(), unit="g", commodity="鲜叶")

    def do_opening(self, work, user):
        years = {"harvest_year": 2024, "account_year": 2025, "harvested_on": None}
        make_batch(
            work, user, number=self.number(), kind="opening", quantity=self.amount(), unit="g", grade=self.any.choice(GRADES), **years
        )

    def do_purchase(self, work, user):
        seller = self.any.choice([number for number in self.village.numbers if number != user.number])
        values = {"quantity": self.amount(), "unit": "g", "grade": self.any.choice(GRADES), "harvested_on": None}
        make_batch(work, user, number=self.number(), kind="purchase", supplier_number=seller, **values)

    def do_buy_from_farmer(self, work, user):
        if user.id == self.village.users[0]:
            values = {"quantity": self.amount(), "unit": "g", "harvested_on": None, "evidence": "清单"}
            make_batch(work, user, number=self.number(), kind="purchase", supplier_farmer_id=self.village.farmer_id, **values)

    def do_answer(self, work, user):
        open_trades = [trade for trade, _batch in queries.trades_of(work.session, user.id) if trade.state in ("stated", "disputed")]
        if not open_trades:
            return
        trade = self.any.choice(open_trades)
        if trade.buyer_authorisation_id != user.id:
            confirm = self.any.random() < 0.6
            if confirm:
                service.confirm_trade(work, trade.id, grade=self.any.choice(GRADES))
            else:
                service.dispute_trade(work, trade.id, quantity=self.amount(), why="过磅数不同")
        elif trade.state == "disputed" and self.any.random() < 0.7:
            service.accept_trade(work, trade.id)
        else:
            service.withdraw_trade(work, trade.id, why="误报")

    def do_restate(self, work, user):
        """A buyer asks again where the period is over."""
        lapsed = [trade for trade, _batch in queries.trades_of(work.session, user.id) if trade.state == "lapsed"]
        for trade in lapsed[:1]:
            service.restate_trade(work, trade.id)

    def do_lapse(self, work, _user):
        """The night job, on a day when every open period is over."""
        for overdue in queries.overdue_trades(work.session, date(2099, 1, 1), limit=3):
            trade = queries.locked_trade(work.session, overdue.id)
            if trade.state == TRADE_LIFE.initial:
                advance(work, trade, TRADE_LIFE, "lapse")

    def do_recall(self, work, user):
        if self.any.random() < 0.3:
            service.recall_batch(work, self.batch(work, user).id, why="抽检不合格")

    def do_farmer(self, work, user):
        """A farmer harvests, loses and counts on an account of its own."""
        if user.id != self.village.users[0]:
            return
        farmer = {"farmer_id": self.village.farmer_id}
        if self.any.random() < 0.4:
            make_batch(work, user, number=self.number(), quantity=self.amount(), unit="g", **farmer)
            return
        kind, sign = self.any.choice([("loss", ""), ("adjustment", ""), ("adjustment", "-")])
        record = make_record(work, user, kind, unit="g", quantity=sign + self.amount(), **farmer)
        if record.state == "entered" and self.any.random() < 0.3:
            service.withdraw_record(work, record.id, why="重复")

    def do_small_count(self, work, user):
        make_record(work, user, "adjustment", unit="g", quantity=self.any.choice(["0.5", "-0.5", "1"]), grade=self.any.choice(GRADES))

    def do_packages(self, work, user):
        values = {"unit": "g", "supplier": "示例印务", "packed_on": None, "harvested_on": None}
        make_batch(work, user, number=self.number(), kind="pre_printed", quantity=str(self.any.randint(1, 9)), **values)

    def do_file(self, work, user):
        """A file of purchases comes in; some of them die before the last row."""
        seller = self.any.choice([number for number in self.village.numbers if number != user.number])
        states = self.any.choices(["stated", "confirmed", "disputed", "withdrawn"], k=4)
        text = "number,buyer,seller,unit,year,quantity,state,seller_quantity,reason\n" + "".join(
            f"{self.number()},{user.number},{seller},g,2025,{self.amount()},{state},{'3,过磅' if state == 'disputed' else ','}\n"
            for state in states
        )
        bulk.load_file(work, PURCHASES, text.encode(), name="x.csv")
        if self.any.random() < 0.5:
            raise Conflict(say("导入中断。"))

    def do_withdraw(self, work, user):
        service.withdraw_batch(work, self.batch(work, user).id, why="误报")

    def do_record(self, work, user):
        kind = self.any.choice(["loss", "adjustment", "regrade", "stocking"])
        grade, to_grade = self.any.sample(GRADES, 2)
        sign = "-" if kind == "adjustment" and self.any.random() < 0.5 else ""
        record = make_record(work, user, kind, unit="g", quantity=sign + self.amount(), grade=grade, to_grade=to_grade)
        if record.state == "proposed":
            service.decide_record(work, record.id, approve=self.any.choice(["approve", "refuse"]), why="复核")
        elif self.any.random() < 0.3:
            service.withdraw_record(work, record.id, why="重复")

    def do_process(self, work, user):
        batch = self.batch(work, user)
        kind, quantity = self.any.choice([ProcessKind.SPLIT, ProcessKind.TRANSFORM]), self.any.randint(2, 40)
        part = self.any.randint(1, quantity - 1)
        outputs = [OutputFields(quantity=str(part)), OutputFields(quantity=str(quantity - part))]
        if kind is ProcessKind.TRANSFORM:
            outputs = [OutputFields(quantity=str(part), commodity="茶末")]
        do_process(work, user.id, fields=ProcessFields(kind=kind, on_date=DAY), inputs=[Portion(batch.id, str(quantity))], outputs=outputs)

    def do_labels(self, work, user):
        year = {"gi_id": self.village.gi_id, "year": 2025, "zone": "", "unit": "g", "quantity": self.any.randint(1, 60_000)}
        source = self.next()
        service.reserve(work, user, **year, source_kind="allotment", source_id=source)
        if self.any.random() < 0.7:
            batch = self.batch(work, user)
            service.use_reserved(work, user, **year, batch_id=batch.id, source_kind="code_interval", source_id=source)
            if self.any.random() < 0.4:
                service.release(work, user, **year, batch_id=batch.id, source_kind="code_interval", source_id=source)
        elif self.any.random() < 0.5:
            service.release(work, user, **year, source_kind="allotment", source_id=source)


def live(open_work, village, seed):
    """Let several hands act at the same time; return how often each act was done, refused in words, or died of the database."""
    ends: Counter[tuple[str, str]] = Counter()

    def one(hand):
        for _ in range(ACTS):
            try:
                with open_work() as work:
                    name = hand.act(work)
                ends[name, "done"] += 1
            except RegistryError:
                ends["", "refused"] += 1
            except OperationalError as error:
                ends[str(error)[:3000], "died"] += 1

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, [Hand(village, seed * 100 + number) for number in range(THREADS)]))
    return ends


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_books_balance_after_any_history(open_work, village, seed):
    ends = live(open_work, village, seed + 1)
    assert [key for key in ends if key[1] == "died"] == []
    done = {name for name, end in ends if end == "done"}
    assert len(done) >= 8, f"a history that does little proves little: {ends}"
    with open_work() as work:
        assert queries.broken_books(work.session) == []
        for user in village.users:
            for year in (2024, 2025):
                granted = service.entitlement(work.session, user, gi_id=village.gi_id, year=year, unit="g")
                assert granted.used <= granted.total
            assert all(item.goods.balanced for item in service.statements(work, user))
            whole = user_statement(work, user, year=2025)
            assert all(section.goods.balanced for section in whole.sections)
        of_farmer = user_statement(work, village.users[0], year=2025, farmer_id=village.farmer_id)
        assert all(section.goods.balanced and section.goods.closing >= 0 for section in of_farmer.sections)


def race(open_work, village, *, acts=60):
    """Let four threads move the same goods back and forth between two grades."""
    key = LedgerKey(village.users[0], village.gi_id, 2025, "", "g")

    def move(number):
        there, back = GRADES[1:] if number % 2 else GRADES[:0:-1]
        try:
            with open_work() as work:
                posting.lock_keys(work, key)
                moved = (Posting(Account.STOCK, -7, grade=there), Posting(Account.STOCK, 7, grade=back))
                posting.post(work, key, moved, tag="test:move", source_kind="test", source_id=number)
        except (RegistryError, OperationalError):
            return 0
        return 1

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(move, range(acts)))


def test_every_movement_of_a_race_is_counted(open_work, village):
    assert race(open_work, village) == 60
    with open_work() as work:
        assert queries.broken_books(work.session) == []


def test_without_locks_movements_are_lost_unless_there_is_one_writer(open_work, village, database_kind, monkeypatch):
    """Negative control: the same race where nothing is locked and ids are taken beforehand; two have read before either writes."""
    both_have_read = Barrier(2)

    def unlocked(work, key, kind):
        row = queries.account_row(work.session, key, kind, lock=False) or LedgerAccount()
        with suppress(BrokenBarrierError):  # where one writer keeps the others out, nobody comes
            both_have_read.wait(2)
        return row

    with open_work() as work:
        posting.lock_keys(work, LedgerKey(village.users[0], village.gi_id, 2025, "", "g"))
    monkeypatch.setattr(posting, "lock_keys", lambda *_args: None)
    monkeypatch.setattr(posting, "locked_account", unlocked)
    race(open_work, village)
    with open_work() as work:
        found = {item.what for item in queries.broken_books(work.session)}
    assert ("balance" in found) is (database_kind == "postgresql")


@pytest.mark.parametrize("guarded", [True, False], ids=["the database refuses", "without the trigger"])
def test_a_forgotten_side_is_refused_by_the_database_alone(open_work, village, database, monkeypatch, guarded):
    """Negative control: the rule is switched off, so that only the trigger stands between a bug and the books."""
    monkeypatch.setattr(ledger, "check", lambda *_args, **_more: None)
    key = LedgerKey(village.users[0], village.gi_id, 2025, "", "g")
    if not guarded:
        on = " ON ledger_transfer" if database.engine.dialect.name == "postgresql" else ""
        with database.engine.begin() as connection:
            connection.execute(text(f"DROP TRIGGER ledger_transfer_balanced{on}"))
    ends = []
    for source_id, side in enumerate((Posting(Account.STOCK, 5), Posting(Account.LOSS, 5, commodity="鲜叶"))):
        try:
            with open_work() as work:
                posting.lock_keys(work, key)
                posting.post(work, key, (side,), tag="test:half", source_kind="test", source_id=source_id)
            ends.append("entered")
        except RegistryError:
            ends.append("refused")
    with open_work() as work:
        found = {item.what for item in queries.broken_books(work.session)}
    assert (ends, found) == ((["refused"] * 2, set()) if guarded else (["entered"] * 2, {"sum", "transfer"}))
