"""Steps of the walk that need a story of their own: a pond on a phone map, a copied ring, the province's line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from demo_data import YEAR
from demo_visitor import PHONE, Unexpected, Visitor, command, found

if TYPE_CHECKING:
    from demo_walk import Story


def phone_map(story: Story) -> str:
    """丙's pond lies outside by half a kilometre: pointed out, converted by him, and the finding ends."""
    story.person("xian").get("/findings?ground=QT-01").expect("示例张三")
    bing = story.person("bing")
    listed = bing.get(story.authorisation("bing") + "/plots").expect("在产地范围外")
    plot = found(re.search(r'href="(/plots/\d+)"', listed.text), "丙的地块")
    shown = bing.get(plot).expect("GCJ-02")
    metres = found(re.search(r"移动 (\d+) 米", shown.text), "偏移的米数")
    bing.submit(plot, {}, action="/convert").expect("在产地范围内").lacks("可能取自手机地图")
    command("anomalies", "run", "--year", str(YEAR), "--json")
    story.person("xian").get("/findings?ground=QT-01").lacks("示例张三")
    return f"边界取自手机地图，偏移 {metres} 米；换算后在范围内，线索消除"


def cap_is_cut(story: Story) -> str:
    """The final cap is lower than the provisional one: the holder proposes it, both see who loses, the province puts it in force."""
    holder = story.person("xiehui")
    gi = found(re.search(r'href="/gis/(\d+)/statement"', holder.get("/home").expect().text), "地理标志")
    data = {
        "year": YEAR,
        "unit": "piece",
        "per_mu": "500",
        "status": "final",
        "effective_on": f"{YEAR + 1}-01-15",
        "basis": "示例省核定〔更正〕",
        "note": "测产结果低于预估。",
    }
    page = holder.submit(f"/office/gis/{gi}/caps/new", data, action="/caps/check").expect("示例湖乙水产")
    form = next(form for form in page.forms() if form.action.endswith("/caps/new"))
    proposal = holder.send(form, {}, files={}, page=page).expect("示例湖乙水产")
    path = "/office/cap-proposals/" + found(re.search(r"/office/cap-proposals/(\d+)", proposal.address), "提案")
    province = story.person("sheng")
    shown = province.get(path).expect("示例湖乙水产")
    form = next(form for form in shown.forms() if form.action.endswith("/reject"))
    form.action = form.action.removesuffix("/reject") + "/approve"
    province.send(form, {}, files={}, page=shown).expect("已核准")
    return f"{YEAR} 年每亩 600 只改为 500 只，原数保留；提出和核准是两个人"


def copied_ring(story: Story) -> str:
    """The trace page states what was counted of this ring, and nothing is held against 己."""
    ji = story.person("ji")
    page = ji.get(f"{story.authorisation('ji')}/codes?year={YEAR}").expect()
    allotment = found(re.search(r'href="(/allotments/\d+)"', page.text), "己的标识码")
    code = ji.get(allotment + "/codes.csv").expect().text.splitlines()[1].split(",")[1]
    visitor = Visitor(story.base, agent=PHONE + " 6")
    said = visitor.get(f"/T/{code}", Accept="application/json").expect().json()
    if said["verdict"] != "suspect":
        raise Unexpected(f"判定为 {said['verdict']}，应为 suspect")
    shown = visitor.get(f"/T/{code}").expect("37", "6 个省").lacks("正品", "假冒")
    told = found(re.search(r"48 小时内[^<。]*", shown.text), "计数")
    listed = story.person("xian").get("/findings?ground=CL-01").expect("行为人不明").lacks("示例李四")
    finding = found(re.search(r'href="(/findings/\d+)"', listed.text), "线索")
    shown_finding = story.person("xian").get(finding).expect(code[2:7], "37", "不计入其名下")
    if any(form.action.endswith("/case") for form in shown_finding.forms()):
        raise Unexpected("仿冒的码也能对用标人立案")
    for ground in ("QT-01", "US-01", "US-04", "US-06", "AR-03"):
        story.person("xian").get(f"/findings?ground={ground}").lacks("示例李四")
    return f"{told}；线索记在码上，李四名下没有线索"


def province_line(story: Story) -> str:
    """What the province reads of the year before: due, filed, late, missing."""
    shown = story.person("sheng").get(f"/reports?year={YEAR - 1}").expect()
    line = found(re.search(r"应报送 ?20[^<]*", shown.text), "省级汇总")
    numbers = [int(number) for number in re.findall(r"\d+", line)]
    if numbers[:4] != [20, 17, 1, 3]:
        raise Unexpected(f"汇总为 {line}")
    return line.strip()
