"""The register extract (登记信息查询单): what the register states about an authorisation at one moment. It is no approval document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gi_registry.documents.rules.paper import Said
from gi_registry.documents.service import Code, Column, Pairs, Paper, Section, Table, Text, typeset_paper
from gi_registry.kernel.words import Words, say
from gi_registry.registry import rules
from gi_registry.registry.models import Authorisation, AuthorisationRestriction, Gi, Product, Protection
from gi_registry.registry.service.pages import AuthorisationPage, authorisation_page
from gi_registry.workflow import Work

TITLE = say("地理标志专用标志合法使用人登记信息查询单")


@dataclass(frozen=True)
class Extract:
    """A PDF with its name."""

    name: str
    content: bytes


@dataclass(frozen=True)
class PublicEntry:
    """What everyone may read of one authorisation."""

    row: Authorisation
    gi: Gi
    protection: Protection
    may_use: bool
    listing: Words | None = None


def extract(work: Work, authorisation_id: int, *, public_url: str, language: str = "zh_CN") -> Extract:
    """Return the extract of one authorisation for its office or its user; NotFound for one that the actor may not see."""
    shown = authorisation_page(work, authorisation_id)
    code = shown.organisation.uscc if shown.organisation else None
    paper = Paper(
        title=TITLE,
        number=query_number(shown.row.number, work.now),
        issued=work.now,
        facts=(
            (say("使用人"), shown.name),
            (say("统一社会信用代码"), code or shown.row.raw_uscc or None),
            (say("公告所列名称"), shown.row.raw_name),
            (say("住所"), shown.organisation.address if shown.organisation else ""),
            (say("主管"), shown.place),
        ),
        sections=(
            Section(say("一、登记事项"), (Pairs(_stated(shown.row, shown.gi, shown.protection)),)),
            Section(say("二、查询当日能否使用专用标志"), tuple(_standing(shown))),
            Section(say("三、生产场所"), _sites(shown)),
            Section(say("四、产品"), _products(shown.products)),
            Section(say("五、变更和限制"), tuple(_history(shown))),
        ),
        code=_code(public_url, code),
        notes=_notes(work.now, public_url),
    )
    return Extract(f"{shown.row.number}.pdf", typeset_paper(paper, language=language))


def public_extract(
    *, name: str, uscc: str, place: str, entries: Sequence[PublicEntry], now: datetime, public_url: str, language: str = "zh_CN"
) -> Extract:
    """Return the extract that anyone may have of a user: the public fields of each authorisation. ``name`` is as the public may read it."""
    sections = [
        Section(
            say("%(gi)s（%(number)s）", gi=entry.gi.name, number=entry.row.number),
            (Pairs(_stated(entry.row, entry.gi, entry.protection)), Text(_answer(entry.may_use), "strong"), *_listed(entry)),
        )
        for entry in entries
    ]
    paper = Paper(
        title=TITLE,
        subtitle=say("公开查询"),
        number=query_number(uscc, now),
        issued=now,
        facts=((say("使用人"), name), (say("统一社会信用代码"), uscc), (say("所在地"), place)),
        sections=tuple(sections),
        code=_code(public_url, uscc),
        notes=_notes(now, public_url),
    )
    return Extract(f"{uscc}.pdf", typeset_paper(paper, language=language))


def query_number(subject: str, now: datetime) -> str:
    """Return the number of a query: what was asked about, and the moment (UTC)."""
    return f"CX-{subject}-{now:%Y%m%d%H%M%S}"


def _stated(row: Authorisation, gi: Gi, protection: Protection) -> tuple[tuple[Said, Said], ...]:
    stated: list[tuple[Said, Said]] = [
        (say("地理标志"), gi.name),
        (say("保护途径"), rules.TRACK_LABELS[rules.Track(protection.track)]),
        (say("保护编号"), protection.number),
        (say("标准编号"), protection.standard_no),
        (say("商标注册号"), protection.trade_mark_no),
        (say("用标登记编号"), row.number),
        (say("核准公告"), row.announcement_raw or say("没有登记")),
        (say("核准依据"), row.legal_basis),
        (say("有效期自"), row.valid_from),
        (say("有效期至"), row.valid_to or say("未登记终止日期")),
        (say("登记状态"), rules.AUTHORISATION_LIFE.label(row.state)),
        (say("登记版本"), say("第 %(n)s 版", n=row.version)),
    ]
    return tuple((term, value) for term, value in stated if value)


def _answer(may_use: bool) -> Words:
    return say("查询当日包装的产品可以使用专用标志。") if may_use else say("查询当日包装的产品不可以使用专用标志。")


def _standing(shown: AuthorisationPage) -> Iterable[Text]:
    yield Text(_answer(shown.standing.active), "strong")
    for reason in shown.standing.reasons:
        yield Text(reason)


def _sites(shown: AuthorisationPage) -> tuple[Text | Table, ...]:
    if not shown.sites:
        return (Text(say("没有登记生产场所。")),)
    columns = (Column(say("名称"), share=2), Column(say("地址"), share=3), Column(say("区划代码"), share=0))
    return (Table(columns, tuple((site.name, site.address, site.division_code) for site in shown.sites)),)


def _products(products: Sequence[Product]) -> tuple[Text | Table, ...]:
    if not products:
        return (Text(say("没有登记产品。")),)
    columns = (
        Column(say("名称"), share=3),
        Column(say("等级")),
        Column(say("每标净含量"), "right", 0),
        Column(say("标示方式")),
        Column(say("标准"), share=2),
    )
    rows = tuple(
        (row.name, row.grade, _content(row), rules.MODE_LABELS[rules.MarkingMode(row.marking_mode)], row.standard_no) for row in products
    )
    return (Table(columns, rows),)


def _content(product: Product) -> Words:
    return say("%(amount)s %(unit)s", amount=product.content_per_label, unit=rules.UNIT_LABELS[rules.Unit(product.unit)])


def _history(shown: AuthorisationPage) -> Iterable[Text | Table]:
    if shown.changes:
        columns = (Column(say("版本"), "right", 0), Column(say("生效日期")), Column(say("依据"), share=3))
        yield Table(columns, tuple((row.version, row.effective_on, row.basis) for row in shown.changes), say("登记事项变更"))
    if shown.restrictions:
        heads = (Column(say("措施")), Column(say("依据"), share=3), Column(say("起")), Column(say("止")))
        yield Table(heads, tuple(_restriction(row) for row in shown.restrictions), say("限制"))
    if not shown.changes and not shown.restrictions:
        yield Text(say("没有登记变更和限制。"))


def _restriction(row: AuthorisationRestriction) -> tuple[Said, ...]:
    return rules.EFFECT_LABELS[rules.Effect(row.effect)], row.basis, row.from_on, row.until_on or say("未解除")


def _listed(entry: PublicEntry) -> tuple[Text, ...]:
    return (Text(entry.listing),) if entry.listing else ()


def _code(public_url: str, uscc: str | None) -> Code | None:
    return Code(f"{public_url.rstrip('/')}/registry/users/{uscc}", say("扫码查看登记簿的当前记载")) if uscc else None


def _notes(now: datetime, public_url: str) -> tuple[Words, ...]:
    return (
        say("查询时间：%(at)s（北京时间）。数据来源：地理标志登记系统 %(url)s。", at=now, url=public_url),
        say("本查询单只反映登记簿在查询时刻的记载，不是核准或者批准文件，不代替公告；用标以核准公告和产品包装当日的登记为准。"),
    )
