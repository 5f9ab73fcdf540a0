"""Kinds of rows: divisions, calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from sqlmodel import Session, select

from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.divisions import queries, service
from gi_registry.divisions.models import CalendarDay
from gi_registry.divisions.rules import Somewhere, parent_of
from gi_registry.divisions.schemas import DayForm, DivisionForm
from gi_registry.kernel.words import say
from gi_registry.workflow import Work


def _store_division(work: Work, row: Mapping[str, str]) -> Note | None:
    fields = read_row(DivisionForm, row)
    work.require("rows:import", Somewhere(fields.parent_code or parent_of(fields.code) or ""))
    return None if service.put_division(work, fields) else UNCHANGED


def _dump_divisions(session: Session) -> Iterator[dict[str, str]]:
    told = queries.every_succession(session)
    for row in queries.list_divisions(session):
        stated = {
            "code": row.code,
            "name": row.name,
            "parent_code": row.parent_code or "",
            "valid_from": str(row.valid_from or ""),
            "valid_to": str(row.valid_to or ""),
            "box": row.box,
        }
        changes = told.get(row.code, [])
        if not changes or (row.successor_code and all(each.since != row.valid_to for each in changes)):
            yield stated | {"successor_code": row.successor_code or "", "changed_on": "", "source": ""}
        for since, together in groupby(changes, key=lambda each: each.since):
            group = list(together)
            yield stated | {
                "successor_code": "|".join(each.successor_code for each in group),
                "changed_on": str(since),
                "source": group[0].source,
            }


def _store_day(work: Work, row: Mapping[str, str]) -> Note | None:
    work.require("rows:import", Somewhere())
    fields = read_row(DayForm, row)
    return None if service.put_day(work, fields.day, working=fields.working == "true", note=fields.note) else UNCHANGED


def _dump_days(session: Session) -> Iterator[dict[str, str]]:
    for row in session.exec(select(CalendarDay).order_by(CalendarDay.day)):  # type: ignore[arg-type]  # a column at class level
        yield {"day": row.day.isoformat(), "working": "true" if row.working else "false", "note": row.note}


DIVISIONS = Kind(
    name="divisions",
    title=say("行政区划"),
    columns=(
        Column("code", say("代码"), "320583", required=True, explain=say("2、4、6、9 或 12 位数字（GB/T 2260），上级在前。")),
        Column("name", say("名称"), "昆山市", required=True, explain=say("区划名称。")),
        Column("parent_code", say("上级代码"), "3205", explain=say("空则取代码的前缀；兵团等前缀不符的须填。")),
        Column("valid_from", say("生效日期"), "1989-09-28", explain=say("年-月-日，空为不详。"), form=Form.DATE),
        Column("valid_to", say("终止日期"), "", explain=say("撤销之日；该日起不再有效。"), form=Form.DATE),
        Column(
            "successor_code", say("承接代码"), "", explain=say("撤销后承接其地域的区划；有几个的以竖线分开，只划出一部分的把自己也列上。")
        ),
        Column("changed_on", say("承接日期"), "", explain=say("承接自哪天起；空为终止日期。"), form=Form.DATE),
        Column("source", say("来源"), "", explain=say("决定承接的文件。")),
        Column("box", say("外框"), "", explain=say("西,南,东,北 四个度数；有外框才能核对公告的坐标范围。")),
    ),
    store=_store_division,
    dump=_dump_divisions,
)

CALENDAR = Kind(
    name="calendar",
    title=say("工作日历"),
    columns=(
        Column(
            "day", say("日期"), "2026-10-01", required=True, explain=say("与周末规则不同的日子：放假的工作日、上班的周末。"), form=Form.DATE
        ),
        Column(
            "working", say("是否上班"), "false", required=True, explain=say("true 或 false。"), form=Form.CHOICE, choices=("true", "false")
        ),
        Column("note", say("说明"), "国庆节", explain=say("节日名称或“调休”。")),
    ),
    store=_store_day,
    dump=_dump_days,
)

KINDS = (DIVISIONS, CALENDAR)
