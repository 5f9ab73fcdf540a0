"""The annual report section by section, without a script and by the script's own requests."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest

from tests.builders.accounts import post, sign_in
from tests.builders.reports import LABELS, make_farm, make_filed

NOW = datetime(2026, 2, 10, 2, 0, 5, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"photo" * 20


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The reporting season of 2026, whatever day it is."""
    monkeypatch.setattr("gi_registry.web.work.moment", lambda _session: NOW)


@pytest.fixture
def tasks(open_work):
    with open_work(now=NOW) as work:
        farm = make_farm(work)
    return f"/authorisations/{farm.authorisation_id}/reports/2025/sections"


@pytest.fixture
def filed(open_work):
    with open_work(now=NOW) as work:
        return make_filed(work, make_farm(work))


def version_in(text):
    return re.search(r'name="version" value="(-?\d+)"', text)[1]


def write(client, path, **values):
    """Send the form of one section as it was opened."""
    page = client.get(path)
    sent = {"version": version_in(page.text), "next": "done"} | {key.replace("__", "."): value for key, value in values.items()}
    return post(client, path, sent)


def by_script(client, path, version, values):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)[1]
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.post(path, json={"version": version, "values": values, "reasons": {}}, headers=headers)


def test_six_screens_from_the_list_to_the_receipt_without_a_script(client, tasks):
    sign_in(client, "approver")
    screens = [client.get("/reports")]
    assert f'href="{tasks}"' in screens[0].text
    screens.append(client.get(tasks))
    assert screens[1].text.count("未开始") == 8
    ready = re.findall(r'name="sections" value="(\d)"', screens[1].text)
    assert ready == ["1", "5", "6", "7", "8"]
    confirmed = post(client, tasks, {"version": version_in(screens[1].text), "sections": ready})
    assert confirmed.headers["Location"] == tasks
    answer = write(client, f"{tasks}/2", output="8000", gi_output="7500", area="12")
    screens.append(client.get(f"{tasks}/2"))
    assert answer.headers["Location"] == f"{tasks}/3"
    answer = write(client, f"{tasks}/3", **{f"item_code__{part}": value for part, value in LABELS.items()})
    screens.append(client.get(f"{tasks}/3"))
    assert answer.headers["Location"] == f"{tasks}/4"
    answer = write(client, f"{tasks}/4", sales="150")
    screens.append(client.get(f"{tasks}/4"))
    check = client.get(answer.headers["Location"])
    screens.append(check)
    report = answer.headers["Location"].removesuffix("/check")
    sent = {"version": version_in(check.text), "declared": "1", "signed_name": "示例approver"}
    receipt = client.get(post(client, f"{report}/file", sent).headers["Location"])
    assert "电子声明" in receipt.text
    assert [screen.status_code for screen in screens] == [200] * 6
    pdf = client.get(f"{report}/receipt.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")


def test_the_task_list_says_in_words_how_each_section_stands(client, tasks):
    sign_in(client, "operator")
    write(client, f"{tasks}/4", sales="150")
    write(client, f"{tasks}/2", output="8000", gi_output="7600", area="12", next="stay")
    text = client.get(tasks).text
    assert text.count("已完成") >= 1
    assert "需要您处理" in text
    assert "1 项与登记数据不同，需要说明原因" in text


def test_a_section_says_when_it_was_saved_and_keeps_what_was_typed(client, tasks):
    sign_in(client, "operator")
    answer = write(client, f"{tasks}/4", sales="150", next="stay")
    page = client.get(answer.headers["Location"])
    assert "已于 10:00:05 保存" in page.text
    assert "保存于 10:00:05（示例operator）" in page.text
    wrong = write(client, f"{tasks}/4", sales="很多", exports="12")
    assert wrong.status_code == 422
    assert 'value="很多"' in wrong.text
    assert 'value="12"' in wrong.text


def test_another_device_sees_both_values_and_nothing_typed_is_lost(client, tasks):
    sign_in(client, "operator")
    write(client, f"{tasks}/4", sales="150", exports="10", next="stay")
    stale = {"version": "0", "sales": "160", "exports": "10", "markets": "批发市场", "next": "stay"}
    conflict = post(client, f"{tasks}/4", stale)
    assert conflict.status_code == 409
    assert "两处填写不同，请选择" in conflict.text
    assert re.findall(r'name="pick:(\w+)" value="mine"', conflict.text) == ["sales", "markets"]
    assert "160" in conflict.text
    assert "150" in conflict.text
    again = stale | {"version": version_in(conflict.text), "conflicts": "sales markets"}
    undecided = post(client, f"{tasks}/4", again | {"pick:sales": "theirs"})
    assert undecided.status_code == 409
    assert "批发市场" in undecided.text
    decided = post(client, f"{tasks}/4", again | {"pick:sales": "theirs", "pick:markets": "mine"})
    assert decided.status_code == 303
    page = client.get(f"{tasks}/4").text
    assert 'value="150"' in page
    assert "批发市场" in page


def test_two_sections_can_be_written_at_once(client, tasks):
    sign_in(client, "operator")
    assert post(client, f"{tasks}/4", {"version": "0", "sales": "150"}).status_code == 303
    assert post(client, f"{tasks}/6", {"version": "0", "households": "35"}).status_code == 303


def test_the_script_saves_with_a_time_and_is_told_of_a_conflict(client, tasks):
    sign_in(client, "operator")
    saved = by_script(client, f"{tasks}/4", 0, {"sales": "150"})
    assert (saved.status_code, saved.json["time"], saved.json["version"]) == (200, "10:00:05", 1)
    same = by_script(client, f"{tasks}/4", 0, {"sales": "150"})
    assert same.status_code == 200
    conflict = by_script(client, f"{tasks}/4", 0, {"sales": "170"})
    assert (conflict.status_code, conflict.mimetype) == (409, "application/problem+json")
    assert conflict.json["type"] == "/problems/stale-version"
    wrong = by_script(client, f"{tasks}/4", 1, {"sales": "much"})
    assert wrong.json["errors"][0]["field"] == "sales"
    assert by_script(client, f"{tasks}/4", 1, {"sales": "1\x00"}).status_code == 422
    page = client.get(f"{tasks}/4").text
    assert "data-autosave" in page
    assert "report.js" in page


def test_lists_are_rows_and_a_wrong_cell_is_named(client, tasks):
    sign_in(client, "operator")
    row = {
        "test_rows.0.institution": "示例检测所",
        "test_rows.0.report": "J-1",
        "test_rows.0.day": "2025-10-1",
        "test_rows.0.result": "pass",
    }
    wrong = write(client, f"{tasks}/5", **{key.replace(".", "__"): value for key, value in row.items()})
    assert wrong.status_code == 422
    assert "不是日期" in wrong.text
    assert 'value="示例检测所"' in wrong.text
    row |= {"test_rows.0.day": "2025-10-01"}
    assert write(client, f"{tasks}/5", **{key.replace(".", "__"): value for key, value in row.items()}).status_code == 303
    assert 'value="示例检测所"' in client.get(f"{tasks}/5").text


def test_a_photo_is_kept_with_the_section(client, tasks):
    sign_in(client, "operator")
    path = f"{tasks}/3"
    answer = post(
        client,
        path,
        {"version": "0", "carriers": "吊牌", "photo-front": (io.BytesIO(PNG), "front.png")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    shown = client.get(path).text
    document = re.search(r'href="(/documents/\d+)"', shown)[1]
    assert client.get(document).data == PNG
    text = {"version": version_in(shown), "photo-back": (io.BytesIO(b"a,b\n1,2"), "back.csv")}
    assert post(client, path, text, content_type="multipart/form-data").status_code == 422


def test_what_may_be_published_is_chosen_per_figure(client, tasks):
    sign_in(client, "operator")
    page = client.get(f"{tasks}/8").text
    assert re.search(r'name="public:sales" value="no" checked', page)
    assert re.search(r'name="public:area" value="yes" checked', page)
    write(client, f"{tasks}/8", **{"public:sales": "yes"})
    assert re.search(r'name="public:sales" value="yes" checked', client.get(f"{tasks}/8").text)


def test_a_stamped_paper_takes_the_place_of_the_declaration(client, tasks):
    sign_in(client, "approver")
    write(client, f"{tasks}/2", output="8000", gi_output="7500", area="12")
    write(client, f"{tasks}/3", **{f"item_code__{part}": value for part, value in LABELS.items()})
    write(client, f"{tasks}/4", sales="150")
    report = re.search(r'href="(/reports/\d+)/check"', client.get(tasks).text)[1]
    printed = client.get(f"{report}/print.pdf")
    assert printed.data[:5] == b"%PDF-"
    check = client.get(f"{report}/check").text
    sent = {"version": version_in(check), "signed_name": "示例法定代表人"}
    missing = post(client, f"{report}/stamped", sent)
    assert missing.status_code == 422
    assert "没有上传文件" in missing.text
    answer = post(client, f"{report}/stamped", sent | {"scan": (io.BytesIO(PNG), "scan.png")}, content_type="multipart/form-data")
    assert answer.status_code == 303
    receipt = client.get(answer.headers["Location"]).text
    assert "盖章纸件扫描件" in receipt
    assert "示例法定代表人" in receipt
    post(client, "/sign-out")
    sign_in(client, "handler")
    review = client.get(f"/office{report}").text
    document = re.search(r'href="(/documents/\d+)">查看扫描件', review)[1]
    assert client.get(document).data == PNG


def test_an_amendment_stands_beside_the_version_in_force(client, filed):
    sign_in(client, "approver")
    version = version_in(client.get(f"/reports/{filed.id}").text)
    form = post(client, f"/reports/{filed.id}/amend", {"version": version}).headers["Location"]
    write(client, f"{form}/sections/4", sales="180.5")
    report = re.search(r'href="(/reports/\d+)/check"', client.get(f"{form}/sections").text)[1]
    check = client.get(f"{report}/check").text
    assert "增加 30.5 万元" in check
    post(client, f"{report}/file", {"version": version_in(check), "declared": "1", "signed_name": "示例approver"})
    assert "在这份更正被接受之前一直有效" in client.get(report).text
    post(client, "/sign-out")
    sign_in(client, "county")
    review = client.get(f"/office{report}").text
    assert "更正与有效报告对照：1 项有改动" in review
    assert "增加 30.5 万元" in review


def test_an_authority_sees_its_line_and_opens_the_rows(client, filed):
    sign_in(client, "county")
    listed = client.get("/reports?year=2025").text
    assert "应报送 1，已报送 1（其中逾期 0），未报送 0" in listed
    page = client.get("/office/reports/rollup?year=2025")
    assert "按地理标志" in page.text
    rows = re.findall(r'href="(/reports\?[^"]*status=submitted[^"]*)"', page.text)
    assert len(rows) == 2
    for row in rows:
        assert "示例湖蟹业有限公司" in client.get(row.replace("&amp;", "&")).text
    assert "示例湖蟹业有限公司" not in client.get("/reports?year=2025&status=missing").text
    data = client.get("/office/reports/rollup?year=2025&format=json").json["items"]
    assert [(row["by"], row["due"], row["filed"], row["missing"]) for row in data] == [
        ("all", 1, 1, 0),
        ("region", 1, 1, 0),
        ("gi", 1, 1, 0),
    ]
    assert client.get("/office/reports/rollup?year=2025&format=csv").mimetype == "text/csv"


def test_strangers_find_nothing(client, tasks):
    sign_in(client, "neighbour")
    for path in (tasks, f"{tasks}/2", f"{tasks}/9"):
        assert client.get(path).status_code == 404
    assert post(client, f"{tasks}/4", {"version": "0", "sales": "1"}).status_code == 404
