"""The office reads which plots got another verdict, and how far the judging is; no producer does."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.origin import queries
from gi_registry.origin import service as origin
from gi_registry.origin.schemas import EndArea
from gi_registry.origin.service import rejudging
from tests.builders.accounts import make_person, sign_in
from tests.builders.origin import make_area, make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

CHANGE = date(2026, 5, 1)


@pytest.fixture
def change(open_work):
    """An area lost its east; of three plots the run has judged two."""
    with open_work() as work:
        gi = make_gi(work)
        old = make_area(work, gi)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        for number, east in enumerate((2_000, -2_000, 3_000)):
            make_plot(work, authorisation, square(100, east_m=east), number=f"DK-{number}")
        origin.end_area(work, old.id, EndArea(valid_to=CHANGE))
        make_area(work, gi, rectangle(-5_000, -5_000, 0, 5_000), valid_from=CHANGE)
        run = rejudging.start(work, gi_id=gi.id, zone="", since=CHANGE)
        rejudging.step(work, run.id, 2)
        make_person(work, "county_handler", login="qian", division="999999")
        owner = work.session.get(Organisation, authorisation.organisation_id)
        make_person(work, "producer_operator", login="chen", organisation=owner)
        return {"gi": gi.id, "run": run.id, "other": make_gi(work).id}


def test_the_office_sees_what_changed_and_how_far_it_is(client, change, open_work):
    sign_in(client, "qian")
    address = f"/office/gis/{change['gi']}/judgements"
    shown = client.get(address).text
    assert "已判 66%" in shown
    assert "DK-0" in shown and "DK-1" not in shown
    with open_work() as work:
        while rejudging.step_any(work):
            pass
        assert queries.get_run(work.session, change["run"]).percent == 100
    shown = client.get(address).text
    assert "已判完" in shown and "在产地范围内 → 在产地范围外：2" in shown
    rows = client.get(f"{address}?format=csv").text.splitlines()
    assert rows[0].lstrip("\ufeff").startswith("number,name,zone,authorisation,user,was_verdict")
    assert [row.split(",")[0] for row in rows[1:]] == ["DK-0", "DK-2"]
    assert client.get(f"{address}?run={change['run']}&format=json").json["items"][0]["verdict"] == "outside"


def test_a_gi_without_a_run_says_so_and_another_run_is_not_there(client, change):
    sign_in(client, "qian")
    assert "还没有重新判定" in client.get(f"/office/gis/{change['other']}/judgements").text
    assert client.get(f"/office/gis/{change['other']}/judgements?run={change['run']}").status_code == 404


def test_a_producer_does_not_read_it(client, change):
    sign_in(client, "chen")
    assert client.get(f"/office/gis/{change['gi']}/judgements").status_code == 403
