"""The life of a print job: commissioned by the user, files handed over once, receipt given, printed, shipped, received.

Source: label code life cycle of the domain notes (allotted → printed → shipped → received). Law is silent on print houses of codes; the
terms (how long a broken-off download may be taken up again, what the receipt code looks like) are the registry's own.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import say

TAKEN_UP_AGAIN = timedelta(minutes=30)
"""A download that broke off, or a second click, is answered again for so long; after that the user allows it anew."""
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0, O, 1, I, L
_SYMBOLS = 8


class Stage(StrEnum):
    """Where a print job stands."""

    COMMISSIONED = "commissioned"
    HANDED_OVER = "handed_over"
    ACKNOWLEDGED = "acknowledged"
    PRINTED = "printed"
    SHIPPED = "shipped"
    RECEIVED = "received"
    ENDED = "ended"


class Doing(StrEnum):
    """What can be done to a print job."""

    TAKE = "take"
    ALLOW = "allow"
    ACKNOWLEDGE = "acknowledge"
    PRINT = "print"
    SHIP = "ship"
    RECEIVE = "receive"
    DECLINE = "decline"
    CANCEL = "cancel"


PRINT_LIFE = Machine(
    subject="print_job",
    initial=Stage.COMMISSIONED,
    steps={
        (Stage.COMMISSIONED, Doing.TAKE): Stage.HANDED_OVER,
        (Stage.HANDED_OVER, Doing.TAKE): Stage.HANDED_OVER,
        (Stage.HANDED_OVER, Doing.ALLOW): Stage.COMMISSIONED,
        (Stage.HANDED_OVER, Doing.ACKNOWLEDGE): Stage.ACKNOWLEDGED,
        (Stage.ACKNOWLEDGED, Doing.PRINT): Stage.PRINTED,
        (Stage.PRINTED, Doing.SHIP): Stage.SHIPPED,
        (Stage.SHIPPED, Doing.RECEIVE): Stage.RECEIVED,
        (Stage.COMMISSIONED, Doing.DECLINE): Stage.ENDED,
        (Stage.COMMISSIONED, Doing.CANCEL): Stage.ENDED,
        (Stage.HANDED_OVER, Doing.CANCEL): Stage.ENDED,
        (Stage.ACKNOWLEDGED, Doing.CANCEL): Stage.ENDED,
    },
    labels={
        Stage.COMMISSIONED: say("待下载"),
        Stage.HANDED_OVER: say("已下载，待回执"),
        Stage.ACKNOWLEDGED: say("已回执，待印制"),
        Stage.PRINTED: say("已印好，待发货"),
        Stage.SHIPPED: say("已发货"),
        Stage.RECEIVED: say("已收货"),
        Stage.ENDED: say("已撤回"),
        Doing.TAKE: say("下载印制文件"),
        Doing.ALLOW: say("准许重新下载"),
        Doing.ACKNOWLEDGE: say("交回执"),
        Doing.PRINT: say("登记印好"),
        Doing.SHIP: say("登记发货"),
        Doing.RECEIVE: say("登记收货"),
        Doing.DECLINE: say("谢绝"),
        Doing.CANCEL: say("撤回委托"),
    },
)


def new_receipt() -> str:
    """Return a receipt code: it stands in the file only, so who can name it has opened the file."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SYMBOLS))


def same_receipt(typed: str, kept: str) -> bool:
    """Say whether a typed receipt code is the one in the file; case, spaces and hyphens do not matter."""
    folded = "".join(symbol for symbol in typed.upper() if symbol not in " -\u3000")
    return bool(kept) and secrets.compare_digest(folded.encode(), kept.encode())


def may_take_again(taken_at: datetime | None, now: datetime) -> bool:
    """Say whether files taken at ``taken_at`` may be taken once more without being allowed anew."""
    return taken_at is not None and now - taken_at <= TAKEN_UP_AGAIN
