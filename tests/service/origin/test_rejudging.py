"""Plots are judged again when an area changes: every one once, whatever interrupts, with what changed by name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlmodel import select

from gi_registry.kernel.errors import NotFound
from gi_registry.origin import queries
from gi_registry.origin import service as origin
from gi_registry.origin.models import JudgingChange, PlotJudgement
from gi_registry.origin.rules.verdict import judge_plot
from gi_registry.origin.schemas import EndArea
from gi_registry.origin.service import rejudging
from tests.builders.origin import make_area, make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

CHANGE = date(2026, 5, 1)


@pytest.fixture
def lake(work):
    """A GI with one area, and an authorisation for it."""
    gi = make_gi(work)
    make_area(work, gi)
    return gi, make_authorisation(work, protection=make_protection(work, gi))


def _shrink(work, gi, geometry=None):
    """The area of the GI loses its east from CHANGE on."""
    (old,) = queries.list_areas(work.session, gi.id)
    origin.end_area(work, old.id, EndArea(valid_to=CHANGE))
    return make_area(work, gi, geometry or rectangle(-5_000, -5_000, 0, 5_000), valid_from=CHANGE)


def _finish(work, run, limit=2):
    steps = 0
    while rejudging.step(work, run.id, limit):
        steps += 1
    return steps


def _changes(work, run, gi):
    return work.session.exec(queries.changes_of(run.id, gi.id)).all()


def _judgements(work):
    return {(row.plot_id, row.area_version_id): row for row in work.session.exec(select(PlotJudgement)).all()}


def test_a_smaller_area_leaves_some_plots_outside_and_says_which(work, lake):
    gi, authorisation = lake
    west, east = make_plot(work, authorisation, square(100, east_m=-2_000)), make_plot(work, authorisation, square(100, east_m=2_000))
    new = _shrink(work, gi)
    run = rejudging.start(work, gi_id=gi.id, zone="", since=CHANGE)
    assert (run.total, run.percent, run.judged_for) == (2, 0, CHANGE)
    assert _finish(work, run) == 1
    run = queries.get_run(work.session, run.id)
    assert (run.done, run.changed, run.percent) == (2, 1, 100)
    ((change, plot, _user),) = _changes(work, run, gi)
    assert (plot.id, change.was_verdict, change.verdict) == (east.id, "inside", "outside")
    assert queries.movements_of(work.session, run.id, gi.id) == {("inside", "outside"): 1}
    kept = _judgements(work)
    assert kept[west.id, new.id].verdict == "inside"
    assert kept[east.id, new.id].distance_m == pytest.approx(2_050, abs=1)


def test_what_is_kept_is_what_judge_plot_says(work, lake):
    gi, authorisation = lake
    plots = [make_plot(work, authorisation, square(100, east_m=4_700 + 37 * step), accuracy_m=10 * step) for step in range(15)]
    run = rejudging.start(work, gi_id=gi.id, zone=None, since=None)
    _finish(work, run, limit=4)
    versions = queries.versions_of(work.session, gi.id, "")
    for plot in plots:
        said = judge_plot(plot.geometry, versions, on=work.today, accuracy_m=plot.accuracy_m)
        kept = _judgements(work)[plot.id, versions[0].id]
        assert (kept.verdict, kept.reason, kept.tolerance_m, kept.share_inside) == (
            said.verdict, said.reason, said.tolerance_m, said.share_inside,
        )  # fmt: skip
        assert kept.distance_m == pytest.approx(said.distance_m, abs=1)


def test_an_ended_area_leaves_its_plots_uncertain(work, lake):
    gi, authorisation = lake
    make_plot(work, authorisation)
    (old,) = queries.list_areas(work.session, gi.id)
    origin.end_area(work, old.id, EndArea(valid_to=CHANGE))
    run = rejudging.start(work, gi_id=gi.id, zone="", since=CHANGE)
    _finish(work, run)
    ((change, _plot, _user),) = _changes(work, run, gi)
    assert (change.was_verdict, change.verdict, change.reason) == ("inside", "uncertain", "no-version")
    assert _judgements(work) == {}


def test_the_first_version_of_a_zone_is_compared_with_the_whole_area(work, lake):
    gi, authorisation = lake
    inside = make_plot(work, authorisation, square(100, east_m=2_000), zone="甲")
    other = make_plot(work, authorisation, square(100, east_m=2_000), zone="乙")
    make_area(work, gi, rectangle(-5_000, -5_000, 0, 5_000), zone="甲", valid_from=CHANGE)
    run = rejudging.start(work, gi_id=gi.id, zone="甲", since=CHANGE)
    _finish(work, run)
    assert [(plot.id, change.was_verdict, change.verdict) for change, plot, _user in _changes(work, run, gi)] == [
        (inside.id, "inside", "outside")
    ]
    whole = rejudging.start(work, gi_id=gi.id, zone="", since=date(2010, 1, 1))
    assert whole.total == 1, "the zone with versions of its own is not touched by the whole area"
    _finish(work, whole)
    assert {plot for plot, _area in _judgements(work)} == {inside.id, other.id}


def test_a_plot_given_up_before_the_change_is_not_touched(work, lake):
    gi, authorisation = lake
    make_plot(work, authorisation, valid_to=CHANGE)
    make_plot(work, authorisation, valid_to=CHANGE + timedelta(days=1))
    assert rejudging.start(work, gi_id=gi.id, zone="", since=CHANGE).total == 1


def test_a_second_pass_changes_only_what_is_different_now(work, lake):
    gi, authorisation = lake
    plot = make_plot(work, authorisation)
    first = rejudging.start(work, gi_id=gi.id, zone=None, since=None)
    _finish(work, first)
    again = rejudging.start(work, gi_id=gi.id, zone=None, since=None)
    _finish(work, again)
    assert queries.get_run(work.session, again.id).changed == 0
    plot.geometry = square(100, east_m=9_000)
    work.session.add(plot)
    third = rejudging.start(work, gi_id=None, zone=None, since=None)
    _finish(work, third)
    assert queries.movements_of(work.session, third.id, gi.id) == {("inside", "outside"): 1}


def test_a_run_without_plots_is_finished_at_once_and_one_without_a_gi_refused(work, lake):
    assert rejudging.start(work, gi_id=lake[0].id, zone="", since=CHANGE).percent == 100
    with pytest.raises(NotFound):
        rejudging.start(work, gi_id=987_654, zone="", since=CHANGE)
    with pytest.raises(NotFound):
        rejudging.step(work, 987_654)


def test_interrupted_slices_are_done_once(open_work):
    """A slice that is not committed leaves no trace, the next process goes on where the cursor stands."""
    with open_work() as work:
        gi = make_gi(work)
        make_area(work, gi)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        for number in range(7):
            make_plot(work, authorisation, square(100, east_m=number * 900))
        _shrink(work, gi)
        run = rejudging.start(work, gi_id=gi.id, zone="", since=CHANGE)
        run_id = run.id
    with open_work() as work:
        assert rejudging.step(work, run_id, 3) == 3
    with pytest.raises(RuntimeError), open_work() as work:
        rejudging.step(work, run_id, 3)
        raise RuntimeError("killed")
    with open_work(writable=False) as work:
        assert queries.get_run(work.session, run_id).done == 3
        assert len(_judgements(work)) == 3
    with open_work() as work:
        assert _finish(work, queries.get_run(work.session, run_id), 3) == 2
    with open_work(writable=False) as work:
        run = queries.get_run(work.session, run_id)
        assert (run.done, run.changed, run.percent) == (7, 6, 100)
        assert len(work.session.exec(select(JudgingChange)).all()) == 6
        assert len(_judgements(work)) == 7


def test_a_pool_works_a_run_off_beside_the_scheduler(open_work, monkeypatch):
    """Large slices read ahead notice that someone else moved the cursor, and read anew: no plot twice, none left out."""
    monkeypatch.setattr(rejudging, "LARGE_SLICE", 2)
    with open_work() as work:
        gi = make_gi(work)
        make_area(work, gi)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        for number in range(9):
            make_plot(work, authorisation, square(100, east_m=number * 700))
        run_id = rejudging.start(work, gi_id=None, zone=None, since=None).id
    told = []

    def watch(done):
        told.append(done)
        if len(told) == 1:
            with open_work() as work:
                assert rejudging.step_any(work) == 3

    monkeypatch.setattr(rejudging.step, "__defaults__", (3,))
    with ThreadPoolExecutor(2) as pool:
        rejudging.work_off(lambda: open_work(writable=False), open_work, run_id, pool=pool, ahead=2, watch=watch)
    with open_work(writable=False) as work:
        run = queries.get_run(work.session, run_id)
        assert (run.done, run.percent) == (9, 100)
        assert len(_judgements(work)) == 9
    assert sum(told) == 6
    with open_work() as work:
        assert rejudging.step_any(work) == 0


def test_a_run_that_cannot_go_on_holds_up_no_other_and_is_told(open_work, monkeypatch, caplog):
    """The oldest run stops at a plot; the one behind it is finished; only then the job says what stopped the first."""
    with open_work() as work:
        broken, sound = make_gi(work), make_gi(work)
        for gi in (broken, sound):
            make_area(work, gi)
            authorisation = make_authorisation(work, protection=make_protection(work, gi))
            for number in range(3):
                make_plot(work, authorisation, square(100, east_m=number * 700))
        first = rejudging.start(work, gi_id=broken.id, zone=None, since=None).id
        second = rejudging.start(work, gi_id=sound.id, zone=None, since=None).id
    judge, asked = rejudging.judge_groups, []
    monkeypatch.setattr(rejudging.step, "__defaults__", (2,))

    def judge_every_second(groups):
        asked.append(groups)
        return _never(groups) if len(asked) % 2 else judge(groups)

    monkeypatch.setattr(rejudging, "judge_groups", judge_every_second)
    done = []
    for _ in range(2):
        with open_work() as work:
            done.append(rejudging.step_any(work))
    assert done == [2, 1]
    assert f"judging run {first} cannot go on" in caplog.text
    with open_work(writable=False) as work:
        assert [(queries.get_run(work.session, run).done, queries.get_run(work.session, run).percent) for run in (first, second)] == [
            (0, 0),
            (3, 100),
        ]
    monkeypatch.setattr(rejudging, "judge_groups", _never)
    with pytest.raises(ArithmeticError), open_work() as work:
        rejudging.step_any(work)
    monkeypatch.setattr(rejudging, "judge_groups", judge)
    with open_work() as work:
        assert rejudging.step_any(work) == 2, "it goes on where it stood"


def _never(_groups):
    raise ArithmeticError("示例：这块地判不下去")
