"""The procedure over HTTP: each page as the person who uses it, up to the public list."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from gi_registry.listings import service
from gi_registry.notices.rules import Method
from tests.builders.accounts import PASSWORD, make_person, post, sign_in
from tests.builders.divisions import make_division
from tests.builders.listings import PDF, Stage, make_stage, to_listed, to_notice, to_proposed, to_verifying, to_window
from tests.builders.papers import text_of

NOW = datetime(2025, 12, 10, 2, 0, tzinfo=UTC)
"""The stages lie three months in the past of the application's clock (10 March 2026)."""


def login_of(stage: Stage, name: str) -> str:
    from gi_registry.accounts.queries import get_person

    return get_person(stage.session, stage.people[name]).login


@pytest.fixture
def browser(app: Any, open_work: Any) -> Any:
    """Return a factory: ``browser(make)`` builds a stage, commits it and returns (stage, client_of)."""

    def build(make: Any, *, now: datetime = NOW, **options: Any) -> tuple[Stage, Any]:
        with open_work(now=now) as work:
            stage = make(make_stage(work, **options))
            stage.commit()
            logins = {name: login_of(stage, name) for name in stage.people}

        def client_of(name: str) -> Any:
            client = app.test_client()
            assert sign_in(client, logins[name], PASSWORD).status_code == 303
            return client

        return stage, client_of

    return build


def fresh(stage: Stage, open_work: Any) -> Any:
    from gi_registry.listings.queries import get_case

    with open_work(writable=False) as work:
        case = get_case(work.session, stage.id)
        return case.state, case.version


def test_the_finding_leads_to_a_case(browser: Any, open_work: Any) -> None:
    stage, client_of = browser(lambda stage: stage)
    client = client_of("handler")
    assert "QT-01" in client.get("/findings").text
    finding = f"/findings/{stage.finding.id}"
    text = client.get(finding).text
    assert "12 亩 × 500" in text
    assert "立案" in text
    answer = post(client, f"{finding}/case", {"version": "1"})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "受理线索" in page
    assert client.get("/office/cases").text.count("YC-202") == 1
    assert client.get("/findings?format=json&state=").json["items"][0]["state"] == "in_case"


def test_an_act_over_http(browser: Any, open_work: Any) -> None:
    stage, client_of = browser(to_verifying)
    client = client_of("handler")
    address = f"/office/cases/{stage.id}/acts/issue_notice"
    assert "送达方式" in client.get(address).text
    refused = post(client, address, {"version": str(stage.the_case.version), "method": "electronic"})
    assert refused.status_code == 409
    assert "电子送达确认书" in refused.text
    assert post(client, address, {"version": str(stage.the_case.version), "method": "personal"}).status_code == 303
    page = client.get(f"/office/cases/{stage.id}").text
    assert "登记送达" in page
    paper = page.split(f"/cases/{stage.id}/papers/")[1].split('"')[0].split("/")[0]
    shown = client.get(f"/cases/{stage.id}/papers/{paper}")
    assert shown.mimetype == "application/pdf"
    assert shown.headers["Content-Disposition"].encode("latin-1").startswith(b"inline; filename")
    assert "拟列入专用标志使用异常名录告知书" in text_of(shown.data)
    english = text_of(client.get(f"/cases/{stage.id}/papers/{paper}?language=en").data)
    assert "Noticeofintendedlisting" in english
    assert stage.party.name in english
    assert "打印送达回证" in page
    assert "language=en" not in page
    assert "language=en" in client.get(f"/office/cases/{stage.id}?lang=en").text
    form = client.get(f"/cases/{stage.id}/papers/{paper}/proof-form")
    assert form.mimetype == "application/pdf"
    assert "收件人签名或者盖章" in text_of(form.data)


def test_why_not_is_said(browser: Any) -> None:
    stage, client_of = browser(to_window, now=datetime(2026, 3, 6, 2, 0, tzinfo=UTC))
    text = client_of("handler").get(f"/office/cases/{stage.id}").text
    assert "尚未届满" in text
    assert "⊘" in text


def test_a_running_public_notice_is_not_service_yet(browser: Any) -> None:
    stage, client_of = browser(lambda stage: to_notice(stage, Method.PUBLIC_NOTICE), now=datetime(2026, 3, 6, 2, 0, tzinfo=UTC))
    text = client_of("handler").get(f"/office/cases/{stage.id}").text
    assert "送达尚未证明，不能进入陈述申辩期。" in text
    assert "期满视为送达" in text


def test_proving_service_needs_the_receipt(browser: Any, open_work: Any) -> None:
    stage, client_of = browser(to_notice)
    client, address = client_of("handler"), f"/office/cases/{stage.id}/acts/prove_service"
    version = str(stage.the_case.version)
    refused = post(client, address, {"version": version})
    assert refused.status_code == 422
    assert "没有上传送达回证" in refused.text
    data = {"version": version, "served_on": "2026-03-02", "receipt": (io.BytesIO(PDF), "回证.pdf")}
    assert post(client, address, data, content_type="multipart/form-data").status_code == 303
    assert fresh(stage, open_work)[0] == "defence_open"


def test_the_party_states_its_defence(browser: Any, open_work: Any) -> None:
    stage, client_of = browser(to_window)
    owner = client_of("owner")
    assert "告知与名录" in owner.get("/cases").text
    page = owner.get(f"/cases/{stage.id}").text
    assert "提交陈述申辩" in page
    assert "轮到您" in page
    empty = post(owner, f"/cases/{stage.id}/defence", {"version": str(stage.the_case.version), "points": ""})
    assert empty.status_code == 422
    done = post(owner, f"/cases/{stage.id}/defence", {"version": str(stage.the_case.version), "points": "第一点\n第二点"})
    assert done.status_code == 303
    handler = client_of("handler")
    form = handler.get(f"/office/cases/{stage.id}/acts/answer_defence").text
    assert 'name="answer_2"' in form
    _state, version = fresh(stage, open_work)
    address = f"/office/cases/{stage.id}/acts/answer_defence"
    missing = post(handler, address, {"version": str(version), "answer_1": "已核对。", "outcome_1": "rejected"})
    assert missing.status_code == 422
    assert "第 2 点没有答复" in missing.text
    whole = {"version": str(version), "answer_1": "已核对。", "outcome_1": "rejected", "answer_2": "同意。", "outcome_2": "accepted"}
    assert post(handler, address, whole).status_code == 303


def test_electronic_service_over_the_inbox(browser: Any, open_work: Any) -> None:
    stage, client_of = browser(lambda stage: to_notice(stage, Method.ELECTRONIC), consent=True)
    operator = client_of("operator")
    assert "确认收到（即为送达）" in operator.get("/notices").text
    assert fresh(stage, open_work)[0] == "notice_issued", "looking serves nothing"
    assert post(operator, f"/cases/{stage.id}/receive").status_code == 303
    assert fresh(stage, open_work)[0] == "defence_open"


def test_a_double_click_on_the_decision(browser: Any, open_work: Any) -> None:
    stage, client_of = browser(to_proposed)
    city, address = client_of("city"), f"/office/cases/{stage.id}/acts/decide_listing"
    data = {"version": str(stage.the_case.version), "note": "同意列入。"}
    first, second = post(city, address, data), post(city, address, data)
    assert (first.status_code, second.status_code) == (303, 409)
    assert fresh(stage, open_work)[0] == "listed"


def test_the_handler_is_refused_and_the_neighbour_finds_nothing(browser: Any, app: Any, open_work: Any) -> None:
    stage, client_of = browser(to_proposed)
    data = {"version": str(stage.the_case.version), "note": "同意列入。"}
    assert post(client_of("handler"), f"/office/cases/{stage.id}/acts/decide_listing", data).status_code == 403
    with open_work() as work:
        make_division(work, "999998")
        login = make_person(work, "county_approver", division="999998").login
    neighbour = app.test_client()
    sign_in(neighbour, login)
    assert post(neighbour, f"/office/cases/{stage.id}/acts/decide_listing", data).status_code == 404
    for address in (f"/office/cases/{stage.id}", f"/findings/{stage.finding.id}", f"/office/cases/{stage.id}/acts/propose"):
        assert neighbour.get(address).status_code == 404


def test_the_public_list(browser: Any, client: Any) -> None:
    stage, client_of = browser(to_listed)
    text = client.get("/abnormal-list").text
    assert stage.party.name in text
    listed = client.get("/abnormal-list?format=json").json["items"]
    assert [item["uscc"] for item in listed] == [stage.party.uscc]
    assert client.get("/abnormal-list?format=csv").text.splitlines()[0].startswith("\ufeffname,uscc,gi")
    page = client.get(f"/abnormal-list/{stage.id}").text
    assert "列入专用标志使用异常名录" in page
    assert "上限文件" not in page, "facts and defence are not public"
    assert client.get("/abnormal-list?q=没有这个名字").text.count("没有符合条件的记录") == 1
    party = client_of("operator").get(f"/cases/{stage.id}").text
    assert "提交整改材料" in party


def test_removed_is_no_longer_public(browser: Any, client: Any) -> None:
    def removed(stage: Stage) -> Stage:
        from tests.builders.listings import PROOF

        to_listed(stage)
        stage.act("operator", service.file_rectification, note="已改。", files=(PROOF,))
        stage.act("handler", service.verify_rectification, note="核对无误。")
        stage.act("city", service.remove, note="同意移出。")
        return stage

    stage, _client_of = browser(removed)
    assert client.get("/abnormal-list?format=json").json["items"] == []
    assert client.get(f"/abnormal-list/{stage.id}").status_code == 404


def test_public_notices_say_nothing_of_the_facts(browser: Any, client: Any) -> None:
    stage, _client_of = browser(lambda stage: to_notice(stage, Method.PUBLIC_NOTICE))
    text = client.get("/public-notices").text
    assert stage.party.name in text or "目前没有送达公告" in text
    assert "超过产能" not in text
    assert "QT-01" not in text
