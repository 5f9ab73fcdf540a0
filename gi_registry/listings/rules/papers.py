"""Numbers and names on the papers of a case."""

from __future__ import annotations

from gi_registry.kernel.words import Words, say

STEMS = {"order": "异改通", "notice": "异列告", "decision": "异列决", "removal": "异移决", "correction": "异更决"}

PAPER_NAMES: dict[str, Words] = {
    "order": say("限期整改通知书"),
    "notice": say("拟列入专用标志使用异常名录告知书"),
    "decision": say("列入专用标志使用异常名录决定书"),
    "removal": say("移出专用标志使用异常名录决定书"),
    "correction": say("更正列入决定通知书"),
}


def paper_number(paper: str, place: str, *, year: int, count: int) -> str:
    """Return the number of a paper: 地区简称+异列决〔年〕号; ``place`` is the short name.

    >>> paper_number("decision", "昆山", year=2026, count=3)
    '昆山异列决〔2026〕3号'
    """
    return f"{place}{STEMS[paper]}〔{year}〕{count}号"


def masked(name: str, *, natural_person: bool) -> str:
    """Return the name as the public may read it: a natural person keeps the first character only (PIPL).

    >>> masked("张三丰", natural_person=True)
    '张**'
    """
    return name[:1] + "*" * max(len(name) - 1, 1) if natural_person else name


def neutral_sentence(*, ground: Words, decided_on: str, authority: str, number: str) -> Words:
    """Return the published fact without adjectives, for the trace page and the register."""
    return say(
        "%(authority)s于 %(on)s 以%(number)s将该使用人列入专用标志使用异常名录，事由：%(ground)s。",
        authority=authority,
        on=decided_on,
        number=number,
        ground=ground,
    )
