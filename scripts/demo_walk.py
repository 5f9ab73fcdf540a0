"""Walk the whole main job over HTTP as each kind of user; print a line per step and say whether each held."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import demo_walk_scenes as scenes
from demo_data import NOW, PASSWORD, YEAR
from demo_visitor import PHONE, Page, Unexpected, Visitor, command, found

NO_CODE = "10000000000000000000"


def walk(base: str) -> bool:
    """Walk every step in order; return whether all held."""
    story = Story(base)
    steps: list[tuple[str, Callable[[], str]]] = [
        ("公众首页、登记簿与搜索", story.public_register),
        ("县承办人看到工作台，别县的事项不可见", story.officer_desk),
        ("甲登记地块，按采收日判定在产地范围内", story.plot),
        ("甲申报批次", story.batch),
        ("额度之内核发标识码，超出额度被拒绝", story.order),
        ("下载 A4 印张，印制、收到、激活到批次", story.labels),
        ("消费者扫码：首次查验，再扫为重复，伪造为未知，输错为 404", story.scan),
        ("茶包没有二维码：凭统一社会信用代码核验", story.check),
        ("甲在手机上报送年报，十项数字八项已填好，得到回执", story.report),
        ("邻居戊报送未使用年报", story.nil_report),
        ("县核对并接受年报，承办人不能接受本人核对的报告", story.review),
        ("权利人提出核减单产上限，看得到谁减少多少，省级核准", partial(scenes.cap_is_cut, story)),
        ("夜间核对发现乙超产用标，丁是线索", story.findings),
        ("丁补登陈茶库存，线索消除", story.cleared),
        ("丙的塘口描自手机地图：指出偏移，本人换算，线索消除", partial(scenes.phone_map, story)),
        ("己的一枚码被复制：如实说明次数，不记在己名下", partial(scenes.copied_ring, story)),
        ("省里看上一年的年报：应报、已报、逾期、未报", partial(scenes.province_line, story)),
        ("承办人立案、核查、发出拟列入告知；未送达不能往下走", story.case_notice),
        ("送达有回证，乙陈述申辩，逐条答复", story.case_defence),
        ("期满后由市级另一人决定列入，承办人不能决定", story.case_decision),
        ("公开名录与扫码页面如实说明", story.published),
        ("乙整改、核实、移出，公示结束、记录保留", story.removal),
        ("公开日志完整；改动一行即被发现", story.log),
    ]
    held = 0
    for number, (title, step) in enumerate(steps, 1):
        try:
            told = step()
            print(f"✓ {number:2d}. {title}：{told}", flush=True)
            held += 1
        except Unexpected as failure:
            print(f"✗ {number:2d}. {title}：{failure}", flush=True)
            break
    print(f"{held}/{len(steps)} 步成立")
    return held == len(steps)


class Story:
    """The people of the story and what they hold in hand between the steps."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.public = Visitor(base)
        self._people: dict[str, Visitor] = {}
        self.code = ""
        self.allotment = ""
        self.batch_page = ""
        self.spare = ""
        self.finding = ""
        self.case = ""
        self.ring = ""

    def person(self, login: str) -> Visitor:
        """Return a signed-in person."""
        if login not in self._people:
            self._people[login] = Visitor(self.base).sign_in(login, PASSWORD)
        return self._people[login]

    def authorisation(self, login: str) -> str:
        """Return the address of a producer's authorisation."""
        link = re.search(r'href="(/authorisations/\d+)"', self.person(login).get("/home").expect().text)
        return found(link, f"{login} 的授权")

    # ---- public and officers ------------------------------------------------------------------------------------------------------

    def public_register(self) -> str:
        """Home, search, a GI, a user."""
        self.public.get("/").expect("/verify", "/check")
        listed = self.public.get("/registry?q=" + _quote("示例湖")).expect("示例湖大闸蟹")
        gi = found(re.search(r'href="(/registry/gis/\d+)"', listed.text), "地理标志链接")
        self.public.get(gi).expect("示例湖大闸蟹", "T/SLX 001-2019")
        rows = self.public.get("/registry?format=json&q=" + _quote("示例湖")).json()
        return f"检索“示例湖”，JSON {len(rows['items'])} 条"

    def officer_desk(self) -> str:
        """An officer sees the county; another county's object is a plain 404."""
        desk = self.person("xian").get("/home").expect("工作台")
        own = self.person("xian").get("/reports?year=" + str(YEAR)).expect("示例湖")
        own.lacks("示例山丁老茶坊")
        tea = self.authorisation("ding").rsplit("/", 1)[-1]
        self.person("xian").get(f"/office/authorisations/{tea}").expect(status=404)
        return f"{len(re.findall('task-list', desk.text))} 组待办；邻县授权返回 404"

    # ---- producer -------------------------------------------------------------------------------------------------------------------

    def plot(self) -> str:
        """A plot by typed corners."""
        corners = "118.4700,33.9100\n118.4720,33.9100\n118.4720,33.9115\n118.4700,33.9115\n118.4700,33.9100"
        path = self.authorisation("jia") + "/plots"
        data = {
            "name": "甲东三围",
            "crop": "中华绒螯蟹",
            "geometry": corners,
            "valid_from": f"{YEAR}-03-01",
            "capture": "survey",
            "accuracy_m": "5",
        }
        shown = self.person("jia").submit(path + "/new", data).expect("甲东三围")
        if "在产地范围内" not in shown.text and "在范围内" not in shown.text:
            raise Unexpected(f"{shown.address}: 没有判定在范围内")
        bowtie = {**data, "name": "坏地块", "geometry": "118.47,33.91\n118.472,33.9115\n118.472,33.91\n118.47,33.9115\n118.47,33.91"}
        self.person("jia").submit(path + "/new", bowtie).expect("错误", status=422)
        area = re.search(r"([\d.]+)\s*亩", shown.text)
        return f"{area.group(1) if area else '?'} 亩；自相交的边界被拒绝并说明原因"

    def batch(self) -> str:
        """A harvest from plots, this year's."""
        path = self.authorisation("jia") + "/batches"
        page = self.person("jia").get(path + "/new?kind=harvest").expect()
        form = next(form for form in page.forms() if form.action.split("?")[0].endswith("/batches/new"))
        shares = [name for name, _value in form.values if name.startswith("plot_")]
        data = {
            "kind": "harvest", "harvest_year": YEAR, "harvested_on": f"{YEAR}-10-20", "packed_on": f"{YEAR}-10-20", "grade": "特级",
            shares[0]: "2000", "quantity": "2000",
        }  # fmt: skip
        shown = self.person("jia").send(form, data, files={}, page=page).expect("2")
        self.batch_page = shown.address
        number = re.search(r"SL-01-\d{4}-\d{3}", shown.text)
        return f"批次 {found(number, '批次号')}，2,000 只"

    def order(self) -> str:
        """An order within the entitlement, and one over it."""
        path = f"{self.authorisation('jia')}/codes?year={YEAR}"
        self.person("jia").submit(path, {"count": "4000000"}, action="/codes").expect("额度", status=409)
        shown = self.person("jia").submit(path, {"count": "1000"}, action="/codes").expect()
        self.allotment = found(re.search(r"(/allotments/\d+)", shown.address + shown.text), "申领")
        return "1,000 枚已核发；4,000,000 枚被拒绝并说明额度、已用与结余"

    def labels(self) -> str:
        """Sheet, custody, activation."""
        jia = self.person("jia")
        pdf = jia.get(self.allotment + "/labels.pdf").expect()
        if not pdf.content.startswith(b"%PDF"):
            raise Unexpected("印张不是 PDF")
        listing = jia.get(self.allotment + "/codes.csv").expect().text.splitlines()
        self.code, self.spare = listing[1].split(",")[1], listing[-1].split(",")[1]
        jia.submit(self.allotment, {"printer": "示例印务"}, action="/print").expect()
        jia.submit(self.allotment, {}, action="/receive").expect()
        activate = jia.get(self.allotment + "/activate").expect()
        options = re.findall(r'<option value="(\d+)"[^>]*>([^<]*)', activate.text)
        if not options:
            raise Unexpected("没有可以贴标的批次")
        batch_id = self.batch_page.rstrip("/").rsplit("/", 1)[-1]
        jia.submit(self.allotment + "/activate", {"count": "900", "batch_id": batch_id}).expect("900")
        return f"PDF {len(pdf.content) // 1024} KB，900 枚已激活，100 枚在库"

    # ---- consumer -------------------------------------------------------------------------------------------------------------------

    def scan(self) -> str:
        """First check, repeat, not activated, forged, malformed."""
        first = self._verdict(self.code, PHONE + " 1")
        again = self._verdict(self.code, PHONE + " 2")
        idle = self._verdict(self.spare, PHONE + " 3")
        if (first["verdict"], again["verdict"], idle["verdict"]) != ("first-check", "repeat", "not-activated"):
            raise Unexpected(f"判定为 {first['verdict']}、{again['verdict']}、{idle['verdict']}")
        self.public.get("/T/" + self.code.lower()).expect("示例湖大闸蟹").lacks("正品", "<script")
        self.public.get("/T/" + self.code[:-1] + ("0" if self.code[-1] != "0" else "1")).expect(status=404)
        size = len(self.public.get("/T/" + self.code).content)
        return f"首次查验 → 重复 → 未激活；页面 {size / 1024:.1f} KB，无脚本"

    def _verdict(self, code: str, agent: str) -> Any:
        page = Visitor(self.base, agent=agent).get(f"/T/{code}", Accept="application/json")
        return page.expect().json()

    def check(self) -> str:
        """May this firm use the mark?"""
        user = self.person("chou").get(self.authorisation("chou")).expect().text
        uscc = found(re.search(r"91999999[0-9A-Z]{10}", user), "统一社会信用代码")
        answer = self.public.get(f"/check?uscc={uscc}&format=json").expect().json()
        self.public.get("/check?uscc=91999999MA9000118X").expect("校验", status=422)
        self.public.get(f"/check?uscc={uscc}").expect("示例山陈茶")
        return f"{uscc}：{answer['verdict']}；校验位不符的给出更正办法"

    # ---- annual report --------------------------------------------------------------------------------------------------------------

    def report(self) -> str:
        """Prefilled form, check page, file, receipt."""
        jia, path = self.person("jia"), f"{self.authorisation('jia')}/reports/{YEAR}"
        page = jia.get(path).expect("项必填数字中")
        told = found(re.search(r"\d+ 项必填数字中，\d+ 项已按登记数据填好", page.text), "预填数")
        form = next(form for form in page.forms() if form.action.endswith(f"/reports/{YEAR}"))
        known = {name for name, value in form.values if value}
        if known & {"output", "sales"}:
            raise Unexpected("总产量和销售额不是登记数据，却已填好")
        checked = jia.send(form, {"output": "66000", "sales": "360", "next": "check"}, files={}, page=page).expect("声明")
        filed = jia.submit(checked.address, {"declared": "1"}, action="/file").expect("回执")
        number = re.search(r"[A-Z\u4e00-\u9fff]*\d{4}[-\w〔〕]*号?", filed.text)
        digest = found(re.search(r"[0-9a-f]{64}", filed.text), "哈希")
        return f"{told}；回执 {number.group(0) if number else ''}，SHA-256 {digest[:12]}…"

    def nil_report(self) -> str:
        """One screen."""
        path = f"{self.authorisation('wu')}/reports/{YEAR}/nil"
        data = {
            "nil_since": f"{YEAR}-01-01",
            "nil_reason": "当年未养蟹，塘口清淤。",
            "declared": "1",
            "signed_name": "戊蟹庄 店主",
            "next": "file",
        }
        self.person("wu").submit(path, data).expect("回执")
        return "一屏完成，已有回执"

    def review(self) -> str:
        """County check and acceptance by two people."""
        page = self.person("xian").get(f"/reports?year={YEAR}&status=filed").expect("示例湖甲蟹业")
        links = re.findall(r'href="(/office/reports/\d+)"', page.text)
        if not links:
            raise Unexpected("没有待核对的年报")
        for link in dict.fromkeys(links):
            self.person("xian").submit(link, {}, action="/check").expect()
            if any(form.action.endswith("/accept") for form in self.person("xian").get(link).forms()):
                raise Unexpected("承办人看到了接受按钮")
            self.person("xianzhang").submit(link, {}, action="/accept").expect("接受")
        return f"{len(set(links))} 份已接受"

    # ---- findings and the list --------------------------------------------------------------------------------------------------------

    def findings(self) -> str:
        """The nightly check."""
        told = command("anomalies", "run", "--year", str(YEAR), "--json")
        listed = self.person("xian").get("/findings?ground=QT-01").expect("示例湖乙水产")
        row = next(row for row in listed.text.split("<tr") if "示例湖乙水产" in row)
        self.finding = found(re.search(r'href="(/findings/\d+)"', row), "线索")
        self.person("xian").get(self.finding).expect("7\u2009200", "6\u2009000")
        self.person("shanxian").get("/findings?ground=QT-01").expect("示例山丁老茶坊")
        return "；".join(lead["summary"] for lead in told["found"] if lead["ground"] == "QT-01")

    def cleared(self) -> str:
        """丁 shows the stock of an earlier year; the finding ends."""
        path = self.authorisation("ding") + "/batches"
        page = self.person("ding").get(path + "/new?kind=opening").expect()
        form = next(form for form in page.forms() if form.action.split("?")[0].endswith("/batches/new"))
        data = {
            "kind": "opening", "harvest_year": YEAR - 3, "account_year": YEAR, "harvested_on": f"{YEAR - 3}-04-20",
            "packed_on": f"{YEAR - 2}-06-01", "quantity": "2000", "grade": "一级",
        }  # fmt: skip
        self.person("ding").send(form, data, files={}, page=page).expect("2")
        command("anomalies", "run", "--year", str(YEAR), "--json")
        self.person("shanxian").get("/findings?ground=QT-01").lacks("示例山丁老茶坊")
        return f"{YEAR - 3} 年陈茶 2,000 公斤计入，线索已消除并保留记录"

    def case_notice(self) -> str:
        """Open, accept, verify, issue the notice; nothing moves before service is proven."""
        xian = self.person("xian")
        opened = xian.submit(self.finding, {}, action="/case").expect("示例湖乙水产")
        self.case = found(re.search(r"/office/cases/\d+", opened.address), "案件")
        self._act("xian", "accept")
        self._act("xian", "verify")
        self._act("xian", "issue_notice", method="personal", note="核实乙塘 12 亩，按更正后的单产上限计算超出。")
        page = xian.get(self.case).expect("送达")
        if xian.get(f"{self.case}/acts/decide_listing").status == 200 and "送达" not in page.text:
            raise Unexpected("未送达却可以决定")
        return "告知书已发出；送达未证明，程序停在这里"

    def _act(self, login: str, action: str, *, files: dict[str, tuple[str, bytes]] | None = None, **data: Any) -> Page:
        path = f"{self.case}/acts/{action}"
        return self.person(login).submit(path, data, files=files).expect()

    def case_defence(self) -> str:
        """Proof of service opens the window; the party answers; each point is answered."""
        self._act("xian", "prove_service", served_on=NOW[:10], files={"receipt": ("送达回证.pdf", _PDF)})
        own = self.case.replace("/office", "")
        self.person("yi").get(own).expect("陈述申辩")
        self.person("yi").submit(own, {"points": "核减上限在标识激活之后。\n愿意配合清点库存。"}, action="/defence").expect()
        page = self.person("xian").get(f"{self.case}/acts/answer_defence").expect("核减上限在标识激活之后")
        form = next(form for form in page.forms() if form.action.endswith("/answer_defence"))
        numbers = sorted({name.split("_")[1] for name, _value in form.values if name.startswith("answer_")})
        answers = {f"answer_{n}": "上限以省核定的最终值为准，已计入核减。" for n in numbers} | {f"outcome_{n}": "rejected" for n in numbers}
        self.person("xian").send(form, answers, files={}, page=page).expect()
        return f"申辩 {len(numbers)} 条，逐条答复"

    def case_decision(self) -> str:
        """The window must be over, and another officer decides; severity 3 needs the city."""
        early = self.person("xian").get(f"{self.case}/acts/propose")
        if early.status == 200 and any(form.action.endswith("/propose") for form in early.forms()):
            refused = self.person("xian").submit(f"{self.case}/acts/propose", {"note": "提请决定"})
            if refused.status < 400:
                raise Unexpected("申辩期未满却可以提请决定")
        self.public.submit("/", {"working_days": "10"}, action="/demo/clock").expect()
        self.public.submit("/", {"working_days": "1"}, action="/demo/clock").expect()
        self._people.clear()
        self._act("xian", "propose", note="事实清楚，建议列入。")
        county = self.person("xianzhang").get(f"{self.case}/acts/decide_listing")
        if county.status == 200 and any(form.action.endswith("/decide_listing") for form in county.forms()):
            answer = self.person("xianzhang").submit(f"{self.case}/acts/decide_listing", {"note": "同意列入"})
            if answer.status < 400:
                raise Unexpected("严重事由由县级决定了")
        shown = self._act("shi", "decide_listing", note="同意列入，理由见决定书。")
        number = re.search(r"异列决〔\d{4}〕\d+号", shown.text)
        return f"决定书 {found(number, '决定书文号')}"

    def published(self) -> str:
        """The public list and the trace page of 乙's ring."""
        self.public.get("/abnormal-list").expect("示例湖乙水产", "QT-01")
        rows = self.public.get("/abnormal-list?format=json").expect().json()["items"]
        yi = self.person("yi")
        page = yi.get(f"{self.authorisation('yi')}/codes?year={YEAR}").expect()
        allotment = found(re.search(r'href="(/allotments/\d+)"', page.text), "乙的标识码")
        self.ring = yi.get(allotment + "/codes.csv").expect().text.splitlines()[1].split(",")[1]
        shown = Visitor(self.base, agent=PHONE + " 4").get("/T/" + self.ring).expect("异常名录")
        shown.lacks("骗", "假冒", "正品")
        yi.get(f"{self.authorisation('yi')}/codes?year={YEAR}").expect("现在不能申领标识码")
        return f"名录 {len(rows)} 条；扫码页面中立说明；依使用管理规则停止发码"

    def removal(self) -> str:
        """Repair, verification, removal by another person."""
        own = self.case.replace("/office", "")
        data = {"note": "已封存超出的 1,200 枚标识并补交台账。"}
        self.person("yi").submit(own, data, action="/rectification", files={"file": ("整改报告.pdf", _PDF)}).expect()
        self._act("xian", "verify_rectification", note="现场核实，封存属实。")
        self._act("shi", "remove", note="整改合格，决定移出。")
        self.public.get("/abnormal-list").lacks("示例湖乙水产")
        Visitor(self.base, agent=PHONE + " 5").get("/T/" + self.ring).expect().lacks("已列入异常名录")
        self.person("xian").get(self.case).expect("已移出")
        return "公示结束，案件记录保留"

    # ---- the log ----------------------------------------------------------------------------------------------------------------------

    def log(self) -> str:
        """Verify against an outside checkpoint; then alter one row of a copy and find it."""
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Path(folder) / "checkpoint"
            checkpoint.write_bytes(self.public.get("/log/checkpoint").expect().content)
            clean = command("log", "verify", "--checkpoint", str(checkpoint), "--json")
            url = os.environ["GI_DATABASE_URL"]
            if not url.startswith("sqlite"):
                return f"完整，{clean.get('size')} 片叶子"
            copy = Path(folder) / "copy.sqlite3"
            with sqlite3.connect(url.removeprefix("sqlite:///")) as source, sqlite3.connect(copy) as target:
                source.backup(target)
            with sqlite3.connect(copy) as altered:
                altered.execute("UPDATE authorisation SET valid_to = '2099-12-31' WHERE number = 'SL-07'")
            altered_copy = command("log", "verify", "--json", database=f"sqlite:///{copy}", fails=True)
            shutil.rmtree(folder, ignore_errors=True)
        altered = [f"{problem['table']} 第 {problem['row_id']} 行" for problem in altered_copy["problems"]]
        if not clean["sound"] or len(altered) != 1:
            raise Unexpected(f"核对结果 {clean['sound']}，副本中发现 {altered}")
        return f"{clean['size']} 片叶子、{clean['rows']} 行完整；副本中用 SQL 改动的 {altered[0]}被发现"


_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _quote(text: str) -> str:
    from urllib.parse import quote

    return quote(text)
