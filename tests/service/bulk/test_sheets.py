"""Real workbooks and lists, read where they lie."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlmodel import func, select

from gi_registry.bulk.service import Result, load_file, read_mapping
from gi_registry.divisions.bulk import DIVISIONS
from gi_registry.kernel.errors import Invalid
from gi_registry.log.models import LogLeaf
from gi_registry.opendata import files
from gi_registry.opendata.files import MAPPINGS, Wishes
from gi_registry.opendata.kinds import KINDS
from gi_registry.registry.bulk import KINDS as REGISTER
from gi_registry.registry.models import Gi, Protection
from gi_registry.workflow import Work

GIS = next(kind for kind in REGISTER if kind.name == "gis")


@pytest.fixture
def jiangsu(work: Work, shared_data: Path) -> Work:
    """A database with Jiangsu's provinces, cities and counties."""
    rows = [["code", "name", "parent_code"]]
    for name, parent in (("provinces", ""), ("cities", "provinceCode"), ("areas", "cityCode")):
        with (shared_data / "divisions" / f"{name}.csv").open(encoding="utf-8") as lines:
            rows += [[row["code"], row["name"], row.get(parent, "")] for row in csv.DictReader(lines) if row["code"].startswith("32")]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert load_file(work, DIVISIONS, out.getvalue().encode()).kept
    return work


def bring_in(work: Work, path: Path, **options: object) -> Result:
    wishes = Wishes(mapping="agi", **options)  # type: ignore[arg-type]
    return files.import_file(work, "gis", path.read_bytes(), name=path.name, wishes=wishes)


def said(result: Result) -> str:
    return " ".join(str(warning.message) for warning in result.warnings)


def count(work: Work, model: type) -> int:
    return work.session.exec(select(func.count()).select_from(model)).one()


@pytest.mark.parametrize("name", ["01_clean.xlsx", "02_merged_two_headers_total_footer.xlsx", "10_gbk.csv", "14_utf8_bom.csv"])
def test_twelve_rows_of_a_real_sheet_go_in_and_again_change_nothing(jiangsu: Work, shared_data: Path, name: str) -> None:
    path = shared_data / "sheets" / name
    result = bring_in(jiangsu, path)
    assert (result.rows, result.stored, result.errors, result.kept) == (12, 12, (), True)
    assert jiangsu.session.exec(select(Gi.division_code).where(Gi.name == "兴化大闸蟹")).one() == "3212"
    again = bring_in(jiangsu, path)
    assert (again.stored, again.unchanged) == (0, 12)


def test_what_is_no_row_of_the_merged_sheet_is_named(jiangsu: Work, shared_data: Path) -> None:
    told = said(bring_in(jiangsu, shared_data / "sheets" / "02_merged_two_headers_total_footer.xlsx"))
    assert "列名在第 3 行；其上的第 1、2 行是标题" in told
    assert "D 列第 4 至 15 行合并" in told
    assert "合计" in told and "表尾" in told


def test_a_hidden_row_keeps_the_file_out_unless_the_good_rows_are_wanted(jiangsu: Work, shared_data: Path) -> None:
    path = shared_data / "sheets" / "05_hidden_sheets_rows.xlsx"
    refused = bring_in(jiangsu, path)
    assert not refused.kept and [(error.row, str(error.reason)) for error in refused.errors] == [(5, "这一行是隐藏的。")]
    assert "隐藏的工作表没有读取：隐藏" in said(refused) and "C 证书持有人名称" in said(refused)
    partial = bring_in(jiangsu, path, partial=True)
    assert (partial.stored, len(partial.errors)) == (11, 1)
    assert jiangsu.session.exec(select(Gi).where(Gi.name == "泗洪大米")).first() is None
    with pytest.raises(Invalid, match="缺少列"):
        bring_in(jiangsu, path, sheet="1")


@pytest.mark.slow
def test_the_uk_and_eu_register_goes_in_whole_as_foreign_gis(work: Work, shared_data: Path) -> None:
    content = (shared_data / "gi_lists" / "uk_eu_gi_register_2020-12.csv").read_bytes()
    wishes = Wishes(mapping="uk-gi")
    result = files.import_file(work, "gis", content, name="uk.csv", wishes=wishes)
    assert (result.rows, result.stored, result.errors) == (3715, 3715, ())
    work.commit()
    leaves = count(work, LogLeaf)
    tracks = work.session.exec(select(Protection.track, Protection.state, func.count()).group_by(Protection.track, Protection.state)).all()
    assert {(track, state): number for track, state, number in tracks} == {
        ("D", "recognised"): 3341,
        ("D", "filed"): 315,
        ("D", "preliminary_published"): 58,
        ("D", "refused"): 1,
    }
    vermouth = work.session.exec(select(Gi).where(Gi.code == "UK-PGI-IT-02305")).one()
    assert (vermouth.name, vermouth.country, vermouth.category) == ("Vermut di Torino / Vermouth di Torino", "IT", "加香葡萄酒")
    protection = work.session.exec(select(Protection).where(Protection.gi_id == vermouth.id)).one()
    assert str(protection.announced_on) == "1991-06-14"
    countries = work.session.exec(select(Gi.country, func.count()).group_by(Gi.country)).all()
    assert {code: number for code, number in countries if code in {"IT", "GB", "CN"}} == {"IT": 921, "GB": 91, "CN": 10}
    with_stroke = work.session.exec(select(func.count()).select_from(Gi).where(Gi.name.contains("/"))).one()  # type: ignore[attr-defined]
    assert with_stroke == 597
    again = files.import_file(work, "gis", content, name="uk.csv", wishes=wishes)
    work.commit()
    assert (again.stored, again.unchanged) == (0, 3715)
    assert count(work, LogLeaf) == leaves


def test_every_mapping_that_ships_fits_the_kinds_it_is_for() -> None:
    from gi_registry.assets import asset_dir

    directory = asset_dir("geodata") / MAPPINGS
    assert {"agi", "ava", "uk-gi"} <= set(files.mapping_names())
    for name in files.mapping_names():
        assert read_mapping(name, GIS, directory=directory).sources


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_each_kind_has_a_template_in_both_formats(work: Work, kind: str) -> None:
    with pytest.raises(Invalid, match="只有列名"):
        files.import_file(work, kind, files.template_of(kind, name="t.xlsx"), name="t.xlsx", wishes=Wishes())
    assert files.template_of(kind, name="t.csv").startswith(b"\xef\xbb\xbf")


def test_the_errors_of_a_file_come_as_a_table(work: Work) -> None:
    content = "code,name\n99,示例省\n=x,坏行\n".encode()
    result = files.import_file(work, "divisions", content, name="x.csv", wishes=Wishes(dry_run=True))
    table = files.errors_csv(result).decode("utf-8-sig").splitlines()
    assert table[0] == "行,列,值,原因,怎样改" and table[1].startswith("3,code,'=x,")
    assert "第 3 行 code “=x”" in files.told(result)
