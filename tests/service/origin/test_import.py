"""Real areas come in as files, and ground is judged by the day of its harvest."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from shapely.geometry import shape
from sqlalchemy import text

from gi_registry.assets import asset_dir
from gi_registry.bulk import service as bulk
from gi_registry.bulk.service import Options
from gi_registry.kernel.errors import Conflict
from gi_registry.origin import queries, service
from gi_registry.origin.bulk import KINDS
from gi_registry.origin.rules.terms import Reason, Verdict
from gi_registry.registry import queries as registry
from gi_registry.registry.bulk import KINDS as REGISTRY_KINDS
from tests.builders.origin import make_area, make_plot, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

AVA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "ava"
needs_data = pytest.mark.skipif(not AVA.exists(), reason=f"the shared data are not at {AVA}")
KIND = {kind.name: kind for kind in (*KINDS, *REGISTRY_KINDS)}


def load(work, kind, content, *, mapping="", name="x.geojson"):
    found = bulk.read_mapping(mapping, KIND[kind], directory=asset_dir("geodata") / "mappings") if mapping else None
    return bulk.load_file(work, KIND[kind], content, name=name, options=Options(mapping=found))


def ava(work, name):
    content = (AVA / name).read_bytes()
    for kind in ("gis", "areas"):
        result = load(work, kind, content, mapping="ava")
        assert result.errors == ()
        assert result.kept
    return result


@needs_data
@pytest.mark.slow
def test_269_real_areas_come_in_and_come_back_unchanged(work):
    result = ava(work, "ava_current_simplified_50m.geojson")
    assert result.stored == 269
    napa = registry.find_gi(work.session, "AVA Napa Valley")
    [area] = queries.list_areas(work.session, napa.id)
    assert area.area_m2 == pytest.approx(2.0e9, rel=0.3)
    again = load(work, "areas", bulk.dump_file(work.session, KIND["areas"], name="areas.geojson"))
    assert (again.stored, again.unchanged, again.errors) == (0, 269, ())


def russian_river(work):
    ava(work, "raw_sample/russian_river_valley.geojson")
    features = json.loads((AVA / "raw_sample" / "russian_river_valley.geojson").read_text())["features"]
    by_start = {feature["properties"]["valid_start"]: shape(feature["geometry"]) for feature in features}
    grown = max(by_start["2011-12-16"].difference(by_start["2005-10-11"]).geoms, key=lambda part: part.area)
    middle = grown.representative_point()
    return registry.find_gi(work.session, "AVA Russian River Valley"), middle.buffer(0.0005)


@needs_data
def test_the_day_of_harvest_decides_in_the_russian_river_valley(work):
    gi, plot = russian_river(work)

    def on(*day):
        return service.judge(work.session, gi.id, geometry=plot, on=date(*day))

    assert on(2010, 9, 1).verdict is Verdict.OUTSIDE
    assert on(2010, 9, 1).distance_m > on(2010, 9, 1).tolerance_m
    assert on(2011, 12, 15).verdict is Verdict.OUTSIDE
    assert on(2011, 12, 16).verdict is Verdict.INSIDE
    assert on(2025, 9, 1).verdict is Verdict.INSIDE
    assert on(2004, 2, 2).reason is Reason.NO_VERSION
    assert on(2004, 2, 26).reason is Reason.NO_VERSION
    assert on(2004, 2, 26).verdict is Verdict.UNCERTAIN
    assert on(2004, 2, 27).reason is not Reason.NO_VERSION
    assert on(1980, 1, 1).reason is Reason.NO_VERSION


@needs_data
def test_a_version_without_a_day_is_stored_and_warned_of(work):
    result = ava(work, "raw_sample/madera.geojson")
    assert result.stored == 3
    assert [warning.row for warning in result.warnings] == [1]
    assert "没有一天有效" in str(result.warnings[0].message)
    again = load(work, "areas", (AVA / "raw_sample" / "madera.geojson").read_bytes(), mapping="ava")
    assert again.unchanged == 3


@needs_data
@pytest.mark.parametrize("path", sorted((AVA / "raw_sample").glob("*.geojson")), ids=lambda path: path.stem)
def test_every_raw_sample_comes_in(work, path):
    names = {feature["properties"]["name"] for feature in json.loads(path.read_text())["features"]}  # some areas were renamed
    for name in names:
        make_gi(work, code=f"AVA {name}")
    result = load(work, "areas", path.read_bytes(), mapping="ava")
    assert result.errors == ()
    assert result.stored == result.rows


def feature(geometry, **properties):
    found = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": properties, "geometry": geometry}]}
    return json.dumps(found).encode()


def test_a_defect_is_reported_with_its_row_and_column_and_nothing_is_stored(work):
    gi = make_gi(work)
    swapped = {"type": "Polygon", "coordinates": [[[31.0, 120.0], [31.0, 120.1], [31.1, 120.1], [31.0, 120.0]]]}
    result = load(work, "areas", feature(swapped, gi=gi.code, valid_from="2020-01-01"))
    assert not result.kept
    assert [(error.row, error.column) for error in result.errors] == [(1, "geometry")]
    assert "写反" in str(result.errors[0].reason)
    assert queries.list_areas(work.session, gi.id) == []


def test_an_overlapping_version_is_refused_with_both_periods(work):
    gi = make_gi(work)
    make_area(work, gi, valid_from=date(2010, 1, 1), valid_to=date(2020, 1, 1))
    result = load(work, "areas", feature(square(500).__geo_interface__, gi=gi.code, valid_from="2019-12-31"))
    assert "2010-01-01—2020-01-01" in str(result.errors[0].reason)
    assert load(work, "areas", feature(square(500).__geo_interface__, gi=gi.code, valid_from="2020-01-01")).kept


def test_a_file_may_end_an_open_version_and_add_the_next(work):
    gi = make_gi(work)
    outline = square(500).__geo_interface__
    assert load(work, "areas", feature(outline, gi=gi.code, valid_from="2010-01-01")).stored == 1
    assert load(work, "areas", feature(outline, gi=gi.code, valid_from="2010-01-01", valid_to="2020-01-01")).stored == 1
    assert load(work, "areas", feature(outline, gi=gi.code, valid_from="2020-01-01")).stored == 1
    assert [area.valid_to for area in queries.list_areas(work.session, gi.id)] == [None, date(2020, 1, 1)]


def test_plots_are_stored_wherever_they_lie_and_corrected_by_number(work):
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi))
    make_area(work, gi)
    far = square(100, east_m=60_000).__geo_interface__
    stated = {
        "number": "DK-1",
        "authorisation": authorisation.number,
        "gi": gi.code,
        "name": "远塘",
        "accuracy_m": 5,
        "valid_from": "2020-01-01",
    }
    assert load(work, "plots", feature(far, **stated)).stored == 1
    plot = queries.find_plot(work.session, "DK-1")
    assert service.judge_plots(work.session, [plot], date(2025, 9, 1))[plot.id].verdict is Verdict.OUTSIDE
    assert plot.area_milli_mu == pytest.approx(15_000, rel=1e-4)
    assert load(work, "plots", feature(far, **stated)).unchanged == 1
    assert load(work, "plots", feature(square(100).__geo_interface__, **stated)).stored == 1
    assert service.judge_plots(work.session, [plot], date(2025, 9, 1))[plot.id].verdict is Verdict.INSIDE
    exported = bulk.dump_file(work.session, KIND["plots"], name="plots.geojson")
    assert load(work, "plots", exported).unchanged == 1
    work.commit()


def test_zones_have_versions_of_their_own_and_fall_back_to_the_whole(work):
    gi = make_gi(work)
    make_area(work, gi, square(10_000))
    make_area(work, gi, square(2_000), zone="湖区")
    authorisation = make_authorisation(work, protection=make_protection(work, gi))
    in_lake = make_plot(work, authorisation, square(100, east_m=3_000), zone="湖区")
    in_ponds = make_plot(work, authorisation, square(100, east_m=3_000), zone="池塘")
    verdicts = service.judge_plots(work.session, [in_lake, in_ponds], date(2025, 1, 1))
    assert verdicts[in_lake.id].verdict is Verdict.OUTSIDE
    assert verdicts[in_ponds.id].verdict is Verdict.INSIDE


def test_the_database_refuses_overlapping_versions_too(work):
    gi = make_gi(work)
    make_area(work, gi, valid_from=date(2010, 1, 1))
    with pytest.raises(Conflict), work.savepoint():
        work.session.execute(
            text(
                "INSERT INTO area_version"
                " (gi_id, zone, valid_from, text, places, uncertainty_m, map_review_no, source, warnings, origin, created_at)"
                f" VALUES ({gi.id}, '', '2015-01-01', '', '[]', 0, '', '', '[]', 'form', '2026-01-01 00:00:00')"
            )
        )
