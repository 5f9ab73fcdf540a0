"""A paper comes as a download, to those who may have it."""

from __future__ import annotations

import pytest

from gi_registry.documents import service
from tests.builders.accounts import make_person, sign_in
from tests.builders.registry import make_organisation

PDF = b"%PDF-1.7\nan invented test report\n%%EOF"


@pytest.fixture
def paper(open_work):
    with open_work() as work:
        owner, neighbour = make_organisation(work), make_organisation(work)
        make_person(work, "producer_operator", organisation=owner, login="owner")
        make_person(work, "producer_operator", organisation=neighbour, login="neighbour")
        document = service.store(work, name="检测报告.pdf", content=PDF, owner_org_id=owner.id, authority_division="999999")
        return document.id


def test_the_owner_downloads_it_and_the_browser_may_not_guess_or_keep_it(client, paper):
    sign_in(client, "owner")
    answer = client.get(f"/documents/{paper}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_for_a_neighbour_it_is_not_there(client, paper):
    sign_in(client, "neighbour")
    assert client.get(f"/documents/{paper}").status_code == 404
    assert client.get(f"/documents/{paper + 99}").status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, paper):
    assert client.get(f"/documents/{paper}").status_code == 303
