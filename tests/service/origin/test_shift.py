"""A plot captured on a phone map lies hundreds of metres off: pointed out, converted once, by a person."""

from __future__ import annotations

from typing import Any

import numpy
import pytest
import shapely

from gi_registry.kernel.errors import Conflict, StaleVersion
from gi_registry.log.verification import verify
from gi_registry.origin import service
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shift import Datum, to_gcj02
from gi_registry.origin.rules.terms import Verdict
from gi_registry.origin.schemas import PlotFields
from gi_registry.origin.service.judging import judge_plots
from gi_registry.registry import queries as registry
from tests.builders.origin import make_area, make_plot, square
from tests.builders.registry import make_authorisation


@pytest.fixture
def story(work: Any) -> Any:
    """An area with its eastern bank at 5,000 m, a pond 200 m inside it."""
    authorisation = make_authorisation(work)
    make_area(work, registry.get_gi(work.session, authorisation.gi_id))
    return work, authorisation


POND = square(100, east_m=4_750)


def shifted(geometry: Any) -> Any:
    return shapely.transform(geometry, to_gcj02)


def verdict_of(work: Any, plot: Any) -> Any:
    return judge_plots(work.session, [plot], work.today)[plot.id]


def test_a_shifted_plot_is_pointed_out_and_converted_once(story: Any) -> None:
    work, authorisation = story
    plot = make_plot(work, authorisation, shifted(POND))
    assert verdict_of(work, plot).verdict is Verdict.OUTSIDE
    shown = service.plot_page(work, plot.id)
    assert shown.shift is not None
    assert shown.shift.moved_m == pytest.approx(469, abs=3)
    assert shown.shift.verdict.verdict is Verdict.INSIDE

    service.convert_plot(work, plot.id, version=plot.version)
    assert verdict_of(work, plot).verdict is Verdict.INSIDE
    corner, meant = shapely.get_coordinates(plot.geometry), shapely.get_coordinates(POND)
    assert numpy.abs(corner - meant).max() < 1e-7
    assert plot.earlier[-1]["geometry"]["coordinates"] != []
    assert service.plot_page(work, plot.id).shift is None
    with pytest.raises(Conflict, match="第二次"):
        service.convert_plot(work, plot.id)
    work.commit()
    assert verify(work.session).problems == ()


def test_nothing_moves_by_itself_and_a_stale_yes_moves_nothing(story: Any) -> None:
    work, authorisation = story
    plot = make_plot(work, authorisation, shifted(POND))
    before = plot.geometry.wkb
    service.plot_page(work, plot.id)
    with pytest.raises(StaleVersion):
        service.convert_plot(work, plot.id, version=plot.version + 7)
    assert plot.geometry.wkb == before


def test_a_plot_that_is_outside_either_way_is_not_pointed_at(story: Any) -> None:
    work, authorisation = story
    plot = make_plot(work, authorisation, square(100, east_m=9_000))
    assert service.plot_page(work, plot.id).shift is None


def test_a_plot_inside_is_not_pointed_at(story: Any) -> None:
    work, authorisation = story
    assert service.plot_page(work, make_plot(work, authorisation, POND).id).shift is None


def test_a_form_that_says_gcj02_is_converted_at_once_and_never_again(story: Any) -> None:
    work, authorisation = story
    text = "\n".join(f"{x:.8f},{y:.8f}" for x, y in shapely.get_coordinates(shifted(POND))[:-1])
    outline = service.read_outline(text, None, datum=Datum.GCJ02)
    plot = service.declare_plot(work, authorisation.id, fields=PlotFields(name="东塘"), outline=outline)
    assert verdict_of(work, plot).verdict is Verdict.INSIDE
    with pytest.raises(Conflict):
        service.convert_plot(work, plot.id)


def test_an_outline_typed_anew_may_be_converted_anew(story: Any) -> None:
    work, authorisation = story
    plot = make_plot(work, authorisation, shifted(POND))
    service.convert_plot(work, plot.id)
    service.edit_plot(work, plot.id, fields=PlotFields(name="东塘"), outline=Reading(shifted(square(90, east_m=4_700))))
    assert plot.converted_from == ""
    service.convert_plot(work, plot.id)
    assert verdict_of(work, plot).verdict is Verdict.INSIDE
