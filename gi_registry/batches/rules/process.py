"""A process turns batches into new batches: split, merge, transform, pack; and conservation at each of them.

    split, merge, pack     Σ in = Σ out + loss, exactly
    transform              of each commodity at most Σ in × its conversion; where mass is mass (grams to grams, no conversion above
                           one), Σ out + loss ≤ Σ in

A *sale* is the fifth kind: it joins the batch of one user to the purchase of another and moves nothing in the ledger (the trade did).
A process is dated and its outputs are new, so what comes from what has no circle: ids of inputs are below ids of outputs (trigger).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gi_registry.batches.rules.amounts import GRAMS, thousandths, with_unit, write_amount
from gi_registry.batches.rules.ledger import Account, Posting, Postings, positive
from gi_registry.kernel.errors import FieldError
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say

UNCHANGED_PERMILLE = 1000
MOST_INPUTS, MOST_OUTPUTS = 200, 40


class ProcessKind(StrEnum):
    """What is done with batches."""

    SPLIT = "split"
    MERGE = "merge"
    TRANSFORM = "transform"
    PACK = "pack"
    SALE = "sale"


class Step(StrEnum):
    """The step of production that a process belongs to: the steps a protection may require inside the area."""

    PRODUCTION = "production"
    PACKING = "packing"


ACTS = (ProcessKind.SPLIT, ProcessKind.MERGE, ProcessKind.TRANSFORM, ProcessKind.PACK)

PROCESS_WORDS: dict[str, Words] = {
    ProcessKind.SPLIT: say("分批"),
    ProcessKind.MERGE: say("合批"),
    ProcessKind.TRANSFORM: say("加工"),
    ProcessKind.PACK: say("包装"),
    ProcessKind.SALE: say("售出"),
}

STEP_OF = {
    ProcessKind.SPLIT: Step.PRODUCTION,
    ProcessKind.MERGE: Step.PRODUCTION,
    ProcessKind.TRANSFORM: Step.PRODUCTION,
    ProcessKind.PACK: Step.PACKING,
    ProcessKind.SALE: Step.PRODUCTION,
}

PROCESS_LIFE = Machine(
    subject="process",
    initial="done",
    steps={("done", "undo"): "undone"},
    labels={"done": say("已记录"), "undone": say("已撤销"), "undo": say("撤销")},
)


@dataclass(frozen=True)
class Taken:
    """What a process takes from a batch, in grams or pieces; ``left`` is what may still be taken of it."""

    number: str
    quantity: int
    left: int
    unit: str
    commodity: str = ""
    field: str = "quantity"


@dataclass(frozen=True)
class Made:
    """What a process makes, in grams or pieces; ``net_content``: how much of the input unit one of these holds, where units differ.

    ``max_permille``: how much of it a thousand of the input gives at most; None where no conversion is on file.
    """

    quantity: int
    unit: str
    commodity: str = ""
    grade: str = ""
    max_permille: int | None = UNCHANGED_PERMILLE
    net_content: int | None = None
    field: str = "quantity"


def problems(kind: ProcessKind, taken: Sequence[Taken], made: Sequence[Made], *, loss: int) -> tuple[FieldError, ...]:
    """Return what cannot be about a process, with the figures: too little left, sums that differ, more than the conversion gives."""
    found = [*_too_few(kind, taken, made), *_beyond(taken)]
    if found or not taken or not made:
        return tuple(found)
    unlike = _unlike(kind, taken, made)
    if unlike:
        return unlike
    if kind is ProcessKind.TRANSFORM:
        return (*_beyond_conversion(taken, made), *_mass_from_nothing(taken, made, loss=loss))
    return _difference(taken, made, loss=loss)


def _too_few(kind: ProcessKind, taken: Sequence[Taken], made: Sequence[Made]) -> Iterable[FieldError]:
    if not taken:
        yield FieldError("inputs", say("没有填写投入的批次和数量。"), say("请至少填写一个批次。"))
    if kind is ProcessKind.MERGE and len(taken) == 1:
        yield FieldError("inputs", say("合批至少需要两个批次。"), say("只有一个批次的，请办理分批、加工或包装。"))
    if kind is ProcessKind.SPLIT and len(taken) > 1:
        yield FieldError("inputs", say("分批只能从一个批次分出。"), say("几个批次合在一起的，请办理合批。"))
    if not made:
        yield FieldError("outputs", say("没有填写产出的数量。"), say("请至少填写一项产出。"))
    if kind is ProcessKind.MERGE and len(made) > 1:
        yield FieldError("outputs", say("合批只有一个产出。"), say("合并后再分开的，请先合批再分批。"))
    if len(taken) > MOST_INPUTS or len(made) > MOST_OUTPUTS:
        yield FieldError(
            "inputs",
            say("一次最多 %(taken)s 个投入批次、%(made)s 项产出。", taken=MOST_INPUTS, made=MOST_OUTPUTS),
            say("请分几次办理。"),
        )


def _beyond(taken: Sequence[Taken]) -> Iterable[FieldError]:
    for item in taken:
        if item.quantity > item.left:
            yield FieldError(
                item.field,
                say(
                    "批次 %(number)s 只剩 %(left)s，要投入 %(asked)s。",
                    number=item.number,
                    left=with_unit(item.left, item.unit),
                    asked=with_unit(item.quantity, item.unit),
                ),
                say("已贴标、已售出、已投入加工的不能再用；请减少数量。"),
                write_amount(item.quantity, item.unit),
            )


def _unlike(kind: ProcessKind, taken: Sequence[Taken], made: Sequence[Made]) -> tuple[FieldError, ...]:
    if len({(item.unit, item.commodity) for item in taken}) > 1:
        return (FieldError("inputs", say("投入的批次计量单位或品名不同。"), say("请分开办理。")),)
    unit, commodity = taken[0].unit, taken[0].commodity
    if kind in (ProcessKind.SPLIT, ProcessKind.MERGE) and any((item.unit, item.commodity) != (unit, commodity) for item in made):
        return (FieldError("outputs", say("分批、合批不改变品名和计量单位。"), say("做成别的东西的，请办理加工。")),)
    if kind is ProcessKind.PACK and any([*(item.commodity for item in taken), *(item.commodity for item in made)]):
        return (FieldError("inputs", say("包装的投入和产出都应是产品。"), say("原料请先办理加工。")),)
    return tuple(
        FieldError(item.field, say("产出与投入的计量单位不同，没有填写每件净含量。"), say("请填写每件的净含量。"))
        for item in made
        if kind is ProcessKind.PACK and item.unit != unit and not item.net_content
    )


def _beyond_conversion(taken: Sequence[Taken], made: Sequence[Made]) -> Iterable[FieldError]:
    came_in, unit = sum(item.quantity for item in taken), taken[0].unit
    sums: dict[tuple[str, str], int] = {}
    for item in made:
        sums[item.commodity, item.unit] = sums.get((item.commodity, item.unit), 0) + item.quantity
    for item in {(item.commodity, item.unit): item for item in made}.values():
        if item.max_permille is None:
            yield FieldError(item.field, say("产出与投入的计量单位不同，没有核定的折算率。"), say("请联系主管部门录入折算率。"))
            continue
        asked, most = sums[item.commodity, item.unit], most_of(came_in, item.max_permille)
        if asked > most:
            yield FieldError(
                item.field,
                say(
                    "投入 %(input)s，按折算率 %(rate)s 最多产出 %(most)s，填写的是 %(asked)s。",
                    input=with_unit(came_in, unit),
                    rate=thousandths(item.max_permille),
                    most=with_unit(most, item.unit),
                    asked=with_unit(asked, item.unit),
                ),
                say("请核对投入和产出；折算率有误的，请联系主管部门。"),
                write_amount(asked, item.unit),
            )


def most_of(came_in: int, max_permille: int) -> int:
    """Return how much of a commodity an input gives at most, rounded down (grams or pieces)."""
    return came_in * max_permille // 1000


def _mass_from_nothing(taken: Sequence[Taken], made: Sequence[Made], *, loss: int) -> Iterable[FieldError]:
    """Where mass stays mass, all outputs and the loss together weigh no more than the input (a rate above one says that mass is added)."""
    units = {*(item.unit for item in taken), *(item.unit for item in made)}
    weighed = units == {GRAMS} and all((item.max_permille or 0) <= UNCHANGED_PERMILLE for item in made)
    came_in, went_out = sum(item.quantity for item in taken), sum(item.quantity for item in made)
    over = went_out + loss - came_in if weighed else loss - came_in
    if over > 0:
        yield FieldError(
            "loss" if loss else made[0].field,
            say(
                "产出合计 %(out)s，损耗 %(loss)s，比投入 %(input)s 多 %(over)s。",
                out=with_unit(went_out, made[0].unit),
                loss=with_unit(loss, taken[0].unit),
                input=with_unit(came_in, taken[0].unit),
                over=with_unit(over, taken[0].unit),
            ),
            say("请核对各项数量。"),
        )


def _difference(taken: Sequence[Taken], made: Sequence[Made], *, loss: int) -> tuple[FieldError, ...]:
    unit = taken[0].unit
    came_in, went_out = sum(item.quantity for item in taken), sum(content_of(item, unit) for item in made)
    if came_in == went_out + loss:
        return ()
    return (
        FieldError(
            "loss",
            say(
                "投入 %(input)s，产出 %(out)s，损耗 %(loss)s，相差 %(over)s。",
                input=with_unit(came_in, unit),
                out=with_unit(went_out, unit),
                loss=with_unit(loss, unit),
                over=with_unit(abs(came_in - went_out - loss), unit),
            ),
            say("投入应等于产出加损耗；请核对数量，或把差额填为损耗。"),
        ),
    )


def content_of(made: Made, unit: str) -> int:
    """Return how much of the input unit an output holds: itself, or pieces × net content."""
    return made.quantity if made.unit == unit else made.quantity * (made.net_content or 0)


def converts(taken: Sequence[Taken], made: Sequence[Made]) -> bool:
    """Say whether a process changes what the goods are or how they are counted."""
    return {(item.commodity, item.unit) for item in taken} != {(item.commodity, item.unit) for item in made}


# ---- the ledger ----------------------------------------------------------------------------------------------------------------------


def take(quantity: int) -> Postings:
    """Goods of a batch leave stock and go into the work."""
    return (Posting(Account.STOCK, -positive(quantity)), Posting(Account.CONVERSION, quantity, grade=""))


def make(quantity: int) -> Postings:
    """Goods of a new batch come out of the work into stock."""
    return (Posting(Account.CONVERSION, -positive(quantity), grade=""), Posting(Account.STOCK, quantity))


def lose(quantity: int) -> Postings:
    """What is lost in the work, in the unit of the input."""
    return (Posting(Account.CONVERSION, -positive(quantity), grade=""), Posting(Account.LOSS, quantity))
