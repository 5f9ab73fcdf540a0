"""Kind of rows: tests (test reports that bind to batches)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlmodel import Session

from gi_registry.batches.models import TestReport
from gi_registry.batches.queries import quality
from gi_registry.batches.rules.quality import Result
from gi_registry.batches.schemas import TestFields
from gi_registry.batches.service.quality import store_test
from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.kernel.errors import Duplicate
from gi_registry.kernel.words import say, unpacked
from gi_registry.workflow import Work

COLUMNS = (
    Column("number", say("报告编号"), "JC-2025-0001", required=True, explain=say("同一机构内唯一。")),
    Column(
        "institution", say("检测机构"), "示例检测中心", required=True, explain=say("机构全称；在名录中的按名称对应，不在的照录并提示。")
    ),
    Column("accreditation", say("CMA/CNAS 编号"), "", explain=say("报告上的资质编号；空则取名录所载。")),
    Column(
        "batches", say("批次号"), "PC-0001", required=True, explain=say("已登记的批次；一份报告对应几个的以分号隔开，须属同一用标登记。")
    ),
    Column("sampled_on", say("抽样日期"), "2025-09-25", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("issued_on", say("签发日期"), "2025-09-28", required=True, explain=say("年-月-日。"), form=Form.DATE),
    Column("standard_no", say("检测所依标准"), "GB/T 19957-2005", explain=say("标准编号，可空。")),
    Column("result", say("结果"), "pass", required=True, explain=say("pass 合格、fail 不合格。"), form=Form.CHOICE, choices=tuple(Result)),
    Column("items", say("检测项目"), "感官；水分", explain=say("可空。")),
)
_SAID = ("accreditation", "sampled_on", "issued_on", "standard_no", "result", "items")


def _store(work: Work, row: Mapping[str, str]) -> Note | None:
    fields = read_row(TestFields, row)
    known = quality.find_test(work.session, fields.institution, fields.number)
    if known is None:
        report = store_test(work, fields)
        return Note(warnings=tuple(unpacked(warning) for warning in report.warnings))
    if _agrees(work.session, known, row, fields):
        return UNCHANGED
    raise Duplicate(
        say("%(name)s 的报告 %(number)s 已录入，内容不同。", name=known.institution_name, number=known.number),
        remedy=say("报告不改写：有误的请撤回，再重新录入。"),
    )


def _agrees(session: Session, known: TestReport, row: Mapping[str, str], fields: TestFields) -> bool:
    bound = {number for _id, number in quality.batches_tested(session, [known.id or 0])[known.id or 0]}
    stated = {name: row[name] for name in _SAID if row[name] or name != "accreditation"}
    return bound == set(fields.numbers) and all(_cell(getattr(known, name)) == value for name, value in stated.items())


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _dump(session: Session) -> Iterator[dict[str, str]]:
    reports = quality.every_test(session)
    bound = quality.batches_tested(session, [report.id or 0 for report in reports])
    for report in reports:
        cells = {name: _cell(getattr(report, name)) for name in ("number", *_SAID)}
        batches = ";".join(number for _id, number in bound[report.id or 0])
        yield cells | {"institution": report.institution_name, "batches": batches}


TESTS = Kind("tests", say("检测报告"), COLUMNS, _store, _dump)
