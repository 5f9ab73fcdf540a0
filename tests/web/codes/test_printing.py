"""A print house and its customer over HTTP: each sees its own next step, the files come once, others get nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.codes.service.packets import RECEIPT
from gi_registry.config import read_settings
from gi_registry.log.keys import ensure_key
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.codes import make_allotment, make_season
from tests.builders.registry import make_organisation

COUNT = 40


@pytest.fixture
def path(open_work: Callable[..., Any]) -> str:
    """An allotment of a farmer, a print house with its person, and another print house."""
    with open_work() as work:
        ensure_key(work.session, read_settings({}, secret_key="only-for-tests-" + "0" * 32), at=work.now)
        season = make_season(work)
        farm = work.session.get(Organisation, season.organisation_id)
        make_person(work, "producer_operator", login="farmer", organisation=farm)
        make_person(work, "printer", login="press", organisation=make_organisation(work, kind="printer", name="示例印务"))
        make_person(work, "printer", login="rival", organisation=make_organisation(work, kind="printer", name="别家印务"))
        return f"/allotments/{make_allotment(work, season, count=COUNT, received=False).id}"


def commissioned(client: Any, path: str) -> str:
    """Ask the print house as the farmer and return the address of the job, signed in as the house."""
    sign_in(client, "farmer")
    page = client.get(path).text
    house = page.split(">示例印务</option>")[0].rsplit('value="', 1)[1].rstrip('"')
    assert post(client, f"{path}/commission", {"printer_id": house, "wishes": "<卷装>"}).status_code == 303
    assert "已委托 示例印务 印制" in client.get(path).text
    sign_in(client, "press")
    return str(client.get("/printing").text.split('href="/printing/')[1].split('"')[0])


def test_a_job_from_both_sides(client: Any, path: str) -> None:
    job = f"/printing/{commissioned(client, path)}"
    assert "&lt;卷装&gt;" in client.get(job).text
    files = post(client, f"{job}/files", {"kind": "svg", "level": "Q"})
    assert (files.status_code, files.mimetype, files.headers["Cache-Control"]) == (200, "application/zip", "no-store")
    packet = zipfile.ZipFile(io.BytesIO(files.data))
    assert len([name for name in packet.namelist() if name.endswith(".svg")]) == COUNT
    wrong = post(client, f"{job}/receipt", {"receipt": "AAAA"})
    assert (wrong.status_code, "回执码不对" in wrong.text, 'value="AAAA"' in wrong.text) == (422, True, True)
    assert post(client, f"{job}/receipt", {"receipt": packet.read(RECEIPT).decode()}).status_code == 303
    assert post(client, f"{job}/files", {"kind": "csv"}).status_code == 409
    many = post(client, f"{job}/printed", {"count": COUNT + 1})
    assert (many.status_code, "只有 40 枚" in many.text) == (422, True)
    assert post(client, f"{job}/printed", {"count": COUNT - 1}).status_code == 303
    assert post(client, f"{job}/shipped", {"shipping": "自提"}).status_code == 303
    assert "比交付的标识码少 1 枚" in client.get(job).text
    sign_in(client, "farmer")
    assert "印制单位发出 39 枚（自提）" in client.get(path).text
    assert post(client, f"{path}/receive", {}).status_code == 422
    assert post(client, f"{path}/receive", {"count": 39}).status_code == 303
    assert "点收比核发少 1 枚" in client.get(path).text


def test_a_second_click_gets_the_files_again_and_a_rival_nothing(client: Any, path: str) -> None:
    job = f"/printing/{commissioned(client, path)}"
    first, second = post(client, f"{job}/files", {"kind": "csv"}), post(client, f"{job}/files", {"kind": "csv"})
    receipts = [zipfile.ZipFile(io.BytesIO(answer.data)).read(RECEIPT) for answer in (first, second)]
    assert receipts[0] == receipts[1]
    assert "2" in client.get(job).text.split("下载次数")[1][:80]
    sign_in(client, "rival")
    assert "还没有印制委托" in client.get("/printing").text
    assert client.get(job).status_code == 404
    steps = {"files": {}, "receipt": {"receipt": receipts[0].decode()}, "decline": {"reason": "不做"}, "printed": {"count": 1}}
    assert [post(client, f"{job}/{step}", body).status_code for step, body in steps.items()] == [404] * 4
    assert client.get(path).status_code == 403
    sign_in(client, "farmer")
    assert client.get(f"{path}/codes.csv").status_code == 409
    assert client.get(job).status_code == 403


def test_a_form_opened_before_the_other_side_acted_is_refused(client: Any, path: str) -> None:
    job = f"/printing/{commissioned(client, path)}"
    sign_in(client, "farmer")
    assert post(client, f"{path}/commission/cancel", {"reason": "改主意了", "version": 1}).status_code == 303
    sign_in(client, "press")
    late = post(client, f"{job}/files", {"kind": "csv"})
    assert (late.status_code, "委托已结束" in client.get(job).text) == (409, True)
    assert post(client, f"{job}/decline", {"reason": "不做", "version": 1}).status_code == 409
