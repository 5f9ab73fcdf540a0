"""The form that proves a service by post or in person (送达回证): filled as far as is known, signed by hand, scanned and uploaded."""

from __future__ import annotations

from datetime import date

from gi_registry.documents.rules.paper import Column, Paper, Section, Table, Text
from gi_registry.kernel.words import say

PROOF_NAME = say("送达回证")
_LINE = "\u3000"  # keeps an empty cell as high as a written one


def proof_of_service(*, title: str, sha256: str, case_number: str, authority: str, party: tuple[str, str, str], on: date) -> Paper:
    """Return the form for one paper and its party (name, USCC, address); ``on`` is the day it is printed."""
    name, uscc, address = party
    blank = tuple((label, _LINE) for label in (say("送达方式"), say("送达地点"), say("送达日期"), say("收件人签名或者盖章")))
    more = tuple(
        (label, _LINE) for label in (say("代收人及与受送达人的关系"), say("拒收事由和日期"), say("见证人签名"), say("送达人签名（两人）"))
    )
    columns = (Column(say("项目"), share=2), Column(say("内容"), share=5))
    return Paper(
        title=PROOF_NAME,
        number=case_number,
        issued=on,
        authority=authority,
        facts=(
            (say("受送达人"), name),
            (say("统一社会信用代码"), uscc),
            (say("送达地址"), address),
            (say("送达文书"), title),
            ("SHA-256", sha256),
        ),
        sections=(
            Section("", (Table(columns, (*blank, *more), roomy=True),)),
            Section("", (Text(say("期限自送达之日的次日起算。签名后请扫描，由承办人在登记系统中登记送达日期。"), "small"),)),
        ),
        seal=True,
    )
