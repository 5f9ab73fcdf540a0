"""A file that was exported changes nothing when it comes back: every kind, every format, both databases."""

from __future__ import annotations

import re

import pytest
from sqlmodel import func, select

from gi_registry.assets import asset_dir
from gi_registry.log.models import LogLeaf
from gi_registry.opendata import files
from gi_registry.opendata.files import Wishes
from gi_registry.opendata.kinds import KINDS
from gi_registry.workflow import Work

DEMO = ("divisions.csv", "organisations.csv", "gis.csv", "areas.geojson", "authorisations.csv", "products.csv", "plots.geojson")
MORE = {
    "divisions": "code,name,parent_code,valid_from,valid_to,successor_code\n999996,旧县,9999,1990-01-01,2001-05-01,999999\n",
    "calendar": "day,working,note\n2026-10-01,false,国庆节\n2026-10-10,true,调休\n",
    "organisations": "uscc,name,kind,division_code,natural_person,contact,phone\n"
    '91999999MA1234569H,"示例“引号”,逗号经营部",producer,999999,true,=张三,+86 10 1234\n',
    "gis": "code,name,name_en,country,holder_name,track,protection_number,announced_on,state,note\n"
    "UK-1,Vermut di Torino / Vermouth,Vermut,IT,,D,PGI-IT-02305,1991-06-14,recognised,@note\n"
    "UK-2,Ελιά Καλαμάτας,,GR,-,D,PDO-GR-0001,,filed,\n",
    "official-areas": "gi,division_code,crop,year,area_mu,source\n"
    "GI-SL-CRAB,999999,,2025,12500.5,示例年鉴\nGI-SL-CRAB,999999,中华绒螯蟹,2025,8000,=公报\n",
    "caps": "gi,year,unit,per_mu,status,decided_on,basis\n"
    "GI-SL-CRAB,2025,piece,600,provisional,2025-03-01,示例核定\nGI-SS-TEA,2025,g,60.5,final,2025-03-01,\n",
    "batches": "number,authorisation,kind,product,grade,unit,harvest_year,account_year,harvested_on,packed_on,quantity,plots,supplier\n"
    "PC-1,SL-01,harvest,,,piece,2025,,2025-09-25,2025-09-26,1000,,\n"
    "PC-2,SS-01,harvest,,,g,2025,,2025-04-05,,12.345,,\n"
    "PC-3,SL-01,opening,,,piece,2023,2025,,,70,,\n"
    "PC-4,SL-01,purchase,,,piece,2025,,2025-09-25,,30,,邻社\n",
    "purchases": "number,buyer,seller,farmer,farmer_contract,unit,year,traded_on,quantity,evidence,"
    "state,seller_quantity,answered_on,reason\n"
    "GJ-1,SL-02,SL-01,,,piece,2025,2025-09-27,20,@过磅单,disputed,15,2025-09-28,=少 5 件\n"
    "GJ-2,SL-02,SL-01,,,piece,2025,,30,,confirmed,,,\n"
    "GJ-3,SL-01,,示例农户,HT-1,piece,2025,,5,清单 1,,,,\n",
    "tests": "number,institution,accreditation,batches,sampled_on,issued_on,standard_no,result,items\n"
    "JC-1,示例检测中心,250099990001,PC-1;PC-4,2025-09-26,2025-09-28,GB/T 19957-2005,pass,感官\n"
    "JC-1,=外省检测站,,PC-2,,2025-05-01,,fail,\n",
    "codes-activated": "range_label,serial_from,serial_to,batch,activated_on\n7Z0QK,0,100,PC-1,2025-09-26\n0ABCD,50,70,PC-1,2025-09-27\n",
    "reports": "authorisation,year,filed_on,state,nil,nil_since,nil_reason,marking_mode,area_mu,output,gi_output,marked,unmarked,opening,"
    "received,activated,spoiled,returned,closing,sales_wan,signed_by\n"
    "SL-01,2024,2025-02-20,accepted,false,,,item_code,12.5,8000,7500,7200,300,200,9800,7200,100,700,2000,150.25,示例人\n"
    "SL-02,2024,2025-04-20,filed,true,2024-01-01,当年未捕捞,,,,,,,,,,,,,,示例人\n",
}


def bring_in(work: Work, kind: str, content: bytes, name: str) -> files.Result:
    result = files.import_file(work, kind, content, name=name, wishes=Wishes())
    assert result.kept and not result.errors, [str(error.as_json()) for error in result.errors]
    return result


@pytest.fixture
def filled(work: Work) -> Work:
    """A register with rows of every kind: the demonstration's and some of the awkward sort."""
    for name in DEMO:
        text = (asset_dir("geodata") / "demo" / name).read_text(encoding="utf-8")
        dated = re.sub(r"\{Y([+-]\d+)?\}", lambda found: str(2025 + int(found[1] or 0)), text)
        bring_in(work, name.split(".", 1)[0], dated.encode(), name)
    for kind in KINDS:
        if kind.name in MORE:
            bring_in(work, kind.name, MORE[kind.name].encode(), "x.csv")
    work.commit()
    return work


def leaves(work: Work) -> int:
    return work.session.exec(select(func.count()).select_from(LogLeaf)).one()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "xlsx", "geojson"])
def test_every_kind_comes_back_without_a_change(filled: Work, ending: str) -> None:
    before = leaves(filled)
    seen = []
    for kind in KINDS:
        if ending == "geojson" and not kind.spatial:
            continue
        content = files.export_file(filled.session, kind.name, name=f"{kind.name}.{ending}")
        result = bring_in(filled, kind.name, content, f"{kind.name}.{ending}")
        assert result.rows > 0, kind.name
        assert (kind.name, result.stored, result.unchanged) == (kind.name, 0, result.rows)
        seen.append(kind.name)
    filled.commit()
    assert leaves(filled) == before
    assert seen == (["areas", "plots"] if ending == "geojson" else [kind.name for kind in KINDS])


@pytest.mark.slow
def test_a_row_that_did_change_is_a_change_and_a_leaf(filled: Work) -> None:
    """The negative control: the same way tells an export that was edited from one that was not."""
    before = leaves(filled)
    content = files.export_file(filled.session, "products", name="p.csv").decode("utf-8-sig")
    edited = content.replace("特级,piece,1,item_code", "特级,piece,2,item_code", 1)
    assert edited != content
    result = bring_in(filled, "products", edited.encode(), "p.csv")
    filled.commit()
    assert result.stored == 1 and leaves(filled) == before + 1
