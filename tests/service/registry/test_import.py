"""The register from files: real ones, good ones, bad ones."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlmodel import func, select

from gi_registry.assets import asset_dir
from gi_registry.bulk.rules import Kind
from gi_registry.bulk.service import Options, Result, dump_file, load_file, read_mapping
from gi_registry.divisions.bulk import KINDS as PLACES
from gi_registry.divisions.models import Division
from gi_registry.kernel.errors import Invalid
from gi_registry.log.models import LogLeaf
from gi_registry.registry import queries
from gi_registry.registry.bulk import KINDS as REGISTER
from gi_registry.registry.models import Authorisation, Gi, Product, Protection
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.divisions import make_division
from tests.builders.registry import example_uscc

KINDS = {kind.name: kind for kind in (*PLACES, *REGISTER)}
MAPPINGS = asset_dir("geodata") / "mappings"


def kind(name: str) -> Kind:
    return KINDS[name]


def agi() -> Options:
    return Options(mapping=read_mapping("agi", kind("gis"), directory=MAPPINGS))


def load(work: Work, name: str, text: str, **options: bool) -> Result:
    return load_file(work, kind(name), text.encode(), name=f"{name}.csv", options=Options(**options))


def reasons(result: Result) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, str(error.reason)) for error in result.errors]


def jiangsu_divisions(work: Work, shared_data: Path) -> None:
    """Load Jiangsu's part of the public list of divisions through the importer."""
    rows = [["code", "name", "parent_code"]]
    for name, parent in (("provinces", ""), ("cities", "provinceCode"), ("areas", "cityCode")):
        with (shared_data / "divisions" / f"{name}.csv").open(encoding="utf-8") as lines:
            rows += [[row["code"], row["name"], row.get(parent, "")] for row in csv.DictReader(lines) if row["code"].startswith("32")]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    result = load(work, "divisions", out.getvalue())
    assert result.kept and not result.errors


def test_the_jiangsu_list_goes_in_through_the_mapping_and_no_row_is_lost(work: Work, shared_data: Path) -> None:
    jiangsu_divisions(work, shared_data)
    content = (shared_data / "gi_lists" / "cn_agi_jiangsu.csv").read_bytes()

    result = load_file(work, kind("gis"), content, name="cn_agi_jiangsu.csv", options=agi())

    assert (result.rows, result.stored, result.errors, result.kept) == (47, 47, (), True)
    crab = queries.find_gi(work.session, "AGI02841")
    assert crab is not None
    assert (crab.name, crab.holder_name, crab.division_code) == ("阳澄湖大闸蟹", "苏州市阳澄湖大闸蟹行业协会", "3205")
    (protection,) = queries.protections_of(work.session, crab.id or 0)
    assert (protection.track, protection.number, protection.state) == ("AGI", "AGI02841", "recognised")
    county = queries.find_gi(work.session, "AGI01287")
    assert county is not None and county.division_code == "321283"  # 泰兴 is a county-level city, not a prefecture


def test_the_jiangsu_list_again_changes_nothing(work: Work, shared_data: Path) -> None:
    jiangsu_divisions(work, shared_data)
    content = (shared_data / "gi_lists" / "cn_agi_jiangsu.csv").read_bytes()
    load_file(work, kind("gis"), content, options=agi())
    again = load_file(work, kind("gis"), content, options=agi())
    assert (again.stored, again.unchanged) == (0, 47)


def test_bad_rows_of_the_jiangsu_list_are_reported_and_none_is_lost(work: Work, shared_data: Path) -> None:
    jiangsu_divisions(work, shared_data)
    text = (shared_data / "gi_lists" / "cn_agi_jiangsu.csv").read_text(encoding="utf-8-sig").rstrip("\n")
    text += "\nAGI3463,短号大米,某站,江苏省,淮安\nAGI09999,无处茶,某站,江苏省,亚特兰蒂斯\nAGI09998,,某站,江苏省,南京\n"
    options = agi()

    refused = load_file(work, kind("gis"), text.encode(), options=options)
    assert not refused.kept
    assert [(row, column) for row, column, _ in reasons(refused)] == [(49, "protection_number"), (50, "division_name"), (51, "name")]
    assert all(error.remedy for error in refused.errors)
    assert work.session.exec(select(func.count()).select_from(Gi)).one() == 0

    partial = load_file(work, kind("gis"), text.encode(), options=Options(partial=True, mapping=options.mapping))
    assert (partial.rows, partial.stored, len(partial.errors), partial.kept) == (50, 47, 3, True)
    assert work.session.exec(select(func.count()).select_from(Gi)).one() == 47


def test_the_same_list_in_gbk_and_with_a_mixed_encoding(work: Work, shared_data: Path) -> None:
    jiangsu_divisions(work, shared_data)
    result = load_file(work, kind("gis"), (shared_data / "sheets" / "10_gbk.csv").read_bytes(), options=agi())
    assert result.kept and not result.errors
    utf8 = (shared_data / "sheets" / "14_utf8_bom.csv").read_bytes()
    with pytest.raises(Invalid, match="混用"):
        load_file(work, kind("gis"), utf8 + "AGI09999,无锡梨,某站,江苏省,无锡,,,,\n".encode("gbk"), options=agi())


def test_one_file_is_one_leaf(work: Work) -> None:
    before = work.session.exec(select(func.count()).select_from(LogLeaf)).one()
    load(work, "divisions", "code,name\n99,示例省\n9999,示例市\n999999,示例县\n")
    work.commit()
    assert work.session.exec(select(func.count()).select_from(LogLeaf)).one() == before + 1


def test_a_dry_run_stores_nothing_and_tells_the_same(work: Work) -> None:
    result = load(work, "divisions", "code,name\n99,示例省\n9998,\n", dry_run=True)
    assert (result.kept, result.stored, len(result.errors)) == (False, 1, 1)
    assert work.session.get(Division, "99") is None


def test_a_place_before_its_parent_is_refused_with_its_row(work: Work) -> None:
    result = load(work, "divisions", "code,name\n999999,示例县\n")
    assert reasons(result) == [(2, "parent_code", "没有上级区划 9999。")]


def test_a_prefecture_without_counties_is_its_own_county(work: Work) -> None:
    result = load(work, "divisions", "code,name,parent_code\n44,广东省,\n441900,东莞市,\n441900,东莞市,4419\n")
    assert result.kept, reasons(result)
    assert [work.session.get_one(Division, code).path for code in ("4419", "441900")] == ["/44/4419/", "/44/4419/441900/"]


def whole_register(work: Work) -> None:
    make_division(work)
    uscc = example_uscc(1)
    files = {
        "organisations": f"uscc,name,kind,division_code,natural_person\n{uscc},示例蟹庄,producer,999999,true\n",
        "gis": "code,name,division_code,track,protection_number,announcement,standard_no,capacity_basis\n"
        "GI-1,示例湖大闸蟹,999999,A,第五〇八号,国家知识产权局公告第五〇八号,GB/T 19957-2005,water\n"
        "GI-1,示例湖大闸蟹,999999,C,5617102,,,water\n".replace("5617102,,,water", "5617102,,,water"),
        "authorisations": "number,track,protection_number,name,uscc,valid_from,sites,announcement\n"
        f"SQ-1,A,第五〇八号,示例蟹庄,{uscc},2020-01-06,一号塘|示例路 1 号|999999,国家知识产权局公告第312号\n"
        "SQ-2,A,第五〇八号,只有名称的示例厂,,2020-01-06,,国家知识产权局公告第312号\n",
        "products": "authorisation_number,name,grade,unit,content_per_label\nSQ-1,示例湖大闸蟹,特级,piece,1\nSQ-1,=蟹黄酱,,g,200\n",
    }
    files["gis"] = files["gis"].replace("standard_no,", "standard_no,trade_mark_no,").replace("19957-2005,", "19957-2005,,")
    files["gis"] = files["gis"].replace("C,5617102,,,", "C,5617102,,,5617102,")
    for name, text in files.items():
        result = load(work, name, text)
        assert result.kept, reasons(result)


def test_a_register_from_four_files(work: Work) -> None:
    whole_register(work)
    first = queries.find_authorisation(work.session, "SQ-1")
    assert first is not None and first.matched and first.state == "active"
    assert (first.announcement_issuer, first.announcement_number, first.origin) == ("国家知识产权局", 312, "import")
    assert [site.name for site in queries.sites_of(work.session, first.id or 0)] == ["一号塘"]
    unmatched = queries.find_authorisation(work.session, "SQ-2")
    assert unmatched is not None and not unmatched.matched and unmatched.organisation_id is None
    tracks = [(row.track, row.announcement_number, row.trade_mark_no) for row in queries.protections_of(work.session, first.gi_id)]
    assert tracks == [("A", 508, ""), ("C", None, "5617102")]


def test_an_export_comes_back_and_changes_nothing(work: Work) -> None:
    whole_register(work)
    for name in ("divisions", "organisations", "gis", "authorisations", "products"):
        again = load_file(work, kind(name), dump_file(work.session, kind(name), name=f"{name}.csv"))
        assert (again.kept, again.stored, again.errors) == (True, 0, ()), name
        assert again.unchanged == again.rows


def test_an_export_neutralises_formulas(work: Work) -> None:
    whole_register(work)
    assert b"'=" in dump_file(work.session, kind("products"), name="products.csv")


def test_an_unmatched_authorisation_warns_that_codes_must_wait(work: Work) -> None:
    whole_register(work)
    text = "number,track,protection_number,name,valid_from\nSQ-9,A,第五〇八号,另一家示例厂,2020-01-06\n"
    (warning,) = load(work, "authorisations", text).warnings
    assert warning.row == 2 and "待匹配" in str(warning.message)


def test_what_is_wrong_with_an_authorisation_names_column_value_and_remedy(work: Work) -> None:
    whole_register(work)
    text = (
        "number,track,protection_number,name,uscc,valid_from,announcement\n"
        "SQ-3,A,没有的公告,某厂,,2020-01-06,\n"
        "SQ-4,A,第五〇八号,某厂,91110000600037342L,2020-01-06,\n"
        "SQ-5,A,第五〇八号,某厂,,2020-02-30,农业农村部公示\n"
        f"SQ-6,A,第五〇八号,示例蟹庄,{example_uscc(1)},2020-01-06,\n"
    )
    result = load(work, "authorisations", text)
    found = reasons(result)
    assert [(row, column) for row, column, _ in found] == [
        (2, "protection_number"),
        (3, "uscc"),
        (4, "announcement"),
        (4, "valid_from"),
        (5, ""),
    ] or [(row, column) for row, column, _ in found] == [
        (2, "protection_number"),
        (3, "uscc"),
        (4, "valid_from"),
        (4, "announcement"),
        (5, ""),
    ]
    assert result.errors[1].value == "91110000600037342L"
    assert all(error.remedy for error in result.errors)
    assert work.session.exec(select(func.count()).select_from(Authorisation)).one() == 2


def test_content_per_label_is_a_whole_number_above_zero(work: Work) -> None:
    whole_register(work)
    text = "authorisation_number,name,unit,content_per_label\nSQ-1,甲,piece,0\nSQ-1,乙,kg,1\nSQ-1,丙,g,2.5\nSQ-404,丁,g,5\n"
    result = load(work, "products", text)
    assert [(row, column) for row, column, _ in reasons(result)] == [
        (2, "content_per_label"), (3, "unit"), (4, "content_per_label"), (5, "authorisation_number"),
    ]  # fmt: skip
    assert work.session.exec(select(func.count()).select_from(Product)).one() == 2


def test_a_trade_mark_track_needs_its_number(work: Work) -> None:
    make_division(work)
    result = load(work, "gis", "code,name,division_code,track,protection_number\nGI-7,示例茶,999999,B,第1号\n")
    assert [(row, column) for row, column, _ in reasons(result)] == [(2, "trade_mark_no")]
    assert work.session.exec(select(func.count()).select_from(Protection)).one() == 0


def test_the_american_areas_are_gis_of_a_foreign_country(work: Work, shared_data: Path) -> None:
    options = Options(mapping=read_mapping("ava", kind("gis"), directory=MAPPINGS))
    content = (shared_data / "ava" / "raw_sample" / "russian_river_valley.geojson").read_bytes()
    result = load_file(work, kind("gis"), content, name="russian_river_valley.geojson", options=options)
    assert (result.rows, result.stored, result.unchanged, result.errors) == (5, 1, 4, ())
    gi = queries.find_gi(work.session, "AVA Russian River Valley")
    assert gi is not None and gi.country == "US"


def test_a_province_brings_in_its_own_rows_only(work: Work) -> None:
    make_division(work, "999999")
    make_division(work, "888888")
    officer = Work(work.session, make_actor(work, "province_officer", division="99"), work.now)
    assert load(officer, "divisions", "code,name,parent_code\n999997,新县,9999\n").kept
    for name, text in {
        "divisions": "code,name,parent_code\n888887,别省的县,8888\n",
        "calendar": "day,working\n2027-01-01,false\n",
        "organisations": f"uscc,name,division_code\n{example_uscc(3)},别省的公司,888888\n",
        "gis": "code,name,division_code\nGI-8,别省的茶,888888\n",
    }.items():
        result = load(officer, name, text)
        assert not result.kept and len(result.errors) == 1, name


def test_a_file_with_other_values_changes_the_entry_and_its_protection(work: Work) -> None:
    make_division(work)
    head = "code,name,division_code,category,track,protection_number,standard_no\n"
    assert load(work, "gis", head + "GI-1,示例茶,999999,茶叶,A,第1号,\n").stored == 1
    assert load(work, "gis", head + "GI-1,示例茶,999999,茶,A,第1号,GB/T 1-2020\n").stored == 1
    gi = queries.find_gi(work.session, "GI-1")
    assert gi is not None and (gi.category, gi.version) == ("茶", 2)
    assert [(row.standard_no, row.version) for row in queries.protections_of(work.session, gi.id or 0)] == [("GB/T 1-2020", 2)]


def test_a_protection_number_of_another_gi_is_refused(work: Work) -> None:
    make_division(work)
    head = "code,name,division_code,track,protection_number\n"
    result = load(work, "gis", head + "GI-1,示例茶,999999,A,第1号\nGI-2,别的茶,999999,A,第1号\n")
    assert [(row, reason) for row, _, reason in reasons(result)] == [(3, "第1号 已登记在另一个地理标志名下。")]
    assert work.session.exec(select(func.count()).select_from(Gi)).one() == 0
