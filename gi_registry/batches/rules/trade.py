"""A sale within the GI has two sides: the buyer states it, the seller confirms it within a period, or says what it sold instead.

Only a confirmed trade counts as GI input (domain §6, QT-02). A dispute stays on file with both figures until one side takes the other's.
"""

from __future__ import annotations

from gi_registry.batches.rules.amounts import with_unit
from gi_registry.batches.rules.ledger import Account, Posting, Postings, purchase, reverse
from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say

TRADE_LIFE = Machine(
    subject="trade",
    initial="stated",
    steps={
        ("stated", "confirm"): "confirmed",
        ("stated", "dispute"): "disputed",
        ("stated", "lapse"): "lapsed",
        ("stated", "withdraw"): "withdrawn",
        ("disputed", "confirm"): "confirmed",
        ("disputed", "dispute"): "disputed",
        ("disputed", "accept"): "confirmed",
        ("disputed", "withdraw"): "withdrawn",
        ("lapsed", "restate"): "stated",
        ("lapsed", "withdraw"): "withdrawn",
    },
    labels={
        "stated": say("待售出方确认"),
        "confirmed": say("双方一致"),
        "disputed": say("双方数量不一致"),
        "lapsed": say("逾期未确认"),
        "withdrawn": say("已撤回"),
        "confirm": say("售出方确认"),
        "dispute": say("售出方提出异议"),
        "accept": say("购进方按售出方的数量更正"),
        "lapse": say("逾期未确认"),
        "restate": say("再次请售出方确认"),
        "withdraw": say("撤回"),
    },
)

TRADE_TONES = {"stated": "waiting", "confirmed": "settled", "disputed": "refused", "lapsed": "ended", "withdrawn": "ended"}
SELLERS_TURN = frozenset({"stated", "disputed"})
OPEN = frozenset({"stated", "disputed", "lapsed"})


def own_figure(quantity: int, stated: int, *, unit: str) -> int:
    """Return the seller's figure of a dispute (grams or pieces; 0: sold nothing); raise Invalid where it is the buyer's own."""
    if quantity == stated:
        raise invalid(
            "quantity",
            say("您填的数量与购进方申报的相同：%(amount)s。", amount=with_unit(stated, unit)),
            say("数量相符的，请直接确认售出。"),
        )
    return quantity


def acceptable(seller_quantity: int | None) -> int:
    """Return the seller's figure that the buyer may take over; raise Conflict where the seller says it sold nothing."""
    if not seller_quantity:
        raise Conflict(say("售出方称没有这笔销售，没有可以采纳的数量。"), remedy=say("请与售出方核对；确属误报的，请撤回这笔购进。"))
    return seller_quantity


def correction(before: tuple[int, int], after: tuple[int, int]) -> Postings:
    """Return what corrects a purchase: each pair is (raw, product) in grams or pieces; stock and source move by the difference."""
    sums: dict[Account, int] = {}
    for posting in (*reverse(purchase(before[0], product=before[1])), *purchase(after[0], product=after[1])):
        sums[posting.account] = sums.get(posting.account, 0) + posting.amount
    return tuple(Posting(account, amount) for account, amount in sums.items() if amount)


def sale_as_stated(quantity: int, taken: dict[str, int], *, farmer_id: int, grade: str) -> Postings:
    """Return the seller's side of a sale that someone states: by grade from its stock, and what that lacks from ``unexplained``.

    ``farmer_id`` 0 is the user's own account.
    """
    postings = [
        posting
        for name, part in taken.items()
        for posting in (
            Posting(Account.STOCK, -part, grade=name, farmer_id=farmer_id),
            Posting(Account.SOLD, part, grade=name, farmer_id=farmer_id),
        )
    ]
    if lacking := quantity - sum(taken.values()):
        postings += [
            Posting(Account.UNEXPLAINED, -lacking, grade=grade, farmer_id=farmer_id),
            Posting(Account.SOLD, lacking, grade=grade, farmer_id=farmer_id),
        ]
    return tuple(postings)


def state_words(state: str) -> Words:
    """Return the words of a state."""
    return TRADE_LIFE.label(state)
