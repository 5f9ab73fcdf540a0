"""Seventeen ranges as they were announced: each is kept to the letter, and what is doubtful in it is said; what is sound raises nothing."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from gi_registry.assets import asset_dir
from gi_registry.bulk import service as bulk
from gi_registry.divisions.bulk import DIVISIONS
from gi_registry.kernel.words import unpacked
from gi_registry.origin import queries
from gi_registry.origin.bulk import KINDS
from gi_registry.origin.rules.doubts import Doubt, doubts
from gi_registry.origin.schemas import AreaFields
from gi_registry.origin.service.announcing import read_stated
from gi_registry.registry import queries as registry
from tests.builders.origin import rectangle
from tests.builders.registry import make_gi

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
RANGES = DATA / "gi_lists" / "cn_announcement_ranges.jsonl"
needs_data = pytest.mark.skipif(not RANGES.exists(), reason=f"the shared data are not at {DATA}")
AREAS = next(kind for kind in KINDS if kind.name == "areas")

EXPECTED = {
    "资中枇杷": set(),
    "顺平桃": {Doubt.UNKNOWN_UNIT, Doubt.TRADITIONAL},
    "清水大米": {Doubt.UNKNOWN_UNIT},
    "平泉滑子菇": {Doubt.BOX_OFF_DIVISION, Doubt.UNKNOWN_UNIT, Doubt.RENAMED},
    "泗家水红头香椿": {Doubt.COORDINATES},
    "西平红薯": {Doubt.COORDINATES, Doubt.COUNT_LOST, Doubt.UNKNOWN_UNIT},
    "罗平黄山羊": {Doubt.BOX_OFF_DIVISION},
    "上党高粱": {Doubt.NOT_INSIDE, Doubt.RENAMED},
    "五常大米": set(),
    "烟台苹果": set(),
    "普洱茶": set(),
    "金华火腿": {Doubt.RENAMED},
    "政和白茶": {Doubt.BESIDES},
    "安吉白茶": set(),
    "端砚": set(),
    "南芬虹鳟鱼": set(),
    "呼伦湖秀丽白虾": {Doubt.NO_PLACE},
}


def ranges():
    return [json.loads(line) for line in RANGES.read_text(encoding="utf-8").splitlines()]


def rows_of(name):
    path = DATA / "divisions" / name
    text = gzip.decompress(path.read_bytes()).decode("utf-8-sig") if name.endswith(".gz") else path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def written(rows):
    out = io.StringIO()
    columns = ("code", "name", "parent_code", "valid_from", "valid_to", "successor_code", "changed_on", "source", "box")
    table = csv.DictWriter(out, columns, restval="")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode()


def load(work, kind, content):
    result = bulk.load_file(work, kind, content, name=f"{kind.name}.csv", options=bulk.Options())
    assert result.errors == ()
    return result


def gazetteer(work):
    """Load the provinces, cities and counties of today, the townships of the named counties, the known boxes; then the changes."""
    named = {code for row in ranges() for code in row["county_codes"]}
    boxes = {code.removesuffix("00"): row["county_bbox"] for row in ranges() if row.get("county_bbox") for code in row["county_codes"]}
    cities = {code[:4] for code in named}
    places = [{"code": row["code"], "name": row["name"]} for row in rows_of("provinces.csv")]
    places += [{"code": row["code"], "name": row["name"], "parent_code": row["provinceCode"]} for row in rows_of("cities.csv")]
    places += [
        {"code": row["code"], "name": row["name"], "parent_code": row["cityCode"]}
        for row in rows_of("areas.csv")
        if row["cityCode"] in cities
    ]
    towns = rows_of("townships.csv.gz")
    places += [{"code": row["code"], "name": row["name"], "parent_code": row["areaCode"]} for row in towns if row["areaCode"] in named]
    for place in places:
        if place["code"] in boxes:
            place["box"] = ",".join(str(edge) for edge in boxes[place["code"]])
    load(work, DIVISIONS, written(places))
    changes = csv.DictReader(io.StringIO((asset_dir("geodata") / "division_changes.csv").read_text(encoding="utf-8")))
    known = {place["code"] for place in places}
    wanted = [row for row in changes if row["parent_code"] in known and (row["parent_code"] in cities)]
    boxed = [row | {"box": next((place.get("box", "") for place in places if place["code"] == row["code"]), "")} for row in wanted]
    load(work, DIVISIONS, written(boxed))


def region(row):
    cities = {code[:4] for code in row["county_codes"]}
    return next(iter(cities)) if len(cities) == 1 else next((code[:2] for code in row["county_codes"]), "")


def announced_on(row):
    year = re.search(r"(?:19|20)\d\d", row["notice"])
    return date(int(year[0]), 1, 1) if year else date(2015, 1, 1)


@needs_data
@pytest.mark.slow
def test_every_range_raises_the_right_doubts_and_no_others(work):
    gazetteer(work)
    found = {}
    for row in ranges():
        gi = make_gi(work, name=row["product"], division_code=region(row) or None)
        stated = read_stated(work, gi, AreaFields(text=row["range_text"], valid_from=announced_on(row)), None)
        found[row["product"]] = {kind for kind, _sentence in doubts(stated)}
    assert found == EXPECTED


@needs_data
@pytest.mark.slow
def test_they_come_in_as_announced_with_their_doubts_beside_them(work):
    gazetteer(work)
    out = io.StringIO()
    table = csv.DictWriter(out, ("gi", "valid_from", "text", "source"))
    table.writeheader()
    for row in ranges():
        gi = make_gi(work, name=row["product"], division_code=region(row) or None)
        table.writerow({"gi": gi.code, "valid_from": announced_on(row), "text": row["range_text"], "source": row["notice"]})
    result = load(work, AREAS, out.getvalue().encode())
    assert result.stored == 17
    stored = {gi.name: queries.list_areas(work.session, gi.id)[0] for gi in registry.list_gis(work.session) if gi.name in EXPECTED}
    assert {name: area.text for name, area in stored.items()} == {row["product"]: row["range_text"] for row in ranges()}
    assert {name for name, area in stored.items() if area.warnings} == {name for name, kinds in EXPECTED.items() if kinds}
    said = [str(unpacked(warning)) for warning in stored["平泉滑子菇"].warnings]
    assert any("118.35°～119.25°" in sentence for sentence in said)
    assert any("平泉县→平泉市" in sentence for sentence in said)
    assert any("潞城市→潞城区" in str(unpacked(warning)) for warning in stored["上党高粱"].warnings)


@needs_data
@pytest.mark.slow
def test_a_whole_county_drawn_where_the_text_says_townships_only(work):
    gazetteer(work)
    row = next(row for row in ranges() if row["product"] == "平泉滑子菇")
    gi = make_gi(work, name=row["product"], division_code="1308")
    fields = AreaFields(text=row["range_text"], valid_from=announced_on(row))

    def kinds(outline, **differs):
        return {kind for kind, _words in doubts(read_stated(work, gi, fields.model_copy(update=differs), outline))}

    from shapely import box

    west, south, east, north = row["county_bbox"]
    assert Doubt.WHOLE_COUNTY in kinds(box(west, south, east, north))
    assert Doubt.WHOLE_COUNTY not in kinds(box(west, south, (west + east) / 2, north))
    assert Doubt.WHOLE_COUNTY in kinds(None, places="平泉县")
    assert Doubt.BOX_OFF_OUTLINE in kinds(rectangle(-100, -100, 100, 100))
    assert Doubt.BOX_OFF_OUTLINE not in kinds(box(118.4, 40.5, 118.9, 40.9))
    assert Doubt.LIST_SHORT in kinds(None, places="平泉县卧龙镇\n平泉镇")
