"""The producer orders, prints, receives and activates in a browser without JavaScript; an officer looks; a stranger finds nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gi_registry.config import read_settings
from gi_registry.log.keys import ensure_key
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.codes import SECRET_KEY, Season, make_season
from tests.builders.registry import make_organisation


@pytest.fixture
def season(open_work: Callable[..., Any]) -> Season:
    """A season whose user, county officer and neighbour can sign in."""
    with open_work() as work:
        ensure_key(work.session, read_settings({}, secret_key=SECRET_KEY), at=work.now)
        organisation = make_organisation(work)
        made = make_season(work, organisation=organisation)
        make_person(work, "producer_approver", organisation=organisation, login="farmer")
        make_person(work, "county_handler", division="999999", login="officer")
        make_person(work, "producer_approver", organisation=make_organisation(work), login="neighbour")
    return made


def order(client: Any, season: Season, count: object, key: str = "a") -> Any:
    fields = {"product_id": season.product.id, "year": 2025, "count": count, "idempotency_key": key}
    return post(client, f"/authorisations/{season.id}/codes", fields)


def test_from_order_to_activated_labels(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    text = client.get(f"/authorisations/{season.id}/codes?year=2025").text
    assert "还可申领" in text and "7\u2009200" in text
    answer = order(client, season, 300)
    assert answer.status_code == 303
    path = answer.headers["Location"]
    assert order(client, season, 300).headers["Location"] == path, "a double click is one order"
    assert client.get(f"{path}/labels.pdf").content_type == "application/pdf"
    assert client.get(f"{path}/codes.csv").text.count("\r\n") == 301
    assert f"{path}/codes.zip" in client.get(path).text
    assert "入库后才能激活" in client.get(f"{path}/activate").text
    assert post(client, f"{path}/print", {"printer": "示例印务"}).status_code == 303
    assert post(client, f"{path}/receive").status_code == 303
    assert season.batch.number in client.get(f"{path}/activate").text
    assert post(client, f"{path}/activate", {"batch_id": season.batch.id, "count": 120}).status_code == 303
    assert post(client, f"{path}/spoil", {"kind": "damaged", "first": 121, "last": 125, "reason": "受潮"}).status_code == 303
    text = client.get(path).text
    assert "1–120" in text and "121–125" in text and "受潮" in text and "示例印务" in text
    rows = json.loads(client.get(f"/authorisations/{season.id}/codes?year=2025&format=json").text)["items"]
    assert [(row["count"], row["activated"], row["left"]) for row in rows] == [(300, 120, 175)]


def test_labels_left_of_another_year_are_found_from_this_one(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    path = order(client, season, 30).headers["Location"]
    this_year = client.get(f"/authorisations/{season.id}/codes?year=2026").text
    assert "其他年度还有标签未用" in this_year and f'href="{path}"' in this_year and "2025 年度，剩 30 枚" in this_year
    assert "其他年度还有标签未用" not in client.get(f"/authorisations/{season.id}/codes?year=2025").text
    assert post(client, f"{path}/withdraw").status_code == 303
    assert "其他年度还有标签未用" not in client.get(f"/authorisations/{season.id}/codes?year=2026").text


def test_more_than_one_part_comes_as_one_file_too(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    path = order(client, season, 1_090).headers["Location"]
    shown = client.get(path).text
    assert "全部标签印张 PDF，1\u2009090 枚" in shown and f"{path}/labels.pdf?part=0" in shown
    whole = client.get(f"{path}/labels.pdf?part=0")
    assert (whole.status_code, whole.data[:5], whole.data[-6:]) == (200, b"%PDF-", b"%%EOF\n")
    assert whole.data.count(b"/Type/Page/") == 61
    assert client.get(f"{path}/labels.pdf?part=3").status_code == 422
    begun = client.get(f"{path}/labels.pdf?part=2&start=9&skip=10,12-18")
    assert begun.data.count(b"/Type/Page/") == 2
    refused = client.get(f"{path}/labels.pdf?part=2&start=19", headers={"Accept": "text/html"})
    assert (refused.status_code, "印张没有第 19 格" in refused.text) == (422, True)
    preview = client.get(f"{path}/labels.pdf?part=2&sheet=99.1x67.7&level=Q&preview=1")
    assert (preview.headers["Content-Disposition"][:7], preview.data.count(b"/Type/Page/")) == ("inline;", 1)
    assert client.get(f"{path}/labels.pdf?part=2&sheet=99.1x67.7").data.count(b"/Type/Page/") == 2
    for wish in ("sheet=9x9", "level=H", "sheet=99.1x67.7&start=9"):
        assert client.get(f"{path}/labels.pdf?{wish}").status_code == 422
    assert client.get("/codes/calibration.pdf").data.startswith(b"%PDF-")
    assert client.get("/codes/calibration.pdf?sheet=63.5x46.6").data.startswith(b"%PDF-")
    assert client.get("/codes/calibration.pdf?sheet=no").status_code == 422
    packet = client.get(f"{path}/symbols.zip?kind=png&part=2")
    assert (packet.status_code, packet.content_type, packet.data[:2]) == (200, "application/zip", b"PK")
    assert packet.headers["Content-Disposition"].endswith('-1081-1090-png.zip"')
    assert [client.get(f"{path}/symbols.zip?{wish}").status_code for wish in ("kind=gif", "part=9")] == [422, 422]
    sign_in(client, "neighbour")
    assert [client.get(f"{path}/{file}").status_code for file in ("labels.pdf?part=0", "codes.zip", "symbols.zip")] == [404] * 3


def test_too_many_shows_the_form_again_with_reason_and_remedy(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    answer = order(client, season, 7201)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text and 'value="7201"' in answer.text and "申领 2025 年度标识码" in answer.text
    answer = order(client, season, "many")
    assert answer.status_code == 422 and 'value="many"' in answer.text
    assert "还没有申领过" in client.get(f"/authorisations/{season.id}/codes?year=2025").text


def test_a_form_with_two_ways_to_name_labels_says_so(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    path = order(client, season, 10).headers["Location"]
    answer = post(client, f"{path}/spoil", {"kind": "void", "count": 1, "first": 2})
    assert answer.status_code == 422 and "请用一种方式" in answer.text


def test_a_stale_page_is_409_and_stores_nothing(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    path = order(client, season, 10).headers["Location"]
    post(client, f"{path}/print", {"version": 1})
    assert post(client, f"{path}/receive", {"version": 1}).status_code == 409
    assert "登记入库" in client.get(path).text


def test_officers_look_and_do_not_act_and_neighbours_find_nothing(client: Any, season: Season) -> None:
    sign_in(client, "farmer")
    path = order(client, season, 10).headers["Location"]
    post(client, "/sign-out")
    sign_in(client, "officer")
    shown = client.get(path)
    assert shown.status_code == 200 and "labels.pdf" not in shown.text and "登记印制" not in shown.text
    assert client.get(f"{path}/codes.csv").status_code == 403
    assert order(client, season, 1).status_code == 403
    post(client, "/sign-out")
    sign_in(client, "neighbour")
    for address in (path, f"{path}/activate", f"{path}/codes.csv", f"/authorisations/{season.id}/codes", "/allotments/999"):
        assert client.get(address).status_code == 404
    assert post(client, f"{path}/withdraw").status_code == 404


def test_an_officer_freezes_and_lifts_on_a_document(client: Any, season: Season, open_work: Callable[..., Any]) -> None:
    with open_work() as work:
        make_person(work, "county_approver", division="999999", login="approver")
    sign_in(client, "farmer")
    path = order(client, season, 10).headers["Location"]
    assert client.get(f"{path}/hold").status_code == 403
    post(client, "/sign-out")
    sign_in(client, "approver")
    assert client.get(f"{path}/hold").status_code == 200
    assert post(client, f"{path}/hold", {"kind": "frozen", "first": 1, "last": 4}).status_code == 422, "a freeze needs its basis"
    basis = "示例县市监检告〔2026〕3 号"
    assert post(client, f"{path}/hold", {"kind": "frozen", "first": 1, "last": 4, "basis": basis}).status_code == 303
    text = client.get(path).text
    assert "冻结" in text and basis in text
    interval = text.split('name="interval_id" value="', 1)[1].split('"', 1)[0]
    assert post(client, f"{path}/lift", {"interval_id": interval, "basis": "x"}).status_code == 422
    assert post(client, f"{path}/lift", {"interval_id": interval, "basis": "示例县市监检告〔2026〕9 号"}).status_code == 303
    assert "解除冻结 4 枚" in client.get(path).text


def test_the_key_set_publishes_public_keys_and_no_secret(client: Any, season: Season, app: Any, open_work: Callable[..., Any]) -> None:
    with open_work() as work:
        ensure_key(work.session, app.extensions["gi_settings"], at=work.now)
    sign_in(client, "farmer")
    order(client, season, 10)
    answer = client.get("/.well-known/jwks.json")
    body = json.loads(answer.text)
    assert answer.content_type == "application/jwk-set+json"
    assert [(key["kty"], key["crv"], len(key["x"])) for key in body["keys"]] == [("OKP", "Ed25519", 43)]
    assert [(key["kid"], key["status"]) for key in body["code_keys"]] == [("code-0", "current")]
    assert "k" not in body["code_keys"][0] and SECRET_KEY not in answer.text
