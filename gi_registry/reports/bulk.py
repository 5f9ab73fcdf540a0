"""Kind of rows: reports, the annual reports of past years. Quantities are kilograms for unit g, pieces for unit piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import Session, col, select

from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import find_authorisation
from gi_registry.registry.rules import MarkingMode
from gi_registry.reports import queries
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.rules.life import IN_FORCE
from gi_registry.reports.schemas import StatedReport
from gi_registry.reports.service.history import row_of, store_report, warnings_of
from gi_registry.workflow import Work

FIGURES = (
    Column("area_mu", say("生产面积（亩）"), "12", explain=say("最多三位小数。"), form=Form.NUMBER),
    Column("output", say("总产量"), "8000", explain=say("公斤；按件计的产品填件数。"), form=Form.NUMBER),
    Column("gi_output", say("地理标志产品产量"), "7500", explain=say("公斤或件。"), form=Form.NUMBER),
    Column("raw_material", say("外购原料"), "", explain=say("公斤或件。"), form=Form.NUMBER),
    Column("marked", say("用标产品数量"), "7200", explain=say("公斤或件。"), form=Form.NUMBER),
    Column("unmarked", say("未用标的地理标志产品"), "300", explain=say("公斤或件。"), form=Form.NUMBER),
    Column("opening", say("年初结存"), "200", explain=say("标签或包装，枚。"), form=Form.NUMBER),
    Column("received", say("本年领入"), "9800", explain=say("枚。"), form=Form.NUMBER),
    Column("activated", say("已激活或已使用"), "7200", explain=say("枚。"), form=Form.NUMBER),
    Column("spoiled", say("损坏作废"), "100", explain=say("枚。"), form=Form.NUMBER),
    Column("returned", say("退回"), "700", explain=say("枚。"), form=Form.NUMBER),
    Column("closing", say("年末结存"), "2000", explain=say("枚；应等于年初＋领入－已用－作废－退回。"), form=Form.NUMBER),
    Column("sales_wan", say("销售额（万元）"), "150", explain=say("最多六位小数。"), form=Form.NUMBER),
    Column("exports", say("其中：出口额（万元）"), "", explain=say("万元。"), form=Form.NUMBER),
    Column("tests", say("检测报告（份）"), "2", explain=say("份数。"), form=Form.NUMBER),
    Column("failed_tests", say("抽检不合格（份）"), "", explain=say("份数。"), form=Form.NUMBER),
    Column("complaints", say("收到投诉（次）"), "0", explain=say("次数。"), form=Form.NUMBER),
    Column("recalls", say("召回（次）"), "", explain=say("次数。"), form=Form.NUMBER),
    Column("employees", say("从业人员（人）"), "", explain=say("人数。"), form=Form.NUMBER),
    Column("households", say("带动农户（户）"), "35", explain=say("户数。"), form=Form.NUMBER),
    Column("penalties", say("受到行政处罚（次）"), "", explain=say("次数。"), form=Form.NUMBER),
    Column("processing_yield", say("加工出品率（%）"), "", explain=say("百分数，最多一位小数。"), form=Form.NUMBER),
    Column("price_marked", say("用标产品平均单价（元）"), "", explain=say("元/公斤；按件计的为元/只。"), form=Form.NUMBER),
    Column("price_unmarked", say("未用标产品平均单价（元）"), "", explain=say("元/公斤；按件计的为元/只。"), form=Form.NUMBER),
    Column("contract_purchases", say("订单收购额（万元）"), "", explain=say("最多六位小数。"), form=Form.NUMBER),
    Column("training", say("培训（人次）"), "", explain=say("人次。"), form=Form.NUMBER),
    Column("rights_cases", say("维权（次）"), "", explain=say("次数。"), form=Form.NUMBER),
    Column("certificates", say("开具承诺达标合格证（份）"), "", explain=say("份数。"), form=Form.NUMBER),
)

COLUMNS = (
    Column("authorisation", say("登记号"), "SQ-0001", required=True, explain=say("用标登记的登记号。")),
    Column("year", say("报告年度"), "2024", required=True, explain=say("报告所属的年度。"), form=Form.NUMBER),
    Column("filed_on", say("报送日期"), "2025-02-20", required=True, explain=say("年-月-日；晚于截止日的即为逾期报送。"), form=Form.DATE),
    Column(
        "state",
        say("状态"),
        "accepted",
        explain=say("filed 已报送、county_checked 县级已核查、accepted 已接受；空为已接受。"),
        form=Form.CHOICE,
        choices=("filed", "county_checked", "accepted"),
    ),
    Column("nil", say("未使用"), "false", explain=say("true 为未使用年报。"), form=Form.CHOICE, choices=("true", "false")),
    Column("nil_since", say("未使用起始"), "", explain=say("年-月-日；未使用年报必填。"), form=Form.DATE),
    Column("nil_reason", say("未使用原因"), "", explain=say("一句话。")),
    Column(
        "marking_mode",
        say("用标方式"),
        "item_code",
        explain=say("item_code、batch_code 或 pre_printed；空则取第一个产品的方式。"),
        form=Form.CHOICE,
        choices=tuple(MarkingMode),
    ),
    *FIGURES,
    Column("signed_by", say("签署人"), "示例人", explain=say("签署人姓名。")),
)


def _store(work: Work, row: Mapping[str, str]) -> Note | None:
    authorisation = find_authorisation(work.session, row["authorisation"])
    if authorisation is None:
        raise invalid(
            "authorisation",
            say("没有登记号为 %(number)s 的用标登记。", number=row["authorisation"]),
            say("请先导入用标登记（authorisations）。"),
            value=row["authorisation"],
        )
    report = store_report(work, authorisation, fields=read_row(StatedReport, row), values=row)
    return UNCHANGED if report is None else Note(warnings=warnings_of(report))


def _dump(session: Session) -> Iterator[dict[str, str]]:
    query = (
        select(AnnualReport, Authorisation.number)
        .join(Authorisation, col(Authorisation.id) == AnnualReport.authorisation_id)
        .where(col(AnnualReport.state).in_(tuple(IN_FORCE)))
        .order_by(Authorisation.number, col(AnnualReport.year), col(AnnualReport.revision))
    )
    seen = set[tuple[int, int]]()
    for report, number in session.exec(query):
        if (report.authorisation_id, report.year) not in seen:
            seen.add((report.authorisation_id, report.year))
            yield row_of(report, unit=queries.unit_of(session, report.authorisation_id)) | {"authorisation": number}


REPORTS = Kind(name="reports", title=say("年报"), columns=COLUMNS, store=_store, dump=_dump)

KINDS = (REPORTS,)
