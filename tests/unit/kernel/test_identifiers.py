"""Numbers that others issue, as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.identifiers import agi_number, announcement, calendar_date, standard, trademark, uscc, uscc_of, uscc_warning


@pytest.mark.parametrize(
    "typed", ["91110000600037341L", " 91110000 600037341l ", "９１１１００００６０００３７３４１Ｌ", "91110000-600037341-L"]
)
def test_a_uscc_is_read_as_people_type_it(typed: str) -> None:
    assert uscc(typed) == "91110000600037341L"


def test_a_rural_collective_starts_with_a_letter() -> None:
    assert uscc(uscc_of("N2999999", "MF123456")).startswith("N2999999")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("9111000060003734", "18 位"), ("91110000600037342L", "校验位"), ("9111OOOO600037341L", "字符"), ("", "18 位")],
)
def test_a_wrong_uscc_is_refused_with_reason_and_remedy(typed: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        uscc(typed)
    (field,) = refused.value.fields
    assert field.field == "uscc"
    assert reason in str(field.reason)
    assert field.remedy is not None


def test_the_inner_check_only_warns() -> None:
    good = uscc_of("91999999", "60003734")
    assert uscc_warning(good) is None
    wrong = good[:16] + ("0" if good[16] != "0" else "1")
    from stdnum.cn.uscc import calc_check_digit

    odd = uscc(wrong + calc_check_digit(wrong))
    assert "组织机构代码" in str(uscc_warning(odd))


@pytest.mark.parametrize(
    ("raw", "issuer", "year", "number", "on"),
    [
        ("国家质检总局公告 2012年第111号", "国家质检总局", 2012, 111, None),
        ("国家质检总局2010年第145号", "国家质检总局", 2010, 145, None),
        ("国家知识产权局公告第475号", "国家知识产权局", None, 475, None),
        ("国家知识产权局公告 第五〇八号", "国家知识产权局", None, 508, None),
        ("第五〇八号", "", None, 508, None),
        ("第五○八号", "", None, 508, None),
        ("第五零八号", "", None, 508, None),
        ("第五百零八号", "", None, 508, None),
        ("第十二号", "", None, 12, None),
        ("第三百一十号", "", None, 310, None),
        ("农业部公告第1813号", "农业部", None, 1813, None),
        ("农业部公告第2179号 附表2", "农业部", None, 2179, None),
        ("国家质检总局公告二〇一二年第111号", "国家质检总局", 2012, 111, None),
        ("国家质检总局公告〔2012〕111号", "国家质检总局", 2012, 111, None),
        ("国家知识产权局公告第475号（2022年3月3日）", "国家知识产权局", 2022, 475, date(2022, 3, 3)),
        ("国家知识产权局公告第４７５号", "国家知识产权局", None, 475, None),
    ],
)
def test_announcements_keep_the_raw_text_and_what_it_says(raw: str, issuer: str, year: int | None, number: int, on: date | None) -> None:
    read = announcement(raw)
    assert (read.raw, read.issuer, read.year, read.number, read.on) == (raw, issuer, year, number, on)


@pytest.mark.parametrize("raw", ["农业农村部公示", "2018年第三批公示", "", "第号", "农业部公告2014-11-28", "国家知识产权局公告第〇号"])
def test_an_unparsable_announcement_says_what_is_expected(raw: str) -> None:
    with pytest.raises(Invalid) as refused:
        announcement(raw)
    assert "国家知识产权局公告第475号" in str(refused.value.fields[0].remedy)


def test_an_impossible_date_is_refused() -> None:
    with pytest.raises(Invalid, match="不存在"):
        announcement("国家知识产权局公告第475号（2022年2月30日）")


@pytest.mark.parametrize(
    ("typed", "kept"), [("5617102", "5617102"), ("第5617102号", "5617102"), ("g1234567", "G1234567"), ("1607996a", "1607996A")]
)
def test_trade_mark_numbers(typed: str, kept: str) -> None:
    assert trademark(typed) == kept


@pytest.mark.parametrize("typed", ["1234", "123456789", "X5617102", ""])
def test_wrong_trade_mark_numbers(typed: str) -> None:
    with pytest.raises(Invalid, match="商标注册号"):
        trademark(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("GB/T 19598-2022", "GB/T 19598-2022"),
        ("GB/T19598—2022", "GB/T 19598-2022"),
        ("DB22/T 2171-2014", "DB22/T 2171-2014"),
        ("DB2105/T 009—2023", "DB2105/T 009-2023"),
        ("T/CGIA 001-2023", "T/CGIA 001-2023"),
        ("Q/ABC 0001S-2020", "Q/ABC 0001S-2020"),
        ("GB 20710-2006", "GB 20710-2006"),
    ],
)
def test_standards(typed: str, kept: str) -> None:
    assert standard(typed) == kept


def test_a_wrong_standard() -> None:
    with pytest.raises(Invalid, match="标准编号"):
        standard("国标19598")


def test_agricultural_gi_numbers() -> None:
    assert agi_number("agi01808") == "AGI01808"
    assert agi_number("AGI2012-02-869") == "AGI2012-02-869"
    with pytest.raises(Invalid):
        agi_number("AGI1808")


@pytest.mark.parametrize("typed", ["2026-09-05", "2026/9/5", "2026年9月5日", "20260905", " ２０２６-09-05 "])
def test_dates_as_people_write_them(typed: str) -> None:
    assert calendar_date(typed, "valid_from") == date(2026, 9, 5)


@pytest.mark.parametrize("typed", ["2026-02-30", "5.9.2026", "46000", ""])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="valid_from"):
        calendar_date(typed, "valid_from")
