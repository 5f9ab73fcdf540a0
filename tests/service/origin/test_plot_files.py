"""A surveyor's file becomes plots: read, shown with what asks for a decision, stored once as decided."""

from __future__ import annotations

import pytest
import shapely

from gi_registry.accounts.models import Organisation
from gi_registry.kernel.errors import IllegalTransition, Invalid, NotFound, StaleVersion
from gi_registry.log.queries import history
from gi_registry.origin import queries, service
from gi_registry.origin.rules.plot_files import Chosen
from gi_registry.origin.rules.shift import to_gcj02
from gi_registry.origin.rules.terms import Verdict
from gi_registry.origin.schemas import FileChoices
from gi_registry.registry.models import Protection
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.origin import make_area, make_plot, rectangle, square
from tests.builders.plot_files import bow_tie, collection, shapefile
from tests.builders.registry import make_authorisation, make_gi, make_protection


@pytest.fixture
def place(work):
    """A GI with an area of ten kilometres, an authorisation, a neighbour's."""
    gi = make_gi(work)
    protection = make_protection(work, gi)
    make_area(work, gi)
    mine = make_authorisation(work, protection=protection)
    return gi, mine, make_authorisation(work, protection=work.session.get(Protection, protection.id))


def bring(work, place, content, name="测绘.geojson"):
    return service.bring_file(work, place[1].id, name=name, content=content)


def everything(shown, **decided):
    return Chosen(frozenset(row.position for row in shown.rows if row.possible), **decided)


def shifted(geometry):
    return shapely.transform(geometry, to_gcj02)


def test_a_surveyors_shapefile_in_metres_with_a_chinese_table_becomes_plots(work, place):
    content = shapefile(
        [({"DKMC": "东塘", "CBFMC": "示例农户甲"}, square(100)), ({"DKMC": "西塘", "CBFMC": "示例农户乙"}, square(80, east_m=500))]
    )
    file = bring(work, place, content, name="村.zip")
    shown = service.file_page(work, file.id)
    assert [(row.name, row.clean, row.verdict.verdict) for row in shown.rows] == [
        ("东塘", True, Verdict.INSIDE),
        ("西塘", True, Verdict.INSIDE),
    ]
    assert shown.rows[0].area_milli_mu == pytest.approx(15_000, rel=0.001)
    plots = service.store_file(work, file.id, everything(shown), version=file.version)
    assert [plot.name for plot in plots] == ["东塘", "西塘"]
    assert {plot.origin for plot in plots} == {"import"}
    assert queries.get_farmer(work.session, plots[0].farmer_id).name == "示例农户甲"
    assert (file.state, file.stored) == ("stored", [plot.id for plot in plots])


def test_a_file_without_its_system_waits_for_the_choice(work, place):
    content = shapefile([({"DKMC": "东塘"}, square(100))], prj=False)
    file = bring(work, place, content, name="村.zip")
    waiting = service.file_page(work, file.id)
    assert waiting.rows == ()
    assert "坐标系" in str(waiting.problem.fields[0].reason)
    service.choose_reading(work, file.id, waiting.choices.model_copy(update={"crs": "4528"}), version=file.version)
    [row] = service.file_page(work, file.id).rows
    assert (row.name, row.verdict.verdict) == ("东塘", Verdict.INSIDE)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"not a file", b'{"type": "FeatureCollection", "features": []}'])
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(work, place, content):
    with pytest.raises(Invalid):
        bring(work, place, content)
    assert queries.open_plot_files(work.session, place[1].id) == []


def test_a_crossing_outline_is_stored_only_with_its_repair_accepted(work, place):
    file = bring(work, place, collection(({"name": "东塘"}, bow_tie()), ({"name": "西塘"}, square(80, east_m=500))))
    shown = service.file_page(work, file.id)
    broken, fine = shown.rows
    assert broken.repair is not None
    assert broken.repair.moved_m2 > 1_000
    assert len(broken.pictures) == 2
    assert not broken.clean
    assert fine.clean
    with pytest.raises(Invalid, match="修补"):
        service.store_file(work, file.id, everything(shown))
    assert queries.list_plots(work.session, place[1].id) == []
    first, _second = service.store_file(work, file.id, everything(shown, repair=frozenset({1})))
    assert first.geometry.is_valid
    assert any("修补" in warning["template"] for warning in first.warnings)


def test_the_good_ones_are_taken_and_the_rest_is_told(work, place):
    file = bring(work, place, collection(({"name": "东塘"}, bow_tie()), ({"name": "西塘"}, square(80, east_m=500)), ({"name": "点"}, None)))
    shown = service.file_page(work, file.id)
    assert [row.possible for row in shown.rows] == [True, True, False]
    [plot] = service.store_file(work, file.id, everything(shown), partial=True)
    assert plot.name == "西塘"
    after = service.file_page(work, file.id)
    assert [(name, "修补" in str(reason) or "没有选择" in str(reason)) for name, reason in after.left] == [("点", True), ("东塘", True)]


def test_a_shifted_plot_is_converted_with_a_yes_and_only_once(work, place):
    edge = rectangle(-5_400, -50, -5_300, 50)
    file = bring(work, place, collection(({"name": "东塘"}, shifted(square(100, east_m=4_800))), ({"name": "外塘"}, edge)))
    shown = service.file_page(work, file.id)
    near = shown.rows[0]
    assert near.verdict.verdict is Verdict.OUTSIDE
    assert near.shift.moved_m == pytest.approx(468, abs=20)
    assert near.shift.verdict.verdict is not Verdict.OUTSIDE
    plot, _other = service.store_file(work, file.id, everything(shown, shift=frozenset({1})))
    assert plot.converted_from == "gcj02"
    assert plot.geometry.distance(square(100, east_m=4_800)) < 1e-7
    with pytest.raises(Exception, match="不再换算第二次"):
        service.convert_plot(work, plot.id)


def test_without_a_yes_nothing_is_shifted(work, place):
    drawn = shifted(square(100, east_m=4_800))
    file = bring(work, place, collection(({"name": "东塘"}, drawn)))
    [plot] = service.store_file(work, file.id, everything(service.file_page(work, file.id)))
    assert plot.converted_from == ""
    assert plot.geometry.equals_exact(drawn, 1e-9)


def test_a_whole_file_read_as_gcj_02_is_not_offered_the_conversion_again(work, place):
    file = bring(work, place, collection(({"name": "东塘"}, shifted(square(100))), ({"name": "外塘"}, square(100, east_m=30_000))))
    service.choose_reading(work, file.id, FileChoices(datum="gcj02"))
    shown = service.file_page(work, file.id)
    assert [row.shift for row in shown.rows] == [None, None]
    assert shown.rows[0].verdict.verdict is Verdict.INSIDE
    plots = service.store_file(work, file.id, everything(shown, shift=frozenset({1, 2})))
    assert [plot.converted_from for plot in plots] == ["gcj02", "gcj02"]
    assert plots[0].geometry.distance(square(100)) < 1e-7


def test_ones_own_ground_is_not_taken_twice_and_a_neighbours_is_only_counted(work, place):
    _gi, mine, other = place
    make_plot(work, mine, square(100), number="DK-MINE")
    make_plot(work, other, square(100, east_m=500), number="DK-SECRET", name="邻家的塘")
    file = bring(work, place, collection(({"name": "甲"}, square(100)), ({"name": "乙"}, square(100, east_m=500))))
    own, neighbours = service.file_page(work, file.id).rows
    assert not own.possible
    assert own.shared.own[0][0] == "DK-MINE"
    assert neighbours.possible
    assert (neighbours.shared.others, neighbours.shared.own) == (1, ())
    assert neighbours.shared.others_m2 == pytest.approx(10_000, rel=0.01)
    assert "DK-SECRET" not in repr(neighbours)


def test_two_plots_of_one_file_on_one_ground_point_at_each_other(work, place):
    file = bring(work, place, collection(({"name": "甲"}, square(100)), ({"name": "乙"}, square(100, east_m=20))))
    shown = service.file_page(work, file.id)
    assert [row.shared.within for row in shown.rows] == [(2,), (1,)]
    with pytest.raises(Invalid):
        service.store_file(work, file.id, everything(shown))
    assert queries.list_plots(work.session, place[1].id) == []
    [plot] = service.store_file(work, file.id, everything(shown), partial=True)
    assert plot.name == "甲"


def test_a_file_is_stored_once_and_a_stale_page_is_refused(work, place):
    file = bring(work, place, collection(({"name": "甲"}, square(100))))
    chosen = everything(service.file_page(work, file.id))
    seen = file.version
    service.choose_reading(work, file.id, FileChoices(crop="稻"), version=seen)
    with pytest.raises(StaleVersion):
        service.store_file(work, file.id, chosen, version=seen)
    [plot] = service.store_file(work, file.id, chosen, version=file.version)
    assert plot.crop == "稻"
    with pytest.raises(IllegalTransition):
        service.store_file(work, file.id, chosen)
    assert len(queries.list_plots(work.session, place[1].id)) == 1


def test_a_dropped_file_leaves_no_plots(work, place):
    file = bring(work, place, collection(({"name": "甲"}, square(100))))
    service.drop_file(work, file.id, version=file.version)
    with pytest.raises(IllegalTransition):
        service.store_file(work, file.id, Chosen(frozenset({1})))
    assert queries.list_plots(work.session, place[1].id) == []


def test_a_neighbour_does_not_see_the_file(work, place):
    file = bring(work, place, collection(({"name": "甲"}, square(100))))
    elsewhere = work.session.get(Organisation, place[2].organisation_id)
    neighbour = Work(work.session, make_actor(work, "producer_operator", organisation=elsewhere), work.now)
    for act in (service.file_page, service.drop_file):
        with pytest.raises(NotFound):
            act(neighbour, file.id)


def test_one_leaf_answers_for_all_plots_of_a_file(work, place):
    file = bring(work, place, collection(*(({"name": f"塘{n}"}, square(50, east_m=n * 200)) for n in range(5))))
    plots = service.store_file(work, file.id, everything(service.file_page(work, file.id)))
    work.commit()
    leaves = {event.leaf_index for plot in plots for event in history(work.session, "plot", plot.id)}
    assert len(leaves) == 1


def test_nothing_chosen_and_too_many_plots_are_refused(work, place):
    file = bring(work, place, collection(({"name": "甲"}, square(100))))
    with pytest.raises(Invalid, match="没有选择"):
        service.store_file(work, file.id, Chosen(frozenset()))
    with pytest.raises(Invalid, match="最多 1000 块"):
        bring(work, place, collection(*(({}, square(10)) for _n in range(1_001))))
