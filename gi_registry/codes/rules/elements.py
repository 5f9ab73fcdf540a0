"""Which elements a label with the special mark must carry, by track of protection.

======================================  =========  =========  =========  =========  =========
element                                 A product  B collect. C certif.  D foreign  AGI
======================================  =========  =========  =========  =========  =========
special mark, unmodified                yes        yes        yes        yes        –
USCC at its place in the mark           user       user       user       Chinese    beside
                                                                         distributor
GI name beside the mark                 yes        –          –          yes        yes
standard no. or announcement no.        yes        –          –          yes        –
GI trade mark and its registration no.  –          yes        yes        –          –
registration no. of the AGI             –          –          –          –          yes
======================================  =========  =========  =========  =========  =========

A user on two tracks carries both duties. Source: CNIPA Announcement 354 (2020); AGI registration alone does not admit to the special mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gi_registry.kernel.errors import FieldError
from gi_registry.kernel.words import Words, say

BASIS = "国家知识产权局公告第354号"


class Element(StrEnum):
    """One element of a label."""

    SPECIAL_MARK = "special_mark"
    USCC = "uscc"
    GI_NAME = "gi_name"
    STANDARD_OR_ANNOUNCEMENT = "standard_or_announcement"
    TRADE_MARK = "trade_mark"
    REGISTRATION_NO = "registration_no"


_MARKED = frozenset({Element.SPECIAL_MARK, Element.USCC})
_NAMED = _MARKED | {Element.GI_NAME, Element.STANDARD_OR_ANNOUNCEMENT}
_TRADE_MARK = _MARKED | {Element.TRADE_MARK, Element.REGISTRATION_NO}
REQUIRED: dict[str, frozenset[Element]] = {
    "A": _NAMED,
    "B": _TRADE_MARK,
    "C": _TRADE_MARK,
    "D": _NAMED,
    "AGI": frozenset({Element.USCC, Element.GI_NAME, Element.REGISTRATION_NO}),
}


@dataclass(frozen=True)
class LabelFacts:
    """What is known for a label; an empty text is a missing element."""

    uscc: str = ""
    gi_name: str = ""
    standard_no: str = ""
    announcement: str = ""
    trade_mark_no: str = ""
    registration_no: str = ""


def elements_for(tracks: Iterable[str]) -> frozenset[Element]:
    """Return the elements a user of these tracks must print; ValueError for a track that has no rule."""
    needed: frozenset[Element] = frozenset()
    for track in tracks:
        if track not in REQUIRED:
            raise ValueError(f"no label rule for track {track!r}")
        needed |= REQUIRED[track]
    return needed


def missing(needed: frozenset[Element], facts: LabelFacts) -> list[FieldError]:
    """Return what must be entered before a label may be printed, each with its remedy; empty when nothing is missing."""
    present = {
        Element.SPECIAL_MARK: True,
        Element.USCC: bool(facts.uscc),
        Element.GI_NAME: bool(facts.gi_name),
        Element.STANDARD_OR_ANNOUNCEMENT: bool(facts.standard_no or facts.announcement),
        Element.TRADE_MARK: bool(facts.gi_name and facts.trade_mark_no),
        Element.REGISTRATION_NO: bool(facts.trade_mark_no or facts.registration_no),
    }
    return [_lack(element) for element in Element if element in needed and not present[element]]


_LACKS: dict[Element, tuple[Words, Words]] = {
    Element.USCC: (
        say("标签缺少统一社会信用代码，不能印制。"),
        say("请先把这项用标资格与经营主体匹配；国外地理标志填写中国境内经销商的代码。"),
    ),
    Element.GI_NAME: (say("标签缺少地理标志名称，不能印制。"), say("请在地理标志登记中补充名称。")),
    Element.STANDARD_OR_ANNOUNCEMENT: (
        say("标签缺少执行标准编号或核准公告号，不能印制。"),
        say("请在产品中填写执行标准编号，或在用标资格中补充公告号。"),
    ),
    Element.TRADE_MARK: (say("标签缺少地理标志商标，不能印制。"), say("请在保护登记中补充商标注册号和名称。")),
    Element.REGISTRATION_NO: (say("标签缺少商标注册号或登记证书编号，不能印制。"), say("请在保护登记中补充编号。")),
}


def _lack(element: Element) -> FieldError:
    reason, remedy = _LACKS[element]
    return FieldError(element, reason, remedy)
