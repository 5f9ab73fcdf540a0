"""The life of a batch, and the words of batches and caps."""

from __future__ import annotations

from enum import StrEnum

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say


class Kind(StrEnum):
    """Where the goods of a batch come from."""

    HARVEST = "harvest"
    OPENING = "opening"
    PURCHASE = "purchase"
    PRE_PRINTED = "pre_printed"
    PROCESSED = "processed"


class CapStatus(StrEnum):
    """Whether a cap is the one announced before harvest or the one fixed after it."""

    PROVISIONAL = "provisional"
    FINAL = "final"


class Origin(StrEnum):
    """Which door a record came through."""

    FORM = "form"
    IMPORT = "import"


KIND_WORDS: dict[str, Words] = {
    Kind.HARVEST: say("采收"),
    Kind.OPENING: say("往年库存"),
    Kind.PURCHASE: say("购进"),
    Kind.PRE_PRINTED: say("预印包装"),
    Kind.PROCESSED: say("加工所得"),
}

DECLARED_KINDS = (Kind.HARVEST, Kind.OPENING, Kind.PURCHASE, Kind.PRE_PRINTED)
"""What people declare; a processed batch is only ever made by a process."""

CAP_WORDS: dict[str, Words] = {CapStatus.PROVISIONAL: say("暂定"), CapStatus.FINAL: say("最终")}

BATCH_LIFE = Machine(
    subject="batch",
    initial="declared",
    steps={
        ("declared", "close"): "closed",
        ("declared", "recall"): "recalled",
        ("closed", "recall"): "recalled",
        ("declared", "withdraw"): "withdrawn",
    },
    labels={
        "declared": say("已申报"),
        "closed": say("已办结"),
        "recalled": say("已召回"),
        "withdrawn": say("已撤回"),
        "close": say("办结"),
        "recall": say("召回"),
        "withdraw": say("撤回"),
    },
)

LABELLABLE = frozenset({"declared", "closed"})
COUNTED = frozenset({"declared", "closed", "recalled"})
