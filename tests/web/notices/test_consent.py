"""Consent to electronic service over HTTP: recorded by the county, seen by the party, and what it makes possible."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from gi_registry.accounts.queries import get_person
from gi_registry.listings.queries import get_case
from tests.builders.accounts import PASSWORD, make_person, post, sign_in
from tests.builders.divisions import make_division
from tests.builders.listings import PDF, make_stage, to_verifying

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def county(app: Any, open_work: Any) -> Any:
    """Return (stage at verification, client_of, address of the consent)."""
    with open_work(now=NOW) as work:
        stage = to_verifying(make_stage(work))
        make_division(work, "999998")
        stage.people["stranger"] = make_person(work, "county_handler", division="999998").id or 0
        stage.commit()
        logins = {name: get_person(work.session, number).login for name, number in stage.people.items()}
        address = f"/office/organisations/{stage.party.id}/consent"

    def client_of(name: str) -> Any:
        client = app.test_client()
        assert sign_in(client, logins[name], PASSWORD).status_code == 303
        return client

    return stage, client_of, address


def consent(client: Any, address: str, *, on: str = "2026-03-09", content: bytes = PDF) -> Any:
    data = {"confirmed_on": on, "document": (io.BytesIO(content), "电子送达确认书.pdf")}
    return post(client, address, data, content_type="multipart/form-data")


def case_of(stage: Any, open_work: Any) -> tuple[str, str, Any]:
    with open_work(writable=False) as work:
        case = get_case(work.session, stage.id)
        return case.state, str(case.version), case.window_ends_on


def test_from_the_consent_to_the_defence_window(county: Any, open_work: Any) -> None:
    stage, client_of, address = county
    handler, operator = client_of("handler"), client_of("operator")
    act = f"/office/cases/{stage.id}/acts/issue_notice"
    _state, version, _ends = case_of(stage, open_work)
    assert "未同意电子送达" in operator.get("/notices").text
    assert post(handler, act, {"version": version, "method": "electronic"}).status_code == 409
    assert address in handler.get(f"/office/authorisations/{stage.the_case.authorisation_id}").text
    assert "未登记" in handler.get(address).text
    assert consent(handler, address).status_code == 303
    shown = handler.get(address).text
    assert "已同意电子送达" in shown
    assert "2026" in shown
    paper = f"/documents/{shown.split('/documents/')[1].split(chr(34))[0]}"
    assert handler.get(paper).data == PDF
    inbox = operator.get("/notices").text
    assert "已同意电子送达" in inbox
    assert paper in inbox
    assert operator.get(paper).data == PDF, "the party reads its own confirmation"
    assert "已登记电子送达确认书，可以电子送达。" in handler.get(act).text
    assert post(handler, act, {"version": version, "method": "electronic"}).status_code == 303
    assert "确认收到（即为送达）" in operator.get("/notices").text
    assert case_of(stage, open_work)[0] == "notice_issued"
    assert post(operator, f"/cases/{stage.id}/receive").status_code == 303
    state, _version, ends = case_of(stage, open_work)
    assert state == "defence_open"
    assert ends is not None


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"on": "2026-03-11"}, "确认日期不能晚于今天。"),
        ({"content": b"name,count\na,1\n"}, "文件不是扫描件或者照片。"),
        ({"content": b""}, "文件是空的。"),
        ({"on": ""}, "field-confirmed_on"),
    ],
)
def test_what_is_no_signed_confirmation_is_refused(county: Any, sent: dict[str, Any], said: str) -> None:
    _stage, client_of, address = county
    handler = client_of("handler")
    answer = consent(handler, address, **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "未登记" in handler.get(address).text


def test_the_paper_itself_is_needed_and_only_once(county: Any) -> None:
    _stage, client_of, address = county
    handler = client_of("handler")
    missing = post(handler, address, {"confirmed_on": "2026-03-09"})
    assert missing.status_code == 422
    assert "没有上传文件。" in missing.text
    assert consent(handler, address).status_code == 303
    again = consent(handler, address)
    assert again.status_code == 422
    assert "已经登记" in again.text


def test_who_sees_it_and_who_records_it(county: Any) -> None:
    _stage, client_of, address = county
    assert client_of("approver").get(address).status_code == 200
    assert consent(client_of("approver"), address).status_code == 403
    assert client_of("owner").get(address).status_code == 403
    stranger = client_of("stranger")
    assert stranger.get(address).status_code == 404
    assert consent(stranger, address).status_code == 404
