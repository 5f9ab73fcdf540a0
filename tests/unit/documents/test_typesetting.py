"""Papers as their readers get them: complete, embedded, the same bytes for the same data, and never markup."""

from __future__ import annotations

import time
from ctypes import create_string_buffer
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from gi_registry.assets import asset_dir
from gi_registry.documents.rules import Code, Column, Pairs, Paper, Section, Table, Text, sha256_of
from gi_registry.documents.rules.paper import kept, restored
from gi_registry.documents.service import typeset, typeset_paper
from gi_registry.documents.service.typesetting import _characters, _within_time
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say
from tests.builders.papers import pages_of, squeezed, symbols_of, text_of

FIRM = '苏州市阳澄湖#let x = 1 $x$ *粗* _斜_ \\eval("1") `代码` @某 <标签> [方] {花} // 注 /* 释 */ = 标题 - 项 ~ 有限公司'
ADDRESS = "http://127.0.0.1:8000/registry/users/91320583MA1ABCDE0X"
LONG = "示例市阳澄湖大闸蟹生态养殖与品牌保护专业合作联合社有限责任公司第二分公司东山基地四十字"
PAPER = Paper(
    title=say("限期整改通知书"),
    number="昆山异改通〔2026〕3号",
    issued=date(2026, 3, 10),
    authority="示例市知识产权局",
    facts=((say("当事人"), FIRM),),
    sections=(
        Section(
            say("二、依据"), (Text("第一条"), Pairs((("项", "值"),)), Table((Column("甲"), Column("乙", "code")), (("1", "ab" * 32),)))
        ),
    ),
    seal=True,
    code=Code(ADDRESS, "扫码"),
)


def test_what_people_typed_is_printed_as_typed() -> None:
    assert squeezed(FIRM) in text_of(typeset_paper(PAPER))


@pytest.mark.parametrize("field", ["title", "number", "authority", "addressee", "subtitle"])
def test_no_field_is_markup(field: str) -> None:
    typed = '#panic("x") \\ $ * "q" #include "a.typ"'
    assert squeezed(typed) in text_of(typeset_paper(replace(PAPER, **{field: typed})))


def test_the_same_data_make_the_same_bytes_and_other_data_others() -> None:
    first = sha256_of(typeset_paper(PAPER))
    assert sha256_of(typeset_paper(PAPER)) == first
    assert sha256_of(typeset_paper(replace(PAPER, issued=date(2026, 3, 11)))) != first


def test_stored_data_make_the_same_bytes() -> None:
    data = {name: restored(kept(value)) for name, value in PAPER.data().items()}
    assert typeset("paper", data) == typeset_paper(PAPER)


def test_the_symbol_leads_where_it_says() -> None:
    assert symbols_of(typeset_paper(PAPER)) == [ADDRESS]


def test_every_page_has_number_date_and_place_in_the_whole() -> None:
    rows = tuple((number, "检验报告", "ab" * 32) for number in range(60))
    columns = (Column("序号", "right", 0), Column("名称"), Column("SHA-256", "code", 2))
    pages = pages_of(typeset_paper(replace(PAPER, sections=(Section("一", (Table(columns, rows),)),))))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页，共{len(pages)}页" in squeezed(page)
        assert PAPER.number in squeezed(page)
        assert "2026年3月10日" in squeezed(page)
        assert "SHA-256" in page or number == len(pages), "the head of the table is repeated"


def test_fonts_are_embedded() -> None:
    with pypdfium2.PdfDocument(typeset_paper(replace(PAPER, addressee="㛃"))) as document:
        texts = [item for page in document for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,))]
        fonts = [pdfium.FPDFTextObj_GetFont(item.raw) for item in texts]
        assert {pdfium.FPDFFont_GetIsEmbedded(font) for font in fonts} == {1}
        assert {_name(font).split("+")[-1].split("-")[0] for font in fonts} == {"NotoSansSC", "NotoSansSCRare"}


def _name(font: Any) -> str:
    buffer = create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    return buffer.value.decode()


RARE = (
    "堃喆䶮㛃镕崟璟淏彧翀㑇㕮㘎㙍㙘㟃㠇㤘㥄㧐㫰㬊㬎㭎㮾㰀㳇㳘㴔㵐㶲㸆㺄㻬㿠䁖䂮䃅䅟䌹䎃䏝䐃䓖䓛䗖䗛䗪䜣䝙䢺䣘䥽䦃䲟䴓䴙"
    "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫔍𫔎"
    "𫔶𫖮𫖯𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎"
    "𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"
)
"""Characters of the third level of 通用规范汉字表, most of them beyond the first block: they stand in names of people and places."""


def test_rare_characters_of_names_are_printed() -> None:
    text = text_of(typeset_paper(replace(PAPER, facts=(("名", RARE),), addressee="")))
    assert [letter for letter in RARE if letter not in text] == []
    assert "〓" not in text


def test_every_character_of_the_first_blocks_is_in_a_font() -> None:
    known = _characters()
    assert [code for code in (*range(0x4E00, 0x9FA6), *range(0x3400, 0x4DB6)) if code not in known] == []


def test_a_character_that_no_font_has_is_marked_and_named() -> None:
    text = text_of(typeset_paper(replace(PAPER, addressee="蟹🦀社")))
    assert "蟹〓社" in text
    assert "U+1F980" in text


def test_one_template_serves_both_languages() -> None:
    text = text_of(typeset_paper(replace(PAPER, facts=(), authority="", sections=(), number="No. 3", code=None, seal=False), language="en"))
    assert "Rectificationorder" in text
    assert "Page1of1" in text


def test_moments_are_printed_in_beijing_time() -> None:
    paper = replace(PAPER, facts=((say("时间"), datetime(2026, 3, 9, 17, 5, tzinfo=UTC)),))
    assert "2026-03-1001:05" in text_of(typeset_paper(paper))


def test_the_moment_of_a_paper_may_be_any_moment() -> None:
    paper = replace(PAPER, issued=datetime(2026, 3, 9, 17, 5, 59, 123456, tzinfo=UTC))
    assert "2026-03-1001:05" in text_of(typeset_paper(paper))


def test_groups_of_digits_stay_together() -> None:
    assert "50160000" in text_of(typeset_paper(replace(PAPER, facts=(("数量", "50\u202f160\u202f000"),)))).replace("\u202f", "")


def test_a_long_name_stays_on_the_page() -> None:
    paper = replace(PAPER, addressee=LONG, facts=((say("当事人"), LONG),), sections=())
    with pypdfium2.PdfDocument(typeset_paper(paper)) as document:
        page = document[0]
        rights = [item.get_bounds()[2] for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,))]
        assert max(rights) <= page.get_width() - 50


def test_a_wrong_value_is_told_to_the_programmer() -> None:
    with pytest.raises(TypeError):
        typeset("paper", {**PAPER.data(), "facts": (("x", 1.5),)})
    with pytest.raises(FileNotFoundError):
        typeset("../listings/case", PAPER.data())


def test_typesetting_has_a_limit() -> None:
    with pytest.raises(Unavailable):
        _within_time(lambda: time.sleep(0.3) or b"", seconds=0.01)


def test_templates_bring_nothing_from_outside() -> None:
    for path in (asset_dir("templates") / "papers").glob("*.typ"):
        assert not any(word in path.read_text(encoding="utf-8") for word in ("@preview", "@local", "eval(", "read(", "http")), path.name
