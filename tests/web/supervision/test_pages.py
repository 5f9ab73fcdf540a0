"""Pages of the office and of the user: the queue, the acts, the contact, "not ours" and the overview of scans."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.codes.models import CodeInterval
from gi_registry.registry.models import Authorisation
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.scans import make_labels
from tests.builders.supervision import make_doubt


@pytest.fixture
def labels(open_work: Any) -> Any:
    with open_work() as work:
        made = make_labels(work)
        authorisation = work.session.get(Authorisation, made.authorisation_id)
        organisation = work.session.get(Organisation, authorisation.organisation_id)
        _own(work, made, authorisation)
        make_person(work, "producer_operator", organisation=organisation, login="user")
        make_person(work, "county_handler", division="999999", login="handler")
        make_person(work, "auditor", login="auditor")
        return made


def _own(work: Any, made: Any, authorisation: Authorisation) -> None:
    from gi_registry.codes.models import Allotment, CodeRange

    run = work.session.get(CodeRange, made.range_id)
    allotment = work.session.get(Allotment, run.allotment_id)
    allotment.owner_org_id, allotment.authority_division = authorisation.owner_org_id, authorisation.authority_division


def test_the_officer_takes_a_lead_to_its_end(client: Any, labels: Any, open_work: Any) -> None:
    with open_work() as work:
        receipt = make_doubt(work, labels.code(1), contact="13800000000")
    sign_in(client, "handler")
    assert receipt.number in client.get("/leads").text
    assert receipt.number in client.get("/home").text
    assert "13800000000" not in client.get("/leads/1").text
    for act, fields in (
        ("assign", {}),
        ("accept", {}),
        ("no-case", {"reason": "标签与登记一致"}),
        ("feed-back", {"feedback": "已电话答复"}),
    ):
        assert post(client, f"/leads/1/{act}", fields).status_code == 303, act
    assert "13800000000" in post(client, "/leads/1/contact").text
    assert "示例handler 查看" in client.get("/leads/1").text
    assert post(client, "/leads/1/archive").status_code == 303
    assert "13800000000" not in client.get("/leads/1").text
    assert receipt.number not in client.get("/leads").text
    assert receipt.number in client.get("/leads?state=&format=csv").text


def test_a_reason_is_needed(client: Any, labels: Any, open_work: Any) -> None:
    with open_work() as work:
        make_doubt(work, labels.code(1))
    sign_in(client, "handler")
    post(client, "/leads/1/assign")
    assert post(client, "/leads/1/return", {"reason": ""}).status_code == 422
    assert post(client, "/leads/1/return", {"reason": "不在本地区管辖"}).status_code == 303


def test_an_auditor_reads_and_does_not_act(client: Any, labels: Any, open_work: Any) -> None:
    with open_work() as work:
        make_doubt(work, labels.code(1), contact="13800000000")
    sign_in(client, "auditor")
    assert client.get("/leads/1").status_code == 200
    assert post(client, "/leads/1/assign").status_code == 403
    assert post(client, "/leads/1/contact").status_code == 403


def test_not_ours_in_one_act_and_the_public_page_says_whose_word_it_is(client: Any, labels: Any, open_work: Any) -> None:
    sign_in(client, "user")
    code = labels.code(3)
    assert client.get(f"/codes/not-ours?code={code}").status_code == 200
    done = post(client, "/codes/not-ours", {"from_code": code, "text": "标签被复制"})
    assert done.status_code == 303
    shown = client.get(f"/T/{code}").text
    assert "使用人于2026年3月10日声明" in shown
    assert "暂停使用" in shown
    assert "标签被复制" not in shown
    mine = client.get("/codes/not-ours").text
    assert "声〔2026〕000001" in mine
    assert post(client, "/codes/not-ours/1/withdraw", {"reason": "标签已找到"}).status_code == 303
    assert "再次查询" in client.get(f"/T/{code}").text or "首次查询" in client.get(f"/T/{code}").text
    with open_work(writable=False) as work:
        assert [row.lifted_at is None for row in work.session.exec(select(CodeInterval).where(CodeInterval.status == "frozen"))] == [False]


def test_the_overview_counts_and_exports(client: Any, labels: Any) -> None:
    for _ in range(2):
        client.get(f"/T/{labels.code(1)}", headers={"User-Agent": "phone"})
    sign_in(client, "user")
    page = client.get("/codes/scans")
    assert page.status_code == 200
    assert "2026-" in page.text
    rows = client.get("/codes/scans?format=json").json["items"]
    assert all(set(row) == {"day", "checks", "first_checks", "repeats", "not_counted"} for row in rows)
    assert client.get("/codes/scans?format=csv").mimetype == "text/csv"
    assert client.get("/codes/scans?since=nonsense&product=x").status_code == 200


def test_officers_do_not_state_for_users(client: Any, labels: Any) -> None:
    sign_in(client, "handler")
    assert client.get("/codes/not-ours").status_code == 403
    assert post(client, "/codes/not-ours", {"from_code": labels.code(1)}).status_code == 403
