"""The story of the demonstration: three invented GIs, twenty users in every state, three years of harvests, labels and reports.

Tables and drawn areas lie in ``geodata/demo``; ``{Y}`` in them is the report year, the year before the demonstration's clock. What
happened in those years is acted out here through the same services that the pages call, each act by its person at its moment.
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from typing import Any

import demo_data_goods as goods
import demo_data_press as press
import demo_data_scenes as scenes
from chinese_calendar import constants

from gi_registry.accounts import queries as people
from gi_registry.accounts import service as accounts
from gi_registry.accounts.schemas import NewPerson
from gi_registry.assets import asset_dir
from gi_registry.batches import service as batches
from gi_registry.batches.schemas import BatchFields, CapFields
from gi_registry.bulk import service as bulk
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Activation, Order, Printed, Received
from gi_registry.config import read_settings
from gi_registry.db import Database
from gi_registry.divisions.bulk import KINDS as PLACES
from gi_registry.kernel.actor import SYSTEM
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.origin import queries as land
from gi_registry.origin.bulk import KINDS as LAND
from gi_registry.registry import queries as registry
from gi_registry.registry import service as register
from gi_registry.registry.bulk import KINDS as REGISTER
from gi_registry.reports import service as reports
from gi_registry.reports.schemas import Draft, Filing, NilFiling
from gi_registry.reports.schemas import Step as ReportStep
from gi_registry.workflow import Work, open_work

LATEST_CALENDAR = max(day.year for day in constants.holidays)
YEAR = LATEST_CALENDAR - 1  # the report year: the holidays of the year in which it is reported are known
NOW = f"{YEAR + 1}-01-20T10:00:00+08:00"
PASSWORD = "demo-mark-2026"  # noqa: S105  # printed for every visitor of the demonstration

KINDS = {kind.name: kind for kind in (*PLACES, *REGISTER, *LAND)}
FILES = ("divisions.csv", "organisations.csv", "gis.csv", "areas.geojson", "authorisations.csv", "products.csv", "plots.geojson")

OFFICERS = {
    "xian": ("示例县承办人 钱一", "county_handler", "999999"),
    "xianzhang": ("示例县审批人 孙二", "county_approver", "999999"),
    "shanxian": ("示例山县承办人 周三", "county_handler", "999998"),
    "shanzhang": ("示例山县审批人 吴四", "county_approver", "999998"),
    "shi": ("示例市经办人 郑五", "city_officer", "9999"),
    "sheng": ("示例省经办人 冯六", "province_officer", "99"),
    "guojia": ("国家级查看 陈七", "national_officer", ""),
    "shenji": ("审计 褚八", "auditor", ""),
    "anquan": ("安全管理员 卫九", "security_admin", ""),
}
OFFICES = {"999999": "91999999MA9000919B", "999998": "91999999MA90009276", "9999": "91999999MA90009351", "99": "91999999MA9000943U"}
PRODUCERS = {
    "jia": ("SL-01", "甲社 理事长"), "yi": ("SL-02", "乙公司 经理"), "bing": ("SL-03", "张三"), "wu": ("SL-04", "戊蟹庄 店主"),
    "ji": ("SL-05", "李四"), "geng": ("SL-06", "庚公司 经理"), "ding": ("SS-01", "丁茶坊 坊主"), "chou": ("SS-02", "丑社 社长"),
    "yin": ("SS-03", "寅公司 经理"), "mao": ("SS-04", "王五"), "chen": ("SS-05", "辰茶厂 厂长"), "gui": ("SL-10", "癸经营部 店主"),
    "wuu": ("SC-01", "午公司 厂长"), "wei": ("SC-02", "未酱醋厂 厂长"), "you": ("SC-04", "酉坊 坊主"),
    "xin": ("SL-07", "辛公司 经理"), "xu": ("SC-05", "戌酱园 掌柜"), "hai": ("SC-06", "亥社 社长"),
}  # fmt: skip
HOLDERS = {"xiehui": ("91999999MA9000011F", "示例湖大闸蟹行业协会 秘书长")}


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """Return a moment in Shanghai."""
    return datetime.combine(date(year, month, day), time(hour), tzinfo=SHANGHAI).astimezone(UTC)


class Stage:
    """The database and who acts when."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.at = at
        self.secret_key = read_settings().secret_key

    def acting(self, login: str, moment: datetime) -> AbstractContextManager[Work]:
        """Open a Work of a person (``system`` for none) at a moment of the story."""
        if login == "system":
            return open_work(self.database, actor=SYSTEM, now=moment)
        with self.database.session(writable=False) as session:
            person = people.find_person(session, login)
            if person is None:
                raise KeyError(login)
            actor = accounts.actor_of(session, person.id or 0)
        return open_work(self.database, actor=actor, now=moment)


def load(database: Database) -> list[str]:
    """Load everything; return what to print."""
    stage = Stage(database)
    _import_files(stage)
    _people(stage)
    _states(stage)
    for year in (YEAR - 2, YEAR - 1, YEAR):
        _season(stage, year)
        if year < YEAR:
            _reports_of(stage, year)
    _season_of_stock(stage)
    with stage.acting("bing", at(YEAR, 11, 20)) as work:
        scenes.draw_on_a_phone_map(work, _own(work).id, _own(work).gi_id)
    goods.tell(stage, year=YEAR, password=PASSWORD)
    press.tell(stage, year=YEAR, password=PASSWORD)
    code = _first_code(stage)
    copied = _copied_code(stage)
    accounts_line = "、".join([*OFFICERS, *PRODUCERS, *HOLDERS, goods.TESTER[0], press.PRINTER[0]])
    return [
        f"待查验的一枚码  {{base}}/T/{code}",
        f"被复制的一枚码  {{base}}/T/{copied}",
        "登记簿 {base}/registry   核验用标 {base}/check   异常名录 {base}/abnormal-list   公开日志 {base}/log",
        f"登录 {{base}}/sign-in  口令均为 {PASSWORD}",
        f"账号  {accounts_line}",
        "  jia 甲（诚实的蟹农） yi 乙（12 亩塘） wu 戊（去年未用标） ding 丁（陈茶） bing 丙（手机地图） ji 己（码被复制）",
        "  xian / xianzhang / shi / sheng 县承办、县审批、市、省   xiehui 权利人   jiance 检测机构   yinshua 印制单位",
    ]


# ---- the register --------------------------------------------------------------------------------------------------------------------


def _import_files(stage: Stage) -> None:
    folder = asset_dir("geodata") / "demo"
    with stage.acting("system", at(YEAR - 2, 1, 5)) as work:
        for name in FILES:
            content = _dated((folder / name).read_text(encoding="utf-8")).encode()
            result = bulk.load_file(work, KINDS[name.split(".", 1)[0]], content, name=name)
            if result.errors or not result.kept:
                raise RuntimeError(f"{name}: {[str(error) for error in result.errors]}")


def _dated(text: str) -> str:
    return re.sub(r"\{Y([+-]\d+)?\}", lambda found: str(YEAR + int(found.group(1) or 0)), text)


CAPS = {"GI-SL-CRAB": ("piece", "600"), "GI-SS-TEA": ("g", "60")}


def _cap(stage: Stage, code: str, year: int, *, status: str, on: date) -> None:
    """The province fixes the yield cap: provisional before harvest, final after it."""
    unit, per_mu = CAPS[code]
    with stage.acting("sheng", at(on.year, on.month, on.day)) as work:
        gi = registry.find_gi(work.session, code)
        fields = {"year": year, "unit": unit, "per_mu": per_mu, "status": status, "decided_on": on, "basis": f"示例省核定〔{year}〕"}
        batches.set_cap(work, gi.id or 0, CapFields.model_validate(fields))


def _people(stage: Stage) -> None:
    with stage.acting("system", at(YEAR - 2, 1, 6)) as work:
        for login, (name, role, division) in OFFICERS.items():
            office = people.find_organisation(work.session, OFFICES.get(division, ""))
            fields = NewPerson(
                login=login, name=name, password=PASSWORD, role=role, division_code=division, organisation_id=office.id if office else None
            )
            accounts.add_person(work, fields)
        for login, (number, name) in PRODUCERS.items():
            authorisation = _authorisation(work, number)
            fields = NewPerson(
                login=login, name=name, password=PASSWORD, role="producer_approver", organisation_id=authorisation.organisation_id
            )
            accounts.grant_role(work, accounts.add_person(work, fields), "producer_operator")
        for login, (uscc, name) in HOLDERS.items():
            holder = people.find_organisation(work.session, uscc)
            fields = NewPerson(
                login=login, name=name, password=PASSWORD, role="holder_manager", organisation_id=holder.id if holder else None
            )
            accounts.add_person(work, fields)


def _states(stage: Stage) -> None:
    """Users who are not simply active: ordered to rectify, deregistered."""
    with stage.acting("sheng", at(YEAR, 8, 4)) as work:
        ordered = _authorisation(work, "SL-06")
        register.order_rectification(work, ordered.id or 0, reason="抽查发现标识未印标准编号。", version=ordered.version)
        gone = _authorisation(work, "SL-07")
        register.deregister(work, gone.id or 0, reason="企业自行申请停止用标。", on=date(YEAR, 8, 1), version=gone.version)


def _authorisation(work: Work, number: str) -> Any:
    found = registry.find_authorisation(work.session, number)
    if found is None:
        raise KeyError(number)
    return found


# ---- a season: harvest, codes, activation --------------------------------------------------------------------------------------------

CRAB = {"jia": 60_000, "yi": 7_200, "ji": 12_000, "bing": 9_000, "gui": 3_000}
BEFORE = {"geng": 6_000, "xin": 8_000}  # who made no crabs in the report year: ordered to rectify, deregistered


def _season(stage: Stage, year: int) -> None:
    """Crab farmers harvest, order rings and activate them; tea and vinegar makers pack; the crab cap of the last year is still open."""
    for code in CAPS:
        _cap(stage, code, year, status="provisional", on=date(year, 3, 1))
    for login, pieces in (CRAB | (BEFORE if year < YEAR else {})).items():
        amount = pieces if year == YEAR or login == "yi" else pieces * 9 // 10
        batch_id = _harvest(stage, login, year, str(amount), on=(9, 25))
        _labels(stage, login, year, batch_id=batch_id, count=amount if login == "yi" else amount * 3 // 4, on=(9, 26))
    for login, kilograms, labels in (("yin", "1800", 1_500), ("chen", "600", 900)):
        batch_id = _harvest(stage, login, year, kilograms, on=(4, 20))
        _labels(stage, login, year, batch_id=batch_id, count=labels, on=(5, 10))
    _harvest(stage, "mao", year, "900", on=(4, 22))
    for login, kilograms in (("chou", "1200"), ("ding", "2400")):
        _harvest(stage, login, year, kilograms, on=(4, 21))
        if login == "chou" or year < YEAR:
            _packed_elsewhere(stage, login, year, kilograms=kilograms, on=(6, 1))
    for login in ("wei", "xu", "hai"):
        _vinegar(stage, login, year)
        _packed_elsewhere(stage, login, year, kilograms="6000", on=(11, 4))
    for login in ("wuu", "you"):
        batch_id = _vinegar(stage, login, year)
        _labels(stage, login, year, batch_id=batch_id, count=20_000, on=(11, 3))
    for code in CAPS:
        if year < YEAR or code != "GI-SL-CRAB":
            _cap(stage, code, year, status="final", on=date(year, 12, 1))


def _harvest(stage: Stage, login: str, year: int, amount: str, *, on: tuple[int, int]) -> int:
    with stage.acting(login, at(year, *on)) as work:
        authorisation = _own(work)
        plots = land.plots_in_force(work.session, authorisation.id, gi_id=authorisation.gi_id, on=date(year, *on))
        fields = _batch(work, authorisation.id, "harvest", year, amount, on)
        share = [
            batches.Share(plot.id, str(int(amount) // len(plots) + (int(amount) % len(plots) if i == 0 else 0)))
            for i, plot in enumerate(plots)
        ]
        return batches.declare_batch(work, authorisation.id, fields=fields, shares=share).id or 0


def _batch(work: Work, authorisation_id: int, kind: str, year: int, amount: str, on: tuple[int, int], **more: Any) -> BatchFields:
    product = registry.list_products(work.session, authorisation_id)[0]
    values = {
        "kind": kind, "product_id": product.id, "harvest_year": year, "harvested_on": date(year, *on), "packed_on": date(year, *on),
        "quantity": amount, "grade": product.grade,
    }  # fmt: skip
    return BatchFields.model_validate(values | more)


def _packed_elsewhere(stage: Stage, login: str, year: int, *, kilograms: str, on: tuple[int, int]) -> None:
    with stage.acting(login, at(year, *on)) as work:
        authorisation = _own(work)
        fields = _batch(work, authorisation.id, "pre_printed", year, kilograms, on, harvested_on=None, supplier="示例包装印务")
        batches.declare_batch(work, authorisation.id, fields=fields)


def _vinegar(stage: Stage, login: str, year: int) -> int:
    with stage.acting(login, at(year, 10, 30)) as work:
        authorisation = _own(work)
        more = {"supplier": f"示例东北粮库（范围外糯米，合同 LK-{year}-07，使用管理规则允许）"}
        fields = _batch(work, authorisation.id, "purchase", year, "12000", (10, 28), **more)
        return batches.declare_batch(work, authorisation.id, fields=fields).id or 0


def _labels(stage: Stage, login: str, year: int, *, batch_id: int, count: int, on: tuple[int, int]) -> None:
    """Order codes, have them printed and received, and activate them for the batch."""
    with stage.acting(login, at(year, *on, 11)) as work:
        authorisation = _own(work)
        product = registry.list_products(work.session, authorisation.id)[0]
        order = Order(product_id=product.id or 0, year=year, count=count, idempotency_key=f"demo-{login}-{year}")
        allotment = codes.allot(work, authorisation.id, order, secret_key=stage.secret_key)
        codes.mark_printed(work, allotment.id or 0, Printed(printer="示例印务", version=allotment.version))
        codes.mark_received(work, allotment.id or 0, Received(version=allotment.version))
        used = count if login == "yi" else count * 24 // 25
        codes.activate(
            work, allotment.id or 0, Activation(count=used, batch_id=batch_id, version=allotment.version), secret_key=stage.secret_key
        )


def _own(work: Work) -> Any:
    found = registry.authorisations_of(work.session, work.actor.organisation_id or 0)
    return found[0]


def _season_of_stock(stage: Stage) -> None:
    """丁 packs more tea than this year's harvest: the rest is stock of an earlier year that is not declared yet."""
    _packed_elsewhere(stage, "ding", YEAR, kilograms="4400", on=(10, 12))


# ---- reports of past years -----------------------------------------------------------------------------------------------------------


CRAB_REPORTS = ("jia", "yi", "bing", "ji", "geng", "xin")


def _reports_of(stage: Stage, year: int) -> None:
    """Twenty owed a report: sixteen filed in time, 卯 late; 癸, 申 and 壬 never did."""
    for login in (*CRAB_REPORTS, "ding", "chou", "yin", "chen", "wuu", "wei", "you", "xu", "hai", "mao"):
        filed = at(year + 1, 4, 9) if login == "mao" else at(year + 1, 2, 10)
        report_id = _file(stage, login, year, filed)
        if login in CRAB_REPORTS:
            _review(stage, report_id, handler="xian", approver="xianzhang", year=year)
        elif login in {"ding", "chou", "yin", "chen", "mao"}:
            _review(stage, report_id, handler="shanxian", approver="shanzhang", year=year)
    with stage.acting("wu", at(year + 1, 2, 11)) as work:
        fields = NilFiling(
            version=0, nil_since=date(year, 1, 1), nil_reason="当年未养蟹，塘口清淤。", declared=True, signed_name="戊蟹庄 店主"
        )
        reports.file_nil(work, _own(work).id, year, fields=fields)


def _file(stage: Stage, login: str, year: int, moment: datetime) -> int:
    with stage.acting(login, moment) as work:
        authorisation = _own(work)
        form = reports.open_form(work, authorisation.id, year)
        values = {item.figure.key: "0" for item in form.content.rows if item.figure.core and item.value is None}
        output = next((row.typed for row in form.content.rows if row.figure.key == "gi_output"), "") or "0"
        values |= {key: text for key, text in {"sales": "120", "output": output}.items() if key in values}
        report = reports.save_draft(work, authorisation.id, year, fields=Draft(version=0, values=values))
        filing = Filing(version=report.version, declared=True, signed_name=work.actor.name)
        return reports.file_report(work, report.id or 0, fields=filing).id or 0


def _review(stage: Stage, report_id: int, *, handler: str, approver: str, year: int) -> None:
    month = 5
    with stage.acting(handler, at(year + 1, month, 11)) as work:
        report = reports.check_report(work, report_id, fields=ReportStep(version=_version(work, report_id)))
    with stage.acting(approver, at(year + 1, month, 12)) as work:
        reports.accept_report(work, report_id, fields=ReportStep(version=report.version))


def _version(work: Work, report_id: int) -> int:
    from gi_registry.reports import queries

    return int(queries.get_report(work.session, report_id).version)


def _first_code(stage: Stage) -> str:
    """Return an activated ring of 甲 that nobody has scanned."""
    with stage.acting("jia", at(YEAR, 10, 1)) as work:
        return printed_code(work, stage, nth=0)


def _copied_code(stage: Stage) -> str:
    """Return one of three rings of 己 that somebody copied: it was checked in six provinces."""
    now = datetime.fromisoformat(NOW).astimezone(UTC)
    with stage.acting("ji", at(YEAR, 10, 1)) as work:
        copied = [printed_code(work, stage, nth=number) for number in range(len(scenes.COPIED))]
    for code, (checks, provinces) in zip(copied, scenes.COPIED, strict=True):
        scenes.check_everywhere(stage.database, stage.secret_key, code=code, checks=checks, provinces=provinces, now=now)
    return copied[0]


def printed_code(work: Work, stage: Stage, *, nth: int) -> str:
    """Return the ``nth`` printed code of the actor's latest allotment, as its print list says."""
    shown = codes.view_codes(work, _own(work).id, year=YEAR, zone="")
    paper = codes.codes_csv(work, shown.rows[0].allotment.id or 0, read_settings())
    lines = b"".join(paper.blocks).decode("ascii").splitlines()
    return lines[1 + nth].split(",")[1]
