"""A filed report read back, compared with what the registry says now, and the steps of reminding."""

from __future__ import annotations

import pytest

from gi_registry.kernel.words import say
from gi_registry.reports.rules.content import Declaration, filed_content
from gi_registry.reports.rules.draft import Content, Known, Stated, merge, parts
from gi_registry.reports.rules.figures import catalogue
from gi_registry.reports.rules.paper import compare, filed_rows
from gi_registry.reports.rules.window import due_step
from gi_registry.reports.schemas import draft_fields

FIGURES = catalogue(["item_code"], unit="g", purchases=False)
KNOWN = {"area": Known(12_000, say("%(count)s 个地块", count=2), "/plots")}


def filed(**stated: Stated):
    content = Content(merge(FIGURES, stated, KNOWN), {"remarks": "待办变更"})
    return filed_content(content, Declaration("示例人", 1, "2026-02-01T10:00:00+08:00"), identity={}, year=2025, window_version="v")


def test_a_filed_report_is_read_back_as_it_was_filed():
    back = filed_rows(filed(area=Stated(13_000, "新垦"), sales=Stated(5)), FIGURES)
    area = next(row for row in back.rows if row.figure.key == "area")
    assert (area.value, area.reason, area.changed) == (13_000, "新垦", True)
    assert str(area.known.source) == "2 个地块"
    assert back.value("sales") == 5
    assert back.value("output") is None
    assert back.texts == {"remarks": "待办变更"}


def test_a_figure_that_is_no_longer_asked_is_left_out():
    fewer = [figure for figure in FIGURES if figure.key != "sales"]
    assert filed_rows(filed(sales=Stated(5)), fewer).value("sales") is None


def test_filed_figures_stand_beside_what_the_registry_says_now():
    back = filed_rows(filed(sales=Stated(5)), FIGURES)
    compared = {row.figure.key: (now, differs) for row, now, differs in compare(back, {"area": Known(11_000, say("地块"))})}
    assert compared["area"][1] is True
    assert compared["sales"] == (None, False)
    assert "households" not in compared


def test_sections_come_in_the_order_of_the_form_and_empty_ones_are_not_worth_showing():
    shown = parts(filed_rows(filed(sales=Stated(5)), FIGURES))
    assert [part.section for part in shown] == ["2", "3", "4", "5", "6", "7"]
    assert [part.section for part in shown if part.worth_showing] == ["2", "3", "4", "7"]


def test_a_posted_form_is_values_and_reasons():
    fields = draft_fields({"csrf_token": "x", "version": "3", "area": "12", "area:reason": "新垦", "next": "check"})
    assert fields["version"] == "3"
    assert fields["reasons"] == {"area": "新垦"}
    assert fields["values"]["area"] == "12"


@pytest.mark.parametrize(("left", "step"), [(31, None), (30, 30), (29, 30), (15, 15), (5, 7), (2, 3), (1, 1), (0, 1)])
def test_the_nearest_step_that_has_come_is_due(left, step):
    assert due_step(left, [30, 15, 7, 3, 1]) == step
