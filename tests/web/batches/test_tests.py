"""An institution enters a report by the batch number it was told; a user enters one with its scan; officers keep the list."""

from __future__ import annotations

import io

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.batches.models import Batch
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.batches import make_batch
from tests.builders.processes import do, made
from tests.builders.quality import SCAN, make_institution, make_test
from tests.builders.registry import make_authorisation, make_organisation, make_product

REPORT = {
    "number": "JC-2025-9",
    "issued_on": "2025-09-28",
    "sampled_on": "2025-09-26",
    "standard_no": "GB/T 19957-2005",
    "result": "pass",
    "items": "感官",
}


@pytest.fixture
def farm(open_work):
    """A user with people, an institution with its tester, a county approver and a province officer."""
    with open_work() as work:
        user = make_authorisation(work)
        batch = make_batch(work, user, product=make_product(work, user), number="PC-TEST-1")
        institution = make_institution(work)
        lab = work.session.get(Organisation, institution.organisation_id)
        new_lab = make_organisation(work, kind="institution", name="示例新检测站")
        firm = work.session.get(Organisation, user.organisation_id)
        make_person(work, "producer_operator", "producer_approver", login="chen", organisation=firm)
        make_person(work, "testing_institution", login="jian", organisation=lab)
        make_person(work, "county_approver", login="qian", division="999999")
        make_person(work, "province_officer", login="zhao", division="99")
        return {"batch": batch.id, "institution": institution.id, "lab": lab.name, "user": user.raw_name, "new_lab": new_lab.uscc}


def test_an_institution_finds_the_batch_and_enters_its_report(client, farm):
    sign_in(client, "jian")
    assert "检测报告" in client.get("/home").text
    assert "还没有录入报告" in client.get("/tests").text
    assert "没有这个批次号" in client.get("/tests/new?batch=PC-NOBODY").text
    form = client.get("/tests/new?batch=PC-TEST-1").text
    assert farm["user"] in form
    assert client.get(f"/batches/{farm['batch']}").status_code == 403
    refused = post(client, "/tests/new", REPORT | {"batches": "PC-TEST-1", "issued_on": "2027-01-01"})
    assert refused.status_code == 422
    assert "签发日期还没有到" in refused.text
    assert farm["user"] in refused.text
    answer = post(client, "/tests/new", REPORT | {"batches": "PC-TEST-1"})
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"]).text
    assert "由检测机构录入" in shown
    assert f"/batches/{farm['batch']}" not in shown
    assert "JC-2025-9" in client.get("/tests").text


def test_an_institution_gets_its_own_scan_back_and_no_other_does(client, farm, open_work):
    with open_work() as work:
        make_person(
            work, "testing_institution", login="bie", organisation=work.session.get(Organisation, make_institution(work).organisation_id)
        )
    sign_in(client, "jian")
    answer = post(client, "/tests/new", REPORT | {"batches": "PC-TEST-1", "document": (io.BytesIO(SCAN.content), SCAN.name)})
    test = answer.headers["Location"]
    assert f'href="{test}/scan"' in client.get(test).text
    scan = client.get(f"{test}/scan")
    assert (scan.status_code, scan.data, scan.headers["Content-Disposition"][:10]) == (200, SCAN.content, "attachment")
    bare = post(client, "/tests/new", REPORT | {"batches": "PC-TEST-1", "number": "JC-2025-10"}).headers["Location"]
    assert client.get(f"{bare}/scan").status_code == 404
    for login, status in (("bie", 404), ("chen", 200), ("qian", 200)):
        sign_in(client, login)
        assert client.get(f"{test}/scan").status_code == status, login


def test_a_part_of_a_tested_harvest_shows_its_report_and_its_sisters_it_does_not(client, farm, open_work):
    with open_work() as work:
        harvest = work.session.get(Batch, farm["batch"])
        part, sister = (batch.id for batch in made(work, do(work, "split", [(harvest, "40")], {"quantity": "30"}, {"quantity": "10"})))
        make_test(work, harvest, number="JC-SOURCE")
        make_test(work, work.session.get(Batch, sister), number="JC-SISTER")
    sign_in(client, "chen")
    shown = client.get(f"/batches/{part}").text
    assert ("JC-SOURCE" in shown, "JC-SISTER" in shown, "所用原料批次的报告" in shown) == (True, False, True)
    assert "所用原料批次的报告" not in client.get(f"/batches/{farm['batch']}").text


def test_a_user_enters_a_report_with_its_scan_and_takes_it_back(client, farm):
    sign_in(client, "chen")
    path = f"/batches/{farm['batch']}/tests/new"
    assert farm["lab"] in client.get(path).text
    data = REPORT | {"batches": "PC-TEST-1", "institution_id": "", "institution": "外省检测站"}
    refused = post(client, path, data)
    assert (refused.status_code, "没有上传文件" in refused.text) == (422, True)
    answer = post(client, path, data | {"document": (io.BytesIO(SCAN.content), SCAN.name)})
    assert answer.status_code == 303
    batch = client.get(answer.headers["Location"]).text
    assert "外省检测站" in batch
    assert "由用标人录入" in batch
    assert "有提示" in batch
    test = next(part.split('"')[0] for part in batch.split('href="') if part.startswith("/tests/"))
    page = client.get(test).text
    assert "资质未经核对" in page
    assert "report.pdf" in page
    assert post(client, f"{test}/withdraw", {"version": "1", "reason": "录错批次"}).status_code == 303
    assert "已撤回" in client.get(test).text


def test_the_province_keeps_the_list_and_the_county_reads_it(client, farm):
    sign_in(client, "qian")
    page = client.get("/office/institutions").text
    assert farm["lab"] in page
    assert "登记检测机构" not in page
    assert post(client, "/office/institutions", {"uscc": farm["new_lab"]}).status_code == 403


def test_the_province_registers_and_corrects_an_institution(client, farm):
    sign_in(client, "zhao")
    fields = {"uscc": farm["new_lab"], "cnas_number": "L0001", "valid_from": "2025-01-01", "scope": "水分\n灰分"}
    refused = post(client, "/office/institutions", fields | {"cnas_number": ""})
    assert (refused.status_code, "没有填写 CMA 或者 CNAS 编号" in refused.text) == (422, True)
    assert post(client, "/office/institutions", fields).status_code == 303
    page = client.get("/office/institutions").text
    assert "水分、灰分" in page
    edit = f"/office/institutions/{farm['institution']}"
    assert "250099990001" in client.get(edit).text
    answer = post(client, edit, {"version": "1", "cma_number": "250099990002", "valid_from": "2020-01-01", "scope": "水分"})
    assert answer.status_code == 303
    assert "250099990002" in client.get("/office/institutions").text
    stale = post(client, edit, {"version": "1", "cma_number": "3", "valid_from": "2020-01-01"})
    assert stale.status_code == 409
