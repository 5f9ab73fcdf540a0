"""The register extract: for the office and the user all that is on file, for everyone the public fields, for strangers nothing."""

from __future__ import annotations

from typing import Any

import pytest

from gi_registry.accounts.models import Organisation
from tests.builders.accounts import make_person, sign_in
from tests.builders.papers import squeezed, symbols_of, text_of
from tests.builders.registry import make_authorisation, make_organisation, make_product
from tests.unit.listings.test_wording import HAN


@pytest.fixture
def user(work: Any) -> Any:
    row = make_authorisation(work)
    organisation = work.session.get(Organisation, row.organisation_id)
    make_product(work, row)
    make_person(work, "producer_operator", login="user", organisation=organisation)
    make_person(work, "producer_operator", login="stranger", organisation=make_organisation(work))
    make_person(work, "county_handler", login="office", division=row.authority_division)
    work.commit()
    return {"id": row.id, "number": row.number, "name": organisation.name, "uscc": organisation.uscc, "address": organisation.address}


@pytest.mark.parametrize("login", ["user", "office"])
def test_the_user_and_its_office_read_all_that_is_on_file(client: Any, user: Any, login: str) -> None:
    sign_in(client, login)
    answer = client.get(f"/authorisations/{user['id']}/extract.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = text_of(answer.data)
    for part in (
        user["name"],
        user["uscc"],
        user["number"],
        user["address"],
        "登记信息查询单",
        "查询时间",
        "不是核准或者批准文件",
        "第1页，共",
    ):
        assert squeezed(part) in text, part
    assert [address.endswith(f"/registry/users/{user['uscc']}") for address in symbols_of(answer.data)] == [True]
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_not_there_for_a_stranger(client: Any, user: Any) -> None:
    assert client.get(f"/authorisations/{user['id']}/extract.pdf").status_code == 303
    sign_in(client, "stranger")
    assert client.get(f"/authorisations/{user['id']}/extract.pdf").status_code == 404


def test_everyone_reads_the_public_fields(client: Any, user: Any) -> None:
    answer = client.get(f"/registry/users/{user['uscc']}/extract.pdf")
    assert answer.status_code == 200
    text = text_of(answer.data)
    assert user["number"] in text
    assert "可以使用专用标志" in text
    assert squeezed(user["address"]) not in text
    assert "登记信息查询单" in client.get(f"/registry/users/{user['uscc']}").text


def test_a_natural_person_is_masked_for_everyone_and_not_for_itself(client: Any, work: Any, user: Any) -> None:
    organisation = work.session.get(Organisation, make_authorisation(work).organisation_id)
    organisation.name, organisation.natural_person = "示例张三", True
    work.record(organisation, "organisation:edit")
    make_person(work, "producer_operator", login="zhang", organisation=organisation)
    uscc = organisation.uscc
    work.commit()
    text = text_of(client.get(f"/registry/users/{uscc}/extract.pdf").data)
    assert "示***" in text
    assert "示例张三" not in text


def test_nobody_without_an_authorisation_in_use_has_one(client: Any, work: Any, user: Any) -> None:
    row = make_authorisation(work, state="deregistered")
    uscc = work.session.get(Organisation, row.organisation_id).uscc
    work.commit()
    assert client.get(f"/registry/users/{uscc}").status_code == 200
    assert client.get(f"/registry/users/{uscc}/extract.pdf").status_code == 404


def test_the_english_extract_is_complete(client: Any, work: Any, user: Any) -> None:
    text = text_of(client.get(f"/registry/users/{user['uscc']}/extract.pdf?lang=en").data)
    assert "Registerextract" in text
    assert "Itisnotanapprovaldocument" in text
    labels = text.split("http://")[0]
    assert "登记" not in labels and "有效期" not in labels and HAN.search(labels), "names stay Chinese, labels do not"
