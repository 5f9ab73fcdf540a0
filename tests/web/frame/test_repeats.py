"""A request sent twice is done once; another request under the same key is told so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import func, select

from gi_registry.registry.models import Product
from tests.builders.accounts import make_person, sign_in, token
from tests.builders.registry import make_authorisation, make_organisation

PRODUCT = {"name": "示例蟹", "grade": "特级", "unit": "piece", "content_per_label": "1", "marking_mode": "item_code"}


@pytest.fixture
def path(client: Any, open_work: Any) -> str:
    with open_work() as work:
        organisation = make_organisation(work)
        authorisation = make_authorisation(work, organisation=organisation)
        make_person(work, "producer_operator", organisation=organisation, login="farmer")
    sign_in(client, "farmer")
    return f"/authorisations/{authorisation.id}/products/new"


def stored(open_work: Any) -> int:
    with open_work(writable=False) as work:
        return int(work.session.exec(select(func.count()).select_from(Product)).one())


def send(client: Any, path: str, key: str, **changed: str) -> Any:
    return client.post(path, data={**PRODUCT, **changed, "csrf_token": token(client, "/home"), "form_key": key})


def test_every_form_carries_a_key_of_its_own(client: Any, path: str) -> None:
    first, second = (client.get(path).text.split('name="form_key" value="')[1].split('"')[0] for _ in range(2))
    assert first and first != second


def test_a_double_click_is_one_product_and_one_answer(client: Any, path: str, open_work: Any) -> None:
    first, second = send(client, path, "k1"), send(client, path, "k1")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert stored(open_work) == 1


def test_a_form_changed_after_going_back_is_another_request(client: Any, path: str, open_work: Any) -> None:
    send(client, path, "k1")
    assert "Idempotency-Replayed" not in send(client, path, "k1", name="示例蟹（二）").headers
    assert stored(open_work) == 2


def test_a_refused_request_may_be_sent_again(client: Any, path: str, open_work: Any) -> None:
    assert send(client, path, "k1", content_per_label="0").status_code == 422
    assert send(client, path, "k1").status_code == 303
    assert stored(open_work) == 1


def test_the_key_of_another_person_is_another_key(client: Any, path: str, app: Any, open_work: Any) -> None:
    send(client, path, "k1")
    with open_work() as work:
        other = make_organisation(work)
        make_authorisation(work, organisation=other)
        make_person(work, "producer_operator", organisation=other, login="neighbour")
    stranger = app.test_client()
    sign_in(stranger, "neighbour")
    assert send(stranger, path, "k1").status_code == 404


def test_five_clicks_at_once_are_one_product(client: Any, path: str, app: Any, open_work: Any) -> None:
    form = {**PRODUCT, "csrf_token": token(client, "/home"), "form_key": "k1"}
    cookie = client.get_cookie("gi_session").value

    def click(_turn: int) -> int:
        other = app.test_client()
        other.set_cookie("gi_session", cookie)
        return int(other.post(path, data=form).status_code)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(click, range(5)))
    assert stored(open_work) == 1
    assert answers.count(303) >= 1
    assert set(answers) <= {303, 409}


def test_a_json_call_takes_an_idempotency_key_and_refuses_it_for_another_body(client: Any, path: str, open_work: Any) -> None:
    headers = {"X-CSRFToken": token(client, "/home"), "Idempotency-Key": "call-1", "Accept": "application/json"}
    first, second = (client.post(path, json=PRODUCT, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 303
    other = client.post(path, json={**PRODUCT, "name": "另一种"}, headers=headers)
    assert other.status_code == 422
    assert other.json["errors"][0]["field"] == "Idempotency-Key"
    assert stored(open_work) == 1
