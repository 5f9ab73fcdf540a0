"""Caps: what a mu, a head, a cellar, a kiln or a purchased input may give, which one counts, and two persons for one that cuts.

A cap is stated for a GI and year, and may be narrower: for a zone, for a variety. The narrowest one counts:
(zone, variety) → (zone, every variety) → (every zone, variety) → (every zone, every variety).
A cap is a limit on rights that people already plan with: one that lowers what counts is proposed by one person and approved by
another (domain §2), and who loses what is on the table before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gi_registry.kernel.errors import Conflict, NotAllowed
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say


class Per(StrEnum):
    """What a cap is a quantity of: land, heads, cellars, kilns, or purchased input (then in thousandths of it)."""

    MU = "mu"
    HEAD = "head"
    CELLAR = "cellar"
    KILN = "kiln"
    INPUT = "input"


COUNTED_PER = (Per.HEAD, Per.CELLAR, Per.KILN)
"""What a register counts, rather than a survey or an invoice."""

PER_WORDS: dict[str, Words] = {
    Per.MU: say("亩"),
    Per.HEAD: say("头"),
    Per.CELLAR: say("口窖池"),
    Per.KILN: say("座窑"),
    Per.INPUT: say("购进原料"),
}
CAP_NAMES: dict[str, Words] = {
    Per.MU: say("每亩上限"),
    Per.HEAD: say("每头上限"),
    Per.CELLAR: say("每口窖池上限"),
    Per.KILN: say("每座窑上限"),
    Per.INPUT: say("原料折算率"),
}
UNIT_NAMES: dict[str, Words] = {Per.HEAD: say("存栏"), Per.CELLAR: say("窖池"), Per.KILN: say("窑口")}

PER_OF_BASIS: Mapping[str, Per] = {
    "area": Per.MU,
    "water": Per.MU,
    "head": Per.HEAD,
    "cellar": Per.CELLAR,
    "kiln": Per.KILN,
    "purchased": Per.INPUT,
}
"""What a protection's capacity basis is measured in; a basis that is not here cannot be computed."""


@dataclass(frozen=True)
class Cap:
    """A cap as it counts: grams or pieces of product a mu, head, cellar or kiln; thousandths of product an input."""

    per_mu: int
    status: str
    revision: int
    per: str = Per.MU
    zone: str = ""
    variety: str = ""
    commodity: str = ""
    id: int = 0


@dataclass(frozen=True)
class Stated:
    """A cap on file: where it holds, and from which day (None: always)."""

    cap: Cap
    effective_on: date | None = None

    def effective(self, on: date | None) -> bool:
        """Say whether it counts on a day; without a day everything decided counts."""
        return on is None or self.effective_on is None or self.effective_on <= on


class CapTable:
    """The caps of a GI, year and unit: answers which one counts."""

    def __init__(self, stated: Iterable[Stated], *, on: date | None = None) -> None:
        """Keep of each place the newest revision that is effective on ``on``."""
        self._caps: dict[tuple[str, str, str, str], Cap] = {}
        for one in sorted(stated, key=lambda one: one.cap.revision):
            if one.effective(on):
                self._caps[_place(one.cap)] = one.cap

    def counting(self, per: str, *, zone: str = "", variety: str = "", commodity: str = "") -> Cap | None:
        """Return the narrowest cap for a zone and variety (and input), or None where nothing is stated."""
        for what in dict.fromkeys((commodity, "")):
            for where in lookup(zone, variety):
                if (found := self._caps.get((per, what, *where))) is not None:
                    return found
        return None

    def has(self, per: str) -> bool:
        """Say whether any cap of a kind counts."""
        return any(cap.per == per for cap in self._caps.values())

    def shadowed(self, cap: Cap) -> Iterator[Cap]:
        """Yield the caps that ``cap`` may take the place of for somebody, itself in its last revision included."""
        for found in self._caps.values():
            same_kind = found.per == cap.per and found.commodity in (cap.commodity, "")
            if same_kind and found.zone in (cap.zone, "") and (not cap.variety or not found.variety or found.variety == cap.variety):
                yield found

    def with_cap(self, cap: Cap) -> CapTable:
        """Return the table as it would be with one more cap."""
        table = CapTable(())
        table._caps = {**self._caps, _place(cap): cap}
        return table


def _place(cap: Cap) -> tuple[str, str, str, str]:
    return (cap.per, cap.commodity, cap.zone, cap.variety)


def lookup(zone: str, variety: str) -> tuple[tuple[str, str], ...]:
    """Return the places where a cap is looked for, narrowest first."""
    return tuple(dict.fromkeys(((zone, variety), (zone, ""), ("", variety), ("", ""))))


def cuts(table: CapTable, cap: Cap) -> bool:
    """Say whether a cap would lower what counts for somebody."""
    return any(found.per_mu > cap.per_mu for found in table.shadowed(cap))


def refuse_lone_cut(table: CapTable, cap: Cap) -> None:
    """Raise NotAllowed where one person alone would lower a cap."""
    if cuts(table, cap):
        raise NotAllowed(
            say("调低现行上限须由两个人办理，不能由一个人直接录入。"),
            remedy=say("请在“单产上限”页提出上限提案，系统先列出谁减少多少，再由另一名工作人员核准。"),
            basis="cap:approve",
        )


# ---- proposals -----------------------------------------------------------------------------------------------------------------------

CAP_PROPOSAL_LIFE = Machine(
    subject="cap_proposal",
    initial="proposed",
    steps={("proposed", "approve"): "approved", ("proposed", "reject"): "rejected", ("proposed", "withdraw"): "withdrawn"},
    labels={
        "proposed": say("待省级核准"),
        "approved": say("已核准"),
        "rejected": say("未予核准"),
        "withdrawn": say("已撤回"),
        "propose": say("提出上限提案"),
        "approve": say("核准"),
        "reject": say("不予核准"),
        "withdraw": say("撤回"),
    },
)


def refuse_same_person(proposed_by: int, decides: int | None) -> None:
    """Raise NotAllowed where the person who proposed would decide."""
    if decides is None or decides == proposed_by:
        raise NotAllowed(
            say("上限提案须由提出人以外的另一名工作人员核准。"),
            remedy=say("请由本单位或上级的另一名有权人员办理；要更改内容的，请先撤回再提出。"),
            basis="cap:approve",
        )


def refuse_other_person(proposed_by: int, withdraws: int | None) -> None:
    """Raise NotAllowed where someone else than the proposer would withdraw."""
    if withdraws != proposed_by:
        raise NotAllowed(say("提案只能由提出人撤回。"), remedy=say("不同意的，由有权核准的人写明理由，不予核准。"), basis="cap:propose")


def refuse_overtaken(compared: int | None, now: int | None, *, revision: int | None) -> None:
    """Raise Conflict where the cap that a proposal would replace is no longer the one it was compared with."""
    if compared != now:
        shown = say("第 %(n)s 版", n=revision) if revision else say("没有上限")
        raise Conflict(
            say("提出之后上限已经变动：现行的是 %(now)s，不是提出时的那一版。", now=shown),
            remedy=say("请撤回或不予核准，按现行上限重新提出。"),
        )


# ---- heads, cellars, kilns -----------------------------------------------------------------------------------------------------------

CAPACITY_UNIT_LIFE = Machine(
    subject="capacity_unit",
    initial="declared",
    steps={
        ("declared", "verify"): "verified",
        ("declared", "refuse"): "refused",
        ("declared", "withdraw"): "withdrawn",
        ("verified", "end"): "ended",
    },
    labels={
        "declared": say("待县级核实"),
        "verified": say("已核实"),
        "refused": say("未予核实"),
        "withdrawn": say("已撤回"),
        "ended": say("已终止"),
        "declare": say("申报"),
        "verify": say("核实"),
        "refuse": say("不予核实"),
        "withdraw": say("撤回"),
        "end": say("终止"),
    },
)
COUNTING_UNITS = frozenset({"verified", "ended"})
"""An ended unit still counts for the days before its end."""


def refuse_own_verification(declared_by: int | None, verifies: int | None) -> None:
    """Raise NotAllowed where the person who stated a unit would verify it."""
    if verifies is None or declared_by == verifies:
        raise NotAllowed(
            say("存栏、窖池、窑口须由申报人以外的另一名县级工作人员核实。"),
            remedy=say("请由本局另一名经办人现场核实。"),
            basis="capacity:verify",
        )
