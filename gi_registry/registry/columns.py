"""The columns of the register's files, as docs/import.md explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gi_registry.bulk.rules import Column, Form
from gi_registry.kernel.words import say
from gi_registry.registry.rules import Capacity, MarkingMode, Place, Track, Unit

_YES_NO = ("true", "false")

ORGANISATIONS = (
    Column("uscc", say("统一社会信用代码"), "91999999MA00000154", required=True, explain=say("18 位，校验位须相符。")),
    Column("name", say("名称"), "示例蟹业有限公司", required=True, explain=say("与营业执照一致。")),
    Column(
        "kind",
        say("类型"),
        "producer",
        explain=say("producer、holder、authority、printer、institution、platform、market；空为 producer。"),
        form=Form.CHOICE,
        choices=("producer", "holder", "authority", "printer", "institution", "platform", "market"),
    ),
    Column("division_code", say("所在区划"), "320583", explain=say("行政区划代码。")),
    Column("address", say("地址"), "示例路 1 号", explain=say("登记住所。")),
    Column(
        "natural_person",
        say("是否自然人"),
        "false",
        explain=say("个体工商户填 true；公开页面隐去部分姓名。"),
        form=Form.CHOICE,
        choices=_YES_NO,
    ),
    Column("contact", say("联系人"), "", explain=say("不公开。")),
    Column("phone", say("电话"), "", explain=say("不公开。")),
    Column("authority_division", say("主管区划"), "320583", explain=say("空则同所在区划。")),
)

GIS = (
    Column("code", say("编号"), "GI-0001", required=True, explain=say("本系统内唯一；同一地理标志有几项保护时，每项一行，编号相同。")),
    Column("name", say("名称"), "示例湖大闸蟹", required=True, explain=say("公告名称。")),
    Column("name_en", say("英文名称"), "", explain=say("可空。")),
    Column("category", say("类别"), "水产", explain=say("产品类别。")),
    Column("country", say("国家"), "CN", explain=say("两位国家代码，空为 CN。")),
    Column("division_code", say("所在区划"), "320583", explain=say("行政区划代码。")),
    Column("division_name", say("所在地名"), "江苏省/苏州", explain=say("没有代码时按名称查找，由大到小以 / 分隔。")),
    Column("authority_division", say("主管区划"), "320583", explain=say("公告载明的主管部门所在区划；空则同所在区划。")),
    Column("holder_uscc", say("权利人代码"), "", explain=say("权利人已登记为机构时填写。")),
    Column("holder_name", say("权利人名称"), "示例湖大闸蟹行业协会", explain=say("可空。")),
    Column("opening_on", say("开捕（采）日"), "09-25", explain=say("月-日，可空。")),
    Column("note", say("备注"), "", explain=say("可空。")),
    Column(
        "track",
        say("保护途径"),
        "A",
        explain=say("A 地理标志产品、B 集体商标、C 证明商标、D 其他、AGI 农产品地理标志。"),
        form=Form.CHOICE,
        choices=tuple(Track),
    ),
    Column("protection_number", say("保护编号"), "国家知识产权局公告第475号", explain=say("公告号、商标注册号或证书编号。")),
    Column("announcement", say("公告"), "国家知识产权局公告第475号", explain=say("公告号，可含年份和日期。")),
    Column("announced_on", say("公告日期"), "2022-03-03", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("trade_mark_no", say("商标注册号"), "", explain=say("B、C 途径必填。")),
    Column("trade_mark_class", say("商标类别"), "", explain=say("可空。")),
    Column("standard_no", say("标准编号"), "GB/T 19957-2005", explain=say("可空。")),
    Column("valid_from", say("生效日期"), "2022-03-03", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("valid_to", say("终止日期"), "", explain=say("该日起不再有效，可空。"), form=Form.DATE),
    Column("state", say("状态"), "recognised", explain=say("空为已认定或已注册。")),
    Column(
        "raw_material",
        say("原料"),
        "required_inside",
        explain=say("required_inside 须在产地范围内，allowed_outside 可在范围外。"),
        form=Form.CHOICE,
        choices=tuple(Place),
    ),
    Column("production", say("生产"), "required_inside", explain=say("同上。"), form=Form.CHOICE, choices=tuple(Place)),
    Column("packing", say("包装"), "allowed_outside", explain=say("同上。"), form=Form.CHOICE, choices=tuple(Place)),
    Column(
        "capacity_basis",
        say("产能依据"),
        "water",
        explain=say("area、water、head、cellar、kiln、purchased、none。"),
        form=Form.CHOICE,
        choices=tuple(Capacity),
    ),
)

AUTHORISATIONS = (
    Column("number", say("登记号"), "SQ-0001", required=True, explain=say("本系统内唯一。")),
    Column("track", say("保护途径"), "A", required=True, explain=say("与 gis 的途径一致。"), form=Form.CHOICE, choices=tuple(Track)),
    Column("protection_number", say("保护编号"), "国家知识产权局公告第475号", required=True, explain=say("与 gis 的保护编号一致。")),
    Column("name", say("使用人名称"), "示例蟹业有限公司", required=True, explain=say("公告所列名称。")),
    Column("uscc", say("统一社会信用代码"), "91999999MA00000154", explain=say("公告只列名称时留空，登记为待匹配。")),
    Column("legal_basis", say("核准依据"), "国家知识产权局公告第354号", explain=say("核准所依的规定。")),
    Column("announcement", say("核准公告"), "国家知识产权局公告第508号", explain=say("公告号。")),
    Column("valid_from", say("生效日期"), "2023-01-06", required=True, explain=say("公告之日。"), form=Form.DATE),
    Column("valid_to", say("终止日期"), "", explain=say("该日起不再有效，可空。"), form=Form.DATE),
    Column("state", say("状态"), "active", explain=say("空为 active。")),
    Column("authority_division", say("主管区划"), "", explain=say("空则同地理标志的主管区划。")),
    Column("sites", say("生产场所"), "一号车间|示例路 1 号|320583", explain=say("名称|地址|区划代码，多处以英文分号分隔。")),
)

PRODUCTS = (
    Column("authorisation_number", say("登记号"), "SQ-0001", required=True, explain=say("用标登记的登记号。")),
    Column("name", say("产品名称"), "示例湖大闸蟹", required=True, explain=say("标签上的名称。")),
    Column("grade", say("等级"), "特级", explain=say("可空。")),
    Column("unit", say("计量单位"), "piece", required=True, explain=say("g 按克，piece 按件。"), form=Form.CHOICE, choices=tuple(Unit)),
    Column("content_per_label", say("每标净含量"), "1", required=True, explain=say("整数，单位同上；5 千克填 5000。"), form=Form.NUMBER),
    Column(
        "marking_mode",
        say("标示方式"),
        "item_code",
        explain=say("item_code 一物一码、batch_code 批次码、pre_printed 预印包装。"),
        form=Form.CHOICE,
        choices=tuple(MarkingMode),
    ),
    Column("standard_no", say("标准编号"), "GB/T 19957-2005", explain=say("可空。")),
    Column("shelf_life_days", say("保质期（天）"), "7", explain=say("整数，可空。"), form=Form.NUMBER),
    Column("daily_capacity", say("每日贴标能力（枚）"), "", explain=say("包装线一天最多贴多少枚，整数，可空。"), form=Form.NUMBER),
)


def labelled(columns: Sequence[Column], values: Mapping[str, object]) -> dict[str, object]:
    """Return the values under the titles of their columns, for a person to compare."""
    titles = {column.name: column.title.template for column in columns}
    return {titles[name]: "" if value is None else str(value) for name, value in values.items() if name in titles}


def differing(
    columns: Sequence[Column], mine: Mapping[str, object], theirs: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return both values, labelled, of what differs."""
    ours, now = labelled(columns, mine), labelled(columns, theirs)
    names = [name for name in ours if name in now and ours[name] != now[name]]
    return {name: ours[name] for name in names}, {name: now[name] for name in names}
