"""The figures of the user form, sections 2–7, with unit, section and whether they are public (domain: annual report content).

Stored as integers: area in thousandths of a mu, mass in grams, goods in pieces, money in fen. Business figures are not public by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from gi_registry.kernel.quantities import scaled
from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.labels import MODE_LABELS, MarkingMode


class Section(StrEnum):
    """The sections of the form that hold figures; 1 is identity, 8 the declaration."""

    PRODUCTION = "2"
    MARK_USE = "3"
    SALES = "4"
    QUALITY = "5"
    BENEFIT = "6"
    COMPLIANCE = "7"


SECTION_LABELS: dict[str, Words] = {
    Section.PRODUCTION: say("二、生产"),
    Section.MARK_USE: say("三、用标"),
    Section.SALES: say("四、销售"),
    Section.QUALITY: say("五、质量"),
    Section.BENEFIT: say("六、带动"),
    Section.COMPLIANCE: say("七、守法与其他"),
}


@dataclass(frozen=True)
class Measure:
    """A unit people read and write; ``scale`` stored units make one of it."""

    label: Words
    scale: int = 1


MU = Measure(say("亩"), 1_000)
KILOGRAM = Measure(say("公斤"), 1_000)
PIECE = Measure(say("只/件"))
LABEL = Measure(say("枚"))
PACKAGE = Measure(say("个"))
WAN_YUAN = Measure(say("万元"), 1_000_000)
HOUSEHOLD = Measure(say("户"))
PERSON = Measure(say("人"))
REPORT = Measure(say("份"))
TIME = Measure(say("次"))
PERCENT = Measure(say("%"), 10)
YUAN_PER_KILOGRAM = Measure(say("元/公斤"), 100)
YUAN_PER_PIECE = Measure(say("元/只"), 100)
TRAINED = Measure(say("人次"))


@dataclass(frozen=True)
class Figure:
    """One number of the form. ``core`` figures are the few asked first on a phone and must be there; the rest may stay empty."""

    key: str
    section: Section
    label: Words
    measure: Measure
    core: bool = False
    public: bool = False
    explain: Words | None = None
    mode: str = ""

    def shown(self, value: int | None) -> str:
        """Return a stored value for reading."""
        return shown(self, value)


@dataclass(frozen=True)
class TextField:
    """One sentence or list of the form, at most ``longest`` characters, never required."""

    key: str
    section: Section
    label: Words
    longest: int = 500


LABEL_PARTS = ("opening", "received", "activated", "spoiled", "returned", "closing")

TEXTS: tuple[TextField, ...] = (
    TextField("suppliers", Section.PRODUCTION, say("原料供应商及来源证明")),
    TextField("carriers", Section.MARK_USE, say("标志使用方式（吊牌、包装、网页等）")),
    TextField("printing", Section.MARK_USE, say("标签或包装印制单位及订单号")),
    TextField("shops", Section.MARK_USE, say("网店网址")),
    TextField("markets", Section.SALES, say("主要销售渠道和出口国")),
    TextField("standard", Section.QUALITY, say("执行标准编号"), 120),
    TextField("test_reports", Section.QUALITY, say("检测机构、报告编号和日期")),
    TextField("tracing", Section.COMPLIANCE, say("使用的追溯系统"), 200),
    TextField("remarks", Section.COMPLIANCE, say("待办变更、维权和其他说明")),
)


def catalogue(modes: Sequence[str], *, unit: str, purchases: bool) -> tuple[Figure, ...]:
    """Return the figures to be asked, in the order of the form.

    ``modes`` are the marking modes of the user's products, ``unit`` is ``g`` or ``piece``, ``purchases`` says whether raw material may be
    bought in under the protection.
    """
    goods = KILOGRAM if unit == "g" else PIECE
    production = [
        Figure("area", Section.PRODUCTION, say("生产面积"), MU, core=True, public=True),
        Figure("output", Section.PRODUCTION, say("总产量"), goods, core=True, explain=say("包括未达到地理标志标准的部分。")),
        Figure("gi_output", Section.PRODUCTION, say("其中：地理标志产品产量"), goods, core=True),
    ]
    if purchases:
        production.append(Figure("raw_material", Section.PRODUCTION, say("外购原料"), goods))
    marks = [figure for mode in modes for figure in _label_figures(mode, goods)]
    production.append(Figure("processing_yield", Section.PRODUCTION, say("加工出品率"), PERCENT, explain=say("不加工的不用填写。")))
    return (*production, *marks, *_further(goods))


def _further(goods: Measure) -> tuple[Figure, ...]:
    price = YUAN_PER_PIECE if goods == PIECE else YUAN_PER_KILOGRAM
    return (
        Figure("unmarked", Section.MARK_USE, say("未用标的地理标志产品"), goods),
        Figure("sales", Section.SALES, say("销售额"), WAN_YUAN, core=True, explain=say("地理标志产品的销售额，最多保留到分。")),
        Figure("exports", Section.SALES, say("其中：出口额"), WAN_YUAN),
        Figure("price_marked", Section.SALES, say("用标产品平均单价"), price),
        Figure("price_unmarked", Section.SALES, say("未用标产品平均单价"), price),
        Figure("tests", Section.QUALITY, say("检测报告"), REPORT, public=True),
        Figure("failed_tests", Section.QUALITY, say("其中：抽检不合格"), REPORT),
        Figure("complaints", Section.QUALITY, say("收到投诉"), TIME),
        Figure("recalls", Section.QUALITY, say("召回"), TIME),
        Figure("employees", Section.BENEFIT, say("从业人员"), PERSON),
        Figure("households", Section.BENEFIT, say("带动农户"), HOUSEHOLD, public=True),
        Figure("contract_purchases", Section.BENEFIT, say("订单收购额"), WAN_YUAN),
        Figure("training", Section.BENEFIT, say("培训"), TRAINED),
        Figure("penalties", Section.COMPLIANCE, say("受到行政处罚"), TIME),
        Figure("rights_cases", Section.COMPLIANCE, say("维权"), TIME),
        Figure("certificates", Section.COMPLIANCE, say("开具承诺达标合格证"), REPORT),
    )


def _label_figures(mode: str, goods: Measure) -> tuple[Figure, ...]:
    measure = LABEL if mode == MarkingMode.ITEM_CODE else PACKAGE
    used = say("已激活") if mode == MarkingMode.ITEM_CODE else say("已使用")
    labels = {
        "opening": say("年初结存"),
        "received": say("本年领入"),
        "activated": used,
        "spoiled": say("损坏作废"),
        "returned": say("退回"),
        "closing": say("年末结存"),
    }
    explained = {"closing": say("请按实际清点填写。年初结存＋本年领入－已用－损坏作废－退回，应等于年末结存。")}
    parts = tuple(
        Figure(f"{mode}.{part}", Section.MARK_USE, labels[part], measure, core=True, explain=explained.get(part), mode=mode)
        for part in LABEL_PARTS
    )
    return (*parts, Figure(f"{mode}.marked", Section.MARK_USE, say("用标产品数量"), goods, mode=mode, explain=MODE_LABELS[mode]))


def read_figure(figure: Figure, text: str) -> int | None:
    """Read a figure as typed into stored units; empty is None. Raises Invalid naming the figure's key."""
    if not text.strip():
        return None
    cleaned = text.replace("\u2009", "").replace(" ", "")
    return scaled(cleaned, figure.key, scale=figure.measure.scale)


def typed(figure: Figure, value: int | None) -> str:
    """Return the stored value as one would type it, without grouping; empty for None."""
    if value is None:
        return ""
    if figure.measure.scale == 1:
        return str(value)
    text = format(Decimal(value) / figure.measure.scale, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(figure: Figure, value: int | None) -> str:
    """Return the stored value for reading, thousands grouped by a thin space; a dash for None."""
    if value is None:
        return "—"
    whole, dot, part = typed(figure, value).partition(".")
    return f"{int(whole):,}".replace(",", "\u2009") + dot + part
