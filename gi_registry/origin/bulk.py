"""Kinds of rows: areas (dated versions of origin areas) and plots, usually GeoJSON; official figures of land by township."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlmodel import Session

from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.quantities import scaled
from gi_registry.kernel.words import say, unpacked
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion, Plot
from gi_registry.origin.rules.crs import placed
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.terms import Capture, Origin, Tenure
from gi_registry.origin.schemas import AreaFields, EndArea, FarmerFields, PlotFields, StateArea
from gi_registry.origin.service import (
    add_area,
    correct_plot,
    end_area,
    farmer_for,
    read_outline,
    state_official_area,
    state_verified,
    store_plot,
)
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

_SINCE = say("年-月-日，自当日起有效；空为自始有效。")
_UNTIL = say("年-月-日，当日起不再有效；空为仍有效。")
_OUTLINE = say("GeoJSON 的面（Polygon、MultiPolygon），CGCS2000 或 WGS-84，先经度后纬度。")

AREAS = (
    Column("gi", say("地理标志编号"), "GI-0001", required=True, explain=say("已登记的地理标志编号。")),
    Column("zone", say("分区"), "", explain=say("没有分区的留空；有分区的每区各一行。")),
    Column("valid_from", say("起"), "2005-10-11", explain=_SINCE, form=Form.DATE),
    Column("valid_to", say("止"), "2011-12-16", explain=_UNTIL, form=Form.DATE),
    Column("text", say("公告原文"), "示例湖湖区及沿岸五百米", explain=say("产地范围的文字表述。")),
    Column("places", say("地名清单"), "示例镇|示例村", explain=say("以竖线分开。")),
    Column("uncertainty_m", say("边界误差（米）"), "30", explain=say("整数，空为 0。"), form=Form.NUMBER),
    Column("map_review_no", say("审图号"), "", explain=say("有审图号的边界才对外公开。")),
    Column("source", say("来源"), "国家知识产权局公告第475号", explain=say("文件名称或公告号。")),
    Column("geometry", say("边界"), "", explain=_OUTLINE),
)

PLOTS = (
    Column("number", say("地块编号"), "DK-0001", required=True, explain=say("本系统内唯一。")),
    Column("authorisation", say("登记号"), "SQ-0001", required=True, explain=say("用标登记的登记号。")),
    Column("gi", say("地理标志编号"), "GI-0001", explain=say("空为登记所属的地理标志。")),
    Column("zone", say("分区"), "", explain=say("没有分区的留空。")),
    Column("name", say("地块名称"), "东塘", required=True, explain=say("当地叫法。")),
    Column("crop", say("品种"), "中华绒螯蟹", explain=say("种植或养殖的品种。")),
    Column("variety", say("具体品种"), "", explain=say("品种下再分的，例如稻米的“稻花香2号”；没有的留空。")),
    Column("season", say("茬次"), "", explain=say("全年一茬的留空；稻蟹共作等同一块地两茬的，各写一行。")),
    Column("land_record", say("土地权属证明"), "", explain=say("承包经营权证、养殖证、流转合同等的编号，可空。")),
    Column("division_code", say("所在区划代码"), "", explain=say("乡镇 9 位或村 12 位，可空；按乡镇汇总时用。")),
    Column("farmer", say("农户"), "", explain=say("合同基地的农户姓名，可空。")),
    Column("farmer_division", say("农户区划代码"), "", explain=say("农户所在村 12 位，可空。")),
    Column("farmer_contract", say("合同编号"), "", explain=say("与农户的合同编号，可空。")),
    Column("tenure", say("权属"), "own", explain=say("own 自有、contracted 合同基地。"), form=Form.CHOICE, choices=tuple(Tenure)),
    Column("accuracy_m", say("定位精度（米）"), "5", explain=say("整数，空为 0。"), form=Form.NUMBER),
    Column(
        "capture",
        say("采集方式"),
        "survey",
        explain=say("survey 实测、phone 手机定位、map 图上勾绘、import 批量导入。"),
        form=Form.CHOICE,
        choices=tuple(Capture),
    ),
    Column("valid_from", say("起"), "2020-01-01", explain=_SINCE, form=Form.DATE),
    Column("valid_to", say("止"), "", explain=_UNTIL, form=Form.DATE),
    Column("verified_on", say("核实日期"), "", explain=say("县级核实的日期，没有核实的留空。"), form=Form.DATE),
    Column("geometry", say("边界"), "", required=True, explain=_OUTLINE),
)

OFFICIAL = (
    Column("gi", say("地理标志编号"), "GI-0001", required=True, explain=say("已登记的地理标志编号。")),
    Column("division_code", say("区划代码"), "999999100", required=True, explain=say("县 6 位、乡镇 9 位或村 12 位。")),
    Column("crop", say("品种"), "", explain=say("只统计一个品种的填写，全部品种合计的留空。")),
    Column("year", say("年度"), "2025", required=True, explain=say("统计年度。"), form=Form.NUMBER),
    Column("area_mu", say("面积（亩）"), "12500", required=True, explain=say("最多三位小数。"), form=Form.NUMBER),
    Column("source", say("来源"), "示例县统计年鉴 2025", required=True, explain=say("统计年鉴、普查公报或文件名称。")),
)


def _gi_of(work: Work, code: str) -> Gi:
    gi = registry.find_gi(work.session, code)
    if gi is None:
        raise invalid("gi", say("没有编号为 %(code)s 的地理标志。", code=code), say("请先导入地理标志（gis）。"), value=code)
    return gi


def _store_area(work: Work, row: Mapping[str, str]) -> Note | None:
    gi = _gi_of(work, row["gi"])
    fields = read_row(AreaFields, row)
    outline = read_outline(row["geometry"], None) if row["geometry"] else None
    for known in queries.list_areas(work.session, gi.id or 0):
        if (known.zone, known.valid_from) != (fields.zone, fields.valid_from):
            continue
        if _says_the_same(known, fields, outline):
            return UNCHANGED
        if known.valid_to is None and fields.valid_to is not None and _says_the_same(known, fields, outline, ending=False):
            end_area(work, known.id or 0, EndArea(valid_to=fields.valid_to))
            return None
    area = add_area(work, gi.id or 0, fields=fields, outline=outline, origin=Origin.IMPORT)
    return Note(warnings=tuple(unpacked(warning) for warning in area.warnings))


def _says_the_same(known: AreaVersion, fields: AreaFields, outline: Reading | None, *, ending: bool = True) -> bool:
    stated = fields.model_dump(exclude={"places", "valid_to"}) | {"places": fields.place_list}
    if ending:
        stated["valid_to"] = fields.valid_to
    return all(getattr(known, name) == value for name, value in stated.items()) and _same_place(known.geometry, outline)


def _same_place(geometry: BaseGeometry | None, outline: Reading | None) -> bool:
    if geometry is None or outline is None:
        return geometry is None and outline is None
    return geometry.equals_exact(outline.geometry, tolerance=0)


def _dump_areas(session: Session) -> Iterator[dict[str, str]]:
    for area, code in queries.every_area(session):
        names = ("zone", "valid_from", "valid_to", "text", "uncertainty_m", "map_review_no", "source")
        yield _cells(area, names) | {"gi": code, "places": "|".join(area.places), "geometry": _written(area.geometry)}


def _store_plot(work: Work, row: Mapping[str, str]) -> Note | None:
    authorisation = registry.find_authorisation(work.session, row["authorisation"])
    if authorisation is None:
        raise invalid(
            "authorisation",
            say("没有登记号为 %(number)s 的用标登记。", number=row["authorisation"]),
            say("请先导入用标登记（authorisations）。"),
            value=row["authorisation"],
        )
    work.require("rows:import", authorisation)
    if row["gi"] and _gi_of(work, row["gi"]).id != authorisation.gi_id:
        raise invalid("gi", say("地理标志与登记号所属的不同。"), say("请核对登记号和地理标志编号。"), value=row["gi"])
    fields = _stated(work, authorisation, row)
    verified_on = date.fromisoformat(row["verified_on"]) if row["verified_on"] else None
    outline = read_outline(row["geometry"], None)
    known = queries.find_plot(work.session, row["number"])
    if known is None:
        plot = store_plot(work, authorisation.id or 0, number=row["number"], fields=fields, outline=outline, origin=Origin.IMPORT)
        state_verified(work, plot, verified_on)
        return Note(warnings=tuple(unpacked(warning) for warning in plot.warnings))
    if known.authorisation_id != authorisation.id:
        raise invalid("number", say("编号 %(number)s 已是别的用标登记的地块。", number=known.number), say("请换一个编号。"))
    same_ground = _plot_fields(known) == fields.model_dump() and _same_place(known.geometry, outline)
    if same_ground and known.verified_on == verified_on:
        return UNCHANGED
    if not same_ground:
        correct_plot(work, known, fields=fields, outline=outline)
    state_verified(work, known, verified_on)
    return None


def _stated(work: Work, authorisation: Authorisation, row: Mapping[str, str]) -> PlotFields:
    farmer = farmer_for(work, authorisation, read_row(FarmerFields, row))
    fields = read_row(PlotFields, {name: value for name, value in row.items() if name != "farmer_id"})
    return fields.model_copy(update={"farmer_id": farmer.id}) if farmer else fields


def _plot_fields(plot: Plot) -> dict[str, Any]:
    return {name: getattr(plot, name) for name in PlotFields.model_fields}


def _dump_plots(session: Session) -> Iterator[dict[str, str]]:
    farmers = queries.every_farmer(session)
    for plot, number, code in queries.every_plot(session):
        names = (*(name for name in PlotFields.model_fields if name != "farmer_id"), "number", "verified_on")
        farmer = farmers.get(plot.farmer_id or 0)
        yield (
            _cells(plot, names)
            | {"authorisation": number, "gi": code, "geometry": _written(plot.geometry)}
            | {"farmer": farmer.name if farmer else "", "farmer_division": farmer.division_code if farmer else ""}
            | {"farmer_contract": farmer.contract_number if farmer else ""}
        )


def _cells(row: object, names: tuple[str, ...]) -> dict[str, str]:
    values = {name: getattr(row, name) for name in names}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _written(geometry: BaseGeometry | None) -> str:
    return "" if geometry is None else json.dumps(geometry.__geo_interface__)


def _store_official(work: Work, row: Mapping[str, str]) -> Note | None:
    gi, fields = _gi_of(work, row["gi"]), read_row(StateArea, row)
    known = queries.find_official_area(work.session, gi.id or 0, division_code=fields.division_code, crop=fields.crop, year=fields.year)
    if known and (known.area_milli_mu, known.source) == (scaled(fields.area_mu, "area_mu", scale=1000), fields.source):
        return UNCHANGED
    state_official_area(work, gi.id or 0, fields)
    return None


def _dump_official(session: Session) -> Iterator[dict[str, str]]:
    for area, code in queries.every_official_area(session):
        area_mu = format(Decimal(area.area_milli_mu).scaleb(-3).normalize(), "f")
        yield _cells(area, ("division_code", "crop", "year", "source")) | {"gi": code, "area_mu": area_mu}


KINDS = (
    Kind("areas", say("产地范围"), AREAS, _store_area, _dump_areas, placed),
    Kind("plots", say("地块"), PLOTS, _store_plot, _dump_plots, placed),
    Kind("official-areas", say("统计面积"), OFFICIAL, _store_official, _dump_official),
)
