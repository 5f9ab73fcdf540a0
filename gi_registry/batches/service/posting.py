"""Transfers in the ledger: the quota row is locked first, the postings come from the rules, the transfer seals its entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, replace
from datetime import date

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, LedgerAccount, LedgerEntry, LedgerTransfer
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules import ledger
from gi_registry.batches.rules.entitlement import Entitlement
from gi_registry.batches.rules.ledger import Account, Posting, Postings
from gi_registry.batches.rules.life import LABELLABLE
from gi_registry.batches.service.capacity import entitlement
from gi_registry.kernel.errors import Conflict, Duplicate, invalid
from gi_registry.kernel.words import say
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work

RESERVE, USE, RELEASE = "quota:reserve", "quota:use", "quota:release"
DECLARE, WITHDRAW, SELL = "batch:declare", "batch:withdraw", "batch:sell"


def key_of(batch: Batch) -> LedgerKey:
    """Return which accounts a batch stands on: its grade's, of a farmer where it is a farmer's, of its commodity."""
    return LedgerKey(
        batch.authorisation_id,
        batch.gi_id,
        batch.account_year,
        batch.zone,
        batch.unit,
        farmer_id=batch.farmer_id or 0,
        commodity=batch.commodity,
        grade=batch.account_grade,
    )


def locked_account(work: Work, key: LedgerKey, kind: Account) -> LedgerAccount:
    """Return one account with its row locked, opened if it is the first time; two openers meet in the unique key."""
    if found := queries.account_row(work.session, key, kind, lock=True):
        return found
    try:
        with work.savepoint():
            account = LedgerAccount(**asdict(key), kind=kind.value)
            work.record(account, "ledger:open")
    except Duplicate:
        found = queries.account_row(work.session, key, kind, lock=True)
        if found is None:
            raise
        return found
    return account


def lock_quota(work: Work, key: LedgerKey, *years: int) -> None:
    """Lock the quota rows of a transfer's years, oldest first, so that no two transfers wait for each other in a circle."""
    lock_keys(work, *(replace(key, year=year) for year in {key.year, *years}))


def lock_keys(work: Work, *keys: LedgerKey) -> None:
    """Lock the quota rows of every key a transfer touches, in one order for everybody: authorisation, GI, year, zone, unit.

    A transfer that touches two users, years or units locks all of them here, once, before anything is read or written: whoever locks a
    second time for a smaller key may wait in a circle.
    """
    for key in sorted({key.quota for key in keys}, key=astuple):
        locked_account(work, key, Account.CAPACITY)


def post(
    work: Work,
    key: LedgerKey,
    postings: Postings,
    *,
    tag: str,
    source_kind: str,
    source_id: int,
    batch_id: int | None = None,
    memo: str = "",
    on_date: date | None = None,
) -> LedgerTransfer:
    """Write a transfer: entries first, then the transfer whose trigger refuses what is not zero-sum. Once per tag and source.

    The caller holds the quota rows (``lock_quota``, ``lock_keys``). A posting goes to the key's own account unless it names another year,
    unit, commodity, grade or farmer; quota accounts have neither commodity, grade nor farmer. Zero-sum holds per family (goods, quota),
    commodity and unit: a transformation goes through CONVERSION of both, best as one transfer per batch (``batch_id``), since what is
    left of a batch is read from the transfers that name it. Raises Duplicate for a second transfer of the same source, MassBalanceExceeded
    with the figures where an account that holds goods would fall below its tolerance.
    """
    ledger.check(postings, commodity=key.commodity, unit=key.unit)
    if queries.find_transfer(work.session, tag, source_kind, source_id):
        raise Duplicate(
            say("这笔台账已经记过，不会重复记。"), remedy=say("请刷新页面查看现在的数字。"), basis=f"{tag} {source_kind}:{source_id}"
        )
    sides = [(locked_account(work, _key_of(key, posting), posting.account), posting) for posting in postings]
    _refuse_below_tolerance(sides)
    transfer_id = queries.next_transfer_id(work.session)
    for account, posting in sides:
        account.balance += posting.amount
        work.record(account, "ledger:balance")
        work.record(LedgerEntry(transfer_id=transfer_id, account_id=account.id or 0, amount=posting.amount), "ledger:entry")
    work.flush()
    transfer = LedgerTransfer(
        id=transfer_id,
        tag=tag,
        at=work.now,
        on_date=on_date or work.today,
        source_kind=source_kind,
        source_id=source_id,
        batch_id=batch_id,
        memo=memo,
    )
    work.record(transfer, "ledger:transfer")
    work.flush()
    return transfer


def _refuse_below_tolerance(sides: Sequence[tuple[LedgerAccount, Posting]]) -> None:
    taken: Counter[int] = Counter()
    for account, posting in sides:
        taken[account.id or 0] -= posting.amount
    for account, posting in sides:
        if posting.account not in ledger.SOURCES and account.balance - taken[account.id or 0] < -account.tolerance:
            ledger.refuse_beyond(taken[account.id or 0], account.balance + account.tolerance, unit=account.unit)


def _key_of(key: LedgerKey, posting: Posting) -> LedgerKey:
    own = replace(key, year=posting.year or key.year, unit=posting.unit or key.unit)
    if posting.account in ledger.QUOTA:
        return own.quota
    return replace(
        own,
        commodity=key.commodity if posting.commodity is None else posting.commodity,
        grade=key.grade if posting.grade is None else posting.grade,
        farmer_id=key.farmer_id if posting.farmer_id is None else posting.farmer_id,
    )


def available_of_batch(session: Session, batch_id: int) -> int:
    """Return how much of a batch may still be labelled, processed or lost (grams or pieces): never more than its account of stock holds."""
    batch = queries.get_batch(session, batch_id)
    on_hand = queries.balances_of(session, key_of(batch)).get(Account.STOCK, 0)
    return left_of(batch, left=queries.left_by_batch(session, batch.authorisation_id, batch_id).get(batch_id, 0), on_hand=on_hand)


def left_of(batch: Batch, *, left: int, on_hand: int) -> int:
    """Return what may still be taken of a batch, given what its transfers left of it and what its account of stock holds."""
    return max(0, min(left, on_hand)) if batch.state in LABELLABLE else 0


def quota_now(work: Work, key: LedgerKey) -> Entitlement:
    """Return the entitlement of a key today, with what is reserved and used of it."""
    return entitlement(work.session, key.authorisation_id, gi_id=key.gi_id, year=key.year, zone=key.zone, unit=key.unit, on=work.today)


@contextmanager
def not_overdrawn(work: Work, key: LedgerKey) -> Iterator[None]:
    """Undo what is done inside and raise Conflict when it leaves less entitlement than labels hold; the caller holds the quota row."""
    before = quota_now(work, key).quota
    with work.savepoint():
        yield
        work.flush()
        ledger.refuse_overdraft(before, quota_now(work, key).quota, unit=key.unit)


# ---- quota ---------------------------------------------------------------------------------------------------------------------------


def reserve(
    work: Work,
    authorisation: Authorisation,
    *,
    gi_id: int,
    year: int,
    zone: str,
    unit: str,
    quantity: int,
    source_kind: str,
    source_id: int,
) -> LedgerTransfer:
    """Set ``quantity`` grams or pieces of the entitlement aside for labels, under the lock of the quota row.

    Raises QuotaExceeded naming entitlement, used, reserved, left and the cap's version; Duplicate for the same source again.
    """
    key = LedgerKey(authorisation.id or 0, gi_id, year, zone, unit)
    lock_quota(work, key)
    granted = quota_now(work, key)
    postings = ledger.reserve(quantity, granted.quota, unit=unit, basis=str(granted.cap_words), remedy=granted.remedy)
    return post(work, key, postings, tag=RESERVE, source_kind=source_kind, source_id=source_id)


def use_reserved(
    work: Work,
    authorisation: Authorisation,
    *,
    gi_id: int,
    year: int,
    zone: str,
    unit: str,
    quantity: int,
    batch_id: int,
    source_kind: str,
    source_id: int,
) -> LedgerTransfer:
    """Turn a reservation into use on the goods of a batch: reserved → used and stock → labelled, in grams or pieces.

    Raises MassBalanceExceeded beyond the batch, QuotaExceeded beyond the reservation or the entitlement of this moment, Conflict for a
    batch of another year, zone or user or one that is recalled or withdrawn.
    """
    key = LedgerKey(authorisation.id or 0, gi_id, year, zone, unit)
    lock_quota(work, key)
    batch = queries.locked_batch(work.session, batch_id)
    _check_fits(batch, key)
    granted = quota_now(work, key)
    ledger.refuse_overuse(quantity, granted.quota, unit=unit, basis=str(granted.cap_words), remedy=granted.remedy)
    left, balances = available_of_batch(work.session, batch_id), queries.balances_of(work.session, key)
    postings = ledger.use(quantity, reserved=balances.get(Account.RESERVED, 0), batch_left=left, unit=unit)
    return post(work, key_of(batch), postings, tag=USE, source_kind=source_kind, source_id=source_id, batch_id=batch_id)


def record_use(
    work: Work,
    authorisation: Authorisation,
    *,
    quantity: int,
    batch_id: int,
    source_kind: str,
    source_id: int,
) -> LedgerTransfer:
    """Store an activation that someone reports (imported history) as stated: no reservation is asked for, nothing is refused.

    It counts in the batch's own year; goods the stock does not hold come from ``unexplained``.
    """
    batch = queries.get_batch(work.session, batch_id)
    if batch.authorisation_id != authorisation.id:
        raise invalid("batch", say("批次 %(number)s 不属于这个用标登记。", number=batch.number))
    key = key_of(batch)
    lock_quota(work, key)
    on_hand = queries.balances_of(work.session, key).get(Account.STOCK, 0)
    postings = ledger.use_as_stated(quantity, on_hand=on_hand)
    return post(work, key, postings, tag=USE, source_kind=source_kind, source_id=source_id, batch_id=batch_id)


def release(
    work: Work,
    authorisation: Authorisation,
    *,
    gi_id: int,
    year: int,
    zone: str,
    unit: str,
    quantity: int,
    source_kind: str,
    source_id: int,
    batch_id: int | None = None,
) -> LedgerTransfer:
    """Give labels' worth back, once per source: a reservation (``batch_id`` None), or a use on a batch's goods, which return to stock.

    Raises Duplicate the second time, Conflict when less is held than is given back.
    """
    key = LedgerKey(authorisation.id or 0, gi_id, year, zone, unit)
    if batch_id is not None:
        key = key_of(queries.get_batch(work.session, batch_id))
    lock_quota(work, key)
    balances = queries.balances_of(work.session, key)
    if batch_id is None:
        postings = ledger.release_reserved(quantity, reserved=balances.get(Account.RESERVED, 0))
    else:
        labelled = queries.labelled_of_batch(work.session, batch_id)
        postings = ledger.release_used(quantity, used=balances.get(Account.USED, 0), labelled=labelled)
    return post(work, key, postings, tag=RELEASE, source_kind=source_kind, source_id=source_id, batch_id=batch_id)


def _check_fits(batch: Batch, key: LedgerKey) -> None:
    if batch.authorisation_id != key.authorisation_id or batch.gi_id != key.gi_id:
        raise invalid("batch_id", say("这个批次不属于本用标登记。"), say("请选择自己的批次。"))
    if batch.commodity or batch.farmer_id:
        raise Conflict(
            say("批次 %(number)s 还不是可以贴标的产品。", number=batch.number),
            remedy=say("农户的采收请先登记收购，原料请先登记加工，再在所得批次上贴标。"),
        )
    if batch.state not in LABELLABLE:
        raise Conflict(say("批次 %(number)s 已召回或撤回，不能再贴标。", number=batch.number), remedy=say("请选择其他批次。"))
    if batch.unit != key.unit:
        raise Conflict(say("批次和标识的计量单位不同。"), remedy=say("请选择同一产品的批次。"))
    if (batch.account_year, batch.zone) != (key.year, key.zone):
        raise Conflict(
            say("批次计入 %(batch)s 年度，标识属于 %(labels)s 年度，或两者分区不同。", batch=batch.account_year, labels=key.year),
            remedy=say("往年的货请先申报为“往年库存”计入标识所属年度，再贴标。"),
        )
