"""A code can be typed: the form leads to the trace page."""

from __future__ import annotations

import pytest


def test_the_form_is_there_without_a_code(client):
    page = client.get("/verify")
    assert page.status_code == 200
    assert 'name="code"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("1abc2-def34 56789 00000", "/T/1abc2def345678900000"),
        ("HTTPS://GI.EXAMPLE/T/1ABC2DEF345678900000?lang=en", "/T/1ABC2DEF345678900000"),
        ("//evil.example/", "/T/%2F%2Fevil.example%2F"),
        ("汉", "/T/%E6%B1%89"),
    ],
)
def test_what_is_typed_leads_to_the_page_of_the_code(client, typed, target):
    answer = client.get("/verify", query_string={"code": typed})
    assert answer.status_code == 303
    assert answer.headers["Location"] == target
