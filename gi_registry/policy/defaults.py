"""The values an installation starts with. Each is ours where the law is silent, and says so.

Dates: the defaults hold since 2000-01-01, so that the past can be judged; a jurisdiction that decides otherwise adds a later value.
Division 99 (示例省) is invented: it stands for a province whose own ordinance gives the list a legal basis.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

SINCE = date(2000, 1, 1)
SECOND_FACTOR = "accounts.second-factor-roles"
EXAMPLE = "99"
GUANGDONG = "44"
MARK_RULES = "《地理标志专用标志使用管理办法（试行）》（国家知识产权局公告第354号）"
ORIGIN_RULES = "《地理标志产品保护办法》（国家知识产权局令第80号）第二条"
MODEL = "参照《企业经营异常名录管理暂行办法》"
EXAMPLE_ORDINANCE = "《示例省地理标志条例（示例）》"
EXAMPLE_USE_RULES = "《示例蟹地理标志使用管理规则（示例）》第十二条"


@dataclass(frozen=True)
class Default:
    """One starting value: ``basis`` is a document people can look up (empty: none), ``why`` our reason."""

    key: str
    value: Any
    why: str
    basis: str = ""
    division: str = ""
    valid_from: date = SINCE


_REMINDERS_ONLY = [{"effect": "sampling_weight", "basis": ""}]


def _ground(code: str, severity: int, why: str, *, document: str = "", **thresholds: Any) -> Default:
    """The default of a ground: ``document`` is what the duty rests on; no document we know lets the list be published, so none is."""
    return Default(f"ground.{code}", {"severity": severity, "publish": False, "basis": "", **thresholds}, why, document)


_REPORT = (
    Default(
        "report.window",
        {"opens": "01-01", "due": "02-last", "county_by": "03-15", "province_by": "03-31"},
        "省级须在 3 月 31 日前汇总上年度监管报告，用标人先报、县级后核。",
        "国知办函保字〔2023〕1072号",
    ),
    Default(
        "report.first-year",
        2023,
        "国家自 2023 年度起要求省级报送用标监管年报；此前的年度不追溯，用标人无须补报。",
        "国知办函保字〔2023〕1072号",
    ),
    Default("report.reminders", [30, 15, 7, 3, 1], "截止日前第 30、15、7、3、1 日提醒。"),
    Default("report.label-identity", {"tolerance_permille": 5}, "标识账目收支允许相差千分之五，清点难免有误。"),
)

_LISTING = (
    Default("listing.triage-working-days", 5, "线索收到后 5 个工作日内决定是否核查。"),
    Default("listing.verifying-working-days", 15, "核查 15 个工作日。"),
    Default("listing.verifying-extension-working-days", 15, "情况复杂的可以延长一次。"),
    Default("listing.rectification-days", {"least": 15, "most": 30, "usual": 30}, "整改期 15 至 30 日。"),
    Default(
        "listing.defence-working-days",
        {"least": 5, "usual": 10},
        "陈述申辩期一般 10 个工作日，不得少于 5 个。",
        "参照《行政处罚法》第四十四、四十五条",
    ),
    Default("listing.decision-working-days", 10, "申辩期满后 10 个工作日内作出决定。", MODEL),
    Default("listing.objection-days", 30, "列入后 30 日内可以提出异议。", MODEL),
    Default("listing.correction-working-days", 5, "异议成立的，5 个工作日内更正。", MODEL),
    Default("listing.verification-working-days", 10, "整改报告提交后 10 个工作日内验收。"),
    Default("listing.removal-working-days", 5, "验收合格后 5 个工作日内移出。", MODEL),
    Default("listing.publication-days", {"general": 365, "serious": 1095}, "公示最长一年，严重的最长三年。", "参照信用信息修复分类规则"),
    Default("listing.pre-warning-days", 60, "届满前 60 日预警。", MODEL),
    Default(
        "listing.decides",
        {"1": "county_approver", "2": "county_approver", "3": "city_officer"},
        "严重的由市级决定，承办人不得决定本人承办的案件。",
    ),
    Default("listing.effects", _REMINDERS_ONLY, "没有依据时，列入只提高抽查权重并提醒。"),
    Default("listing.effects.AR-01", _REMINDERS_ONLY, "未报年报只提高抽查权重并提醒。"),
    Default("listing.effects.QT-01", _REMINDERS_ONLY, "停止发码限制了已公告的权利，没有依据时不作限制。"),
    Default(
        "listing.effects.QT-01",
        [{"effect": "sampling_weight", "basis": ""}, {"effect": "stop_allotment", "basis": EXAMPLE_USE_RULES}],
        "权利人的使用管理规则规定超产用标的停止发放标识。",
        EXAMPLE_USE_RULES,
        EXAMPLE,
    ),
    Default("notices.public-notice-days", 30, "公告送达自发出之日起经过 30 日视为送达。", "参照《民事诉讼法》第九十五条"),
)

_ACCOUNTS = (
    Default("accounts.one-person-approves", True, "只有一名在职人员的用标单位，经办人可以兼行负责人的职责，否则无人能够报送。"),
    Default(
        SECOND_FACTOR,
        [
            "county_handler", "county_approver", "city_officer", "province_officer", "national_officer", "auditor",
            "system_admin", "security_admin", "audit_admin",
        ],
        "主管部门和管理员的账号能看到或改动许多单位的数据，只凭密码不够；生产者自愿启用。",
        "GB/T 22239-2019 第三级 8.1.4.1",
    ),
    Default(
        "accounts.letters",
        {"valid_days": 14, "tries": 10, "per_person_per_day": 3, "per_officer_per_day": 30},
        "邀请函和恢复函邮寄需要几天；一次性代码用一次即失效。",
    ),
    Default("notices.sms-limits", {"per_number_per_day": 5, "per_day": 5000}, "一个号码一天最多收到五条，防止打扰和费用失控。"),
)  # fmt: skip

_GROUNDS = (
    Default(
        "ground", {"severity": 2, "publish": False, "basis": ""}, "没有单独规定的事由：不公示，仅作内部重点监管。", "国办发〔2020〕49号"
    ),
    _ground("AR-01", 2, "截止日后 10 个工作日仍未报送。", working_days=10),
    _ground("QT-01", 3, "允许千分之二十的计量误差。", tolerance_permille=20),
    _ground(
        "QT-02",
        3,
        "售出方确认期内的购进先计入；加工得率取该产品已定的折算率，没有的按一比一，不让生产者吃亏。",
        tolerance_permille=20,
    ),
    _ground("QT-03", 2, "重叠按测量误差扣除；新增三成以上须有土地记录或者县级核实。", growth_permille=300),
    _ground(
        "QT-04",
        2,
        "贴标能力以用标人申报为准，自采收日起累计；开捕（采）日之前只提醒，使用管理规则禁止的除外。",
        opening_severity=1,
        opening_forbidden=[],
        openings={},
        asks=100_000,
    ),
    _ground(
        "QT-05",
        3,
        "成活率和最短养殖天数因产品而异，按地理标志编号另行设定；没有设定的只看总数。",
        survival_permille=1000,
        residence_days=0,
        gis={},
    ),
    _ground(
        "QL-02",
        1,
        "各标准要求的检测周期不同，按标准编号或者地理标志编号设定；没有设定的不要求。",
        severity_without_any=2,
        months=0,
        standards={},
        gis={},
    ),
    _ground("AR-03", 1, "标签账目的容差另行设定；面积允许相差千分之五，四舍五入难免有误。", area_permille=5),
    _ground("US-01", 2, "月数另行设定；未使用须由人员核实，不公示。", document=MARK_RULES),
    _ground("US-04", 3, "只有确定在外才是事由；环节的要求以该保护的公告为准，不公示。", document=ORIGIN_RULES),
    _ground("US-06", 3, "以包装日期为准，有效期止日当天已失效；不公示。", document=MARK_RULES),
    _ground(
        "CL-01", 3, "同一号段三个码被仿冒，或一个码达到常量的三倍，才不是偶然；对象是标识码，不针对使用人。", codes=3, client_days_on_one=60
    ),
    _ground(
        "CL-02",
        1,
        "个别标签先于激活被查验是常事；一日内同一号段二十枚，货多半已经上市而没有激活。三十日内没有再发生的自行消除。",
        codes=20,
        days=30,
    ),
    _ground("AR-02", 2, "核实偏差超过百分之二十，或附件伪造。", deviation_permille=200),
    _ground("AR-04", 2, "整改期满后 10 个工作日仍未整改。", working_days=10),
    _ground("US-02", 2, "通知后仍未改正的标识要素缺失。"),
    _ground("US-03", 2, "2020 年 12 月 31 日之后生产仍使用旧标志。"),
    _ground("QL-01", 2, "官方抽检不合格且复检期已过。"),
    _ground("CL-03", 3, "整卷标识外流，或贴于他人产品。"),
    _ground("CO-01", 2, "两次通知间隔 15 至 30 日并现场核实仍无法联系。"),
    _ground("CO-02", 2, "拒绝检查，或未建立台账。"),
    _ground("CO-04", 3, "行政处罚决定已经生效。"),
    Default(
        "ground.AR-01",
        {"severity": 2, "publish": False, "basis": "《广东省地理标志条例》第十五条", "working_days": 10},
        "该条规定年度报告义务，未规定公示名录，因此不公示。",
        "《广东省地理标志条例》（2022）第十五条",
        GUANGDONG,
        date(2023, 1, 1),
    ),
    Default(
        "ground.AR-01",
        {"severity": 2, "publish": True, "basis": EXAMPLE_ORDINANCE + "第十五条、第三十条", "working_days": 10},
        "示例：地方性法规规定年度报告义务和异常名录公示。",
        EXAMPLE_ORDINANCE + "第十五条、第三十条",
        EXAMPLE,
    ),
    Default(
        "ground.QT-01",
        {"severity": 3, "publish": True, "basis": EXAMPLE_ORDINANCE + "第十九条、第三十条", "tolerance_permille": 20},
        "示例：地方性法规规定台账义务和异常名录公示。",
        EXAMPLE_ORDINANCE + "第十九条、第三十条",
        EXAMPLE,
    ),
)

_OTHER = (
    Default("batches.conversion-permille", {"default": 1000}, "购进原料按一比一折成产品；有标准折算率的产品按产品代码另行设定。"),
    Default("batches.trade-days", 30, "同一产品的用标人之间购销，售出方三十日内确认；逾期的购进不计入可贴标数量。"),
    Default("batches.adjustment-permille", 20, "盘点差在当年入库数量的千分之二十以内的直接入账，超过的由县级核准，防止以盘盈带入外来货。"),
    Default("origin.tolerance-metres", 50, "行政界线图上的误差通常不超过 50 米；只有确定在外才是事由。"),
    Default(
        "origin.plot-verification", {"required": False}, "县级人手有限，未核实的地块先计入核定，另由抽查核对；要求核实的地方改为 true。"
    ),
    Default(
        "verify.suspect",
        {"client_days": 20, "provinces": 3, "hours": 48, "client_days_without_places": 50},
        "一件商品 48 小时内不会在三个省被二十人次查验。",
    ),
    Default(
        "scans.keep-days",
        {"database": 200, "archive": 1_100},
        "网络日志留存不少于六个月；扫码记录在库内二百日，归档三年，之后删除，只留首次查验和统计。",
        "《网络安全法》",
    ),
    Default("scans.hurried-minutes", 30, "同一标识码三十分钟内先后出现在两个省，只作佐证：两省可能相邻，地区表也可能有误。"),
    Default("verify.merge-minutes", 10, "同一客户端十分钟内重复查验只计一次。"),
    Default("sign-in.limits", {"window_minutes": 15, "per_login": 5, "per_client": 40}, "限制猜测密码的速度。", "OWASP ASVS 2.2.1"),
    Default(
        "authorisation.rectification-days",
        {"least": 15, "most": 30, "usual": 30},
        "未按标准生产的，整改期 30 日，可以延长一次。",
        MARK_RULES,
    ),
    Default("codes.order-limit", {"most": 5_000_000}, "单次申领不超过五百万枚，分批领用、分批核对。"),
    Default("codes.capped-allotment", {"permille": 500}, "限量发码期间，累计发码不超过可用额度的一半。"),
    Default(
        "codes.season-end",
        {"years": 1, "month": 12, "day": 31, "notice_days": 30},
        "标签用到次年年底为止，未用的失效并退还额度，失效前三十日告知用标人。",
    ),
    Default("authorisation.unused-months", 24, "两年内未使用的，注销使用注册登记。", MARK_RULES),
)

_DOUBTS = (
    Default("lead.working-days", 15, "线索受理后 15 个工作日内核实反馈。"),
    Default("lead.extension-working-days", 15, "情况复杂的可以延长一次，再加 15 个工作日。"),
    Default(
        "doubt.limits",
        {"client_per_hour": 5, "code_per_day": 50, "all_per_hour": 2000},
        "防止滥用：同一网络每小时、同一编码每日、全系统每小时的件数。",
    ),
    Default("doubt.contact-days", 180, "反映人的联系方式只为办理保存，到期删除。", "《个人信息保护法》第十九条"),
)

DEFAULTS: tuple[Default, ...] = _DOUBTS + _ACCOUNTS + _REPORT + _LISTING + _GROUNDS + _OTHER

DEMONSTRATION: tuple[Default, ...] = (
    Default(SECOND_FACTOR, [], "演示账号的密码是公开的，只供试用，不要求第二重验证。", valid_from=date(2000, 1, 2)),
)
"""What a database that was created as a demonstration holds besides."""
