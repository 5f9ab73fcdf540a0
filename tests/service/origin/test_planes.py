"""A verdict uses what its thread knows of an outline, and never that of another outline."""

from __future__ import annotations

from datetime import date

from gi_registry.origin import service as origin
from gi_registry.origin.schemas import EndArea
from gi_registry.origin.service import judging
from tests.builders.origin import make_area, make_plot, rectangle
from tests.builders.registry import make_authorisation, make_gi, make_protection

DAY = date(2025, 9, 25)


def test_planes_are_kept_between_requests_and_by_the_outline_alone(work, monkeypatch):
    monkeypatch.setattr(judging, "_planes", judging._Planes())
    gi = make_gi(work)
    area = make_area(work, gi)
    plot = make_plot(work, make_authorisation(work, protection=make_protection(work, gi)))
    first = origin.judge_plots(work.session, [plot], DAY)[plot.id]
    assert len(judging._planes.kept) == 1
    assert origin.judge_plots(work.session, [plot], DAY)[plot.id] == first
    assert len(judging._planes.kept) == 1
    origin.end_area(work, area.id, EndArea(valid_to=date(2025, 1, 1)))
    make_area(work, gi, rectangle(500, -5_000, 5_000, 5_000), valid_from=date(2025, 1, 1))
    assert origin.judge_plots(work.session, [plot], DAY)[plot.id].verdict == "outside"
    assert origin.judge_plots(work.session, [plot], date(2024, 6, 1))[plot.id].verdict == "inside"
    assert origin.judge_plots(work.session, [plot], date(2009, 6, 1))[plot.id].reason == "no-version"


def test_what_is_kept_has_an_end(work, monkeypatch):
    monkeypatch.setattr(judging, "MOST_OUTLINES", 3)
    planes = judging._Planes()
    for east in range(1, 9):
        planes.of(rectangle(0, 0, east * 100, 100))
    assert len(planes.kept) == 3
    known = planes.of(rectangle(0, 0, 800, 100))
    known.update({(float(number), 0.0): rectangle(0, 0, 1, 1) for number in range(judging.MOST_PLANES + 1)})
    assert planes.of(rectangle(0, 0, 800, 100)) == {}
