"""What goes to the printer: every symbol on the rendered page decodes, the text is there in an embedded font, elements are complete."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from gi_registry.codes import queries, service
from gi_registry.codes.rules.format import grouped, parse
from gi_registry.codes.rules.mac import verify_mac
from gi_registry.codes.schemas import Step
from gi_registry.codes.service.symbol import matrix
from gi_registry.config import read_settings
from gi_registry.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.codes import SECRET_KEY, make_allotment, make_season
from tests.builders.registry import make_authorisation, make_organisation, make_protection

SETTINGS = read_settings({}, secret_key=SECRET_KEY, public_url="https://gi.example.cn")

pytestmark = pytest.mark.databases("sqlite")


def text_of(pdf: bytes, page: int = 0) -> str:
    return pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range().replace("\r\n", "\n")


def decoded(pdf: bytes, page: int = 0) -> list[Any]:
    image = pypdfium2.PdfDocument(pdf)[page].render(scale=300 / 72).to_pil()
    return list(zxingcpp.read_barcodes(image))


def test_every_label_of_the_sheet_scans_to_its_own_code(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=20, received=False)
    paper = service.labels_pdf(work, allotment.id or 0, SETTINGS)
    assert paper.name.endswith("-1-20.pdf") and len(pypdfium2.PdfDocument(paper.content)) == 2
    found = decoded(paper.content) + decoded(paper.content, 1)
    assert len(found) == 20
    secret = service.open_secret(work.session, 0, SECRET_KEY)
    serials = set()
    for symbol in found:
        address, _, code = symbol.text.rpartition("/T/")
        assert address == "HTTPS://GI.EXAMPLE.CN"
        assert queries.lookup(work.session, parse(code).range_label, verify_mac(parse(code), secret) or 0)
        serials.add(verify_mac(parse(code), secret))
    assert serials == set(range(20))


def test_the_symbol_is_version_3_level_m_in_alphanumeric_mode() -> None:
    assert len(matrix("HTTPS://" + "A" * 30 + "/T/" + "0" * 20)) == 29
    assert len(matrix("HTTPS://" + "A" * 31 + "/T/" + "0" * 20)) == 33  # a longer host takes the next version, not a broken symbol


def test_the_label_says_what_track_a_demands_in_an_embedded_font(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=1, received=False)
    paper = service.labels_pdf(work, allotment.id or 0, SETTINGS)
    words = text_of(paper.content).replace("\n", "")
    code = decoded(paper.content)[0].text.rpartition("/")[2]
    user = season.authorisation
    own = (season.gi.name, season.product.name, "数量 1 件", "GB/T 19957-2005", user.raw_name, user.raw_uscc, grouped(code))
    for needed in (*own, "专用标志", "（样框）", allotment.number, "第 1 页，共 1 页", "2026-03-10"):
        assert needed in words, needed
    assert "商标" not in words
    assert paper.content.count(b"/FontFile2") >= 1, "the TrueType font travels with the page"


def test_a_user_of_a_certification_mark_prints_the_mark_and_its_number(work: Work) -> None:
    season = make_season(work)
    protection = work.session.get(type(make_protection(work)), season.authorisation.protection_id)
    assert protection is not None
    protection.track, protection.trade_mark_no = "C", "9900001"
    allotment = make_allotment(work, season, count=1, received=False)
    words = text_of(service.labels_pdf(work, allotment.id or 0, SETTINGS).content)
    assert "商标" in words and "9900001" in words and "GB/T 19957-2005" not in words


def test_two_tracks_carry_both_duties(work: Work) -> None:
    season = make_season(work)
    mark = make_protection(work, season.gi, track="C", trade_mark_no="9900002")
    holder = make_organisation(work)
    make_authorisation(work, protection=mark, organisation=holder)  # someone else's licence adds nothing
    allotment = make_allotment(work, season, count=1, received=False)
    assert "9900002" not in text_of(service.labels_pdf(work, allotment.id or 0, SETTINGS).content)
    from gi_registry.accounts.queries import get_organisation

    make_authorisation(work, protection=mark, organisation=get_organisation(work.session, season.organisation_id))
    words = text_of(service.labels_pdf(work, allotment.id or 0, SETTINGS).content)
    assert "9900002" in words and "GB/T 19957-2005" in words


def test_a_missing_element_is_named_before_anything_is_printed(work: Work) -> None:
    season = make_season(work, standard_no="")
    season.authorisation.announcement_raw = ""
    protection = work.session.get(type(make_protection(work)), season.authorisation.protection_id)
    assert protection is not None
    protection.standard_no = ""
    allotment = make_allotment(work, season, count=1, received=False)
    with pytest.raises(Invalid) as refused:
        service.labels_pdf(work, allotment.id or 0, SETTINGS)
    assert [field.field for field in refused.value.fields] == ["standard_or_announcement"]
    assert refused.value.basis == "国家知识产权局公告第354号"


def test_the_print_house_gets_serial_code_and_symbol_text(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=30, received=False)
    rows = list(csv.DictReader(io.StringIO(b"".join(service.codes_csv(work, allotment.id or 0, SETTINGS).blocks).decode())))
    assert [row["serial_number"] for row in rows] == [str(number) for number in range(1, 31)]
    assert all(row["qr_text"] == f"HTTPS://GI.EXAMPLE.CN/T/{row['code']}" for row in rows)
    assert len({row["code"] for row in rows}) == 30


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><title>图样</title><g fill="#b41e1e">%s</g></svg>'
SHAPES = '<path d="M10 10h80v80H10Z"/><polygon points="40,40 60,40 50,60" fill="white"/><path d="m5,5c1,1 2,2 3,3s4,4 5,5q1,1 2,2z"/>'


def drawing(folder: Path, name: str) -> Path:
    """Write a stand-in for an operator's file: a red square."""
    square = Image.new("RGB", (300, 300), (180, 30, 30))
    path = folder / name
    if path.suffix == ".svg":
        path.write_text(SVG % SHAPES, encoding="utf-8")
    else:
        square.save(path)
    return path


@pytest.mark.parametrize("name", ["mark.png", "mark.pdf", "mark.svg"])
def test_the_operators_drawing_fills_the_slot(work: Work, tmp_path: Path, name: str) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=1, received=False)
    settings = read_settings({}, secret_key=SECRET_KEY, mark_file=str(drawing(tmp_path, name)))
    pdf = service.labels_pdf(work, allotment.id or 0, settings).content
    assert "样框" not in text_of(pdf) and season.authorisation.raw_uscc in text_of(pdf)
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    red = sum(count for count, colour in page.getcolors(1 << 24) if abs(colour[0] - 180) < 9 and colour[1] < 60)
    assert 2000 < red < 8000, "the mark is there, in its slot and nowhere else"
    assert len(decoded(pdf)) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mark.ai", b"x"),
        ("broken.png", b"x"),
        ("broken.pdf", b"x"),
        ("broken.svg", b"<svg"),
        ("stroke.svg", (SVG % '<path d="M0 0L9 9" stroke="#000"/>').encode()),
        ("arc.svg", (SVG % '<path d="M0 0A5 5 0 0 1 9 9"/>').encode()),
        ("turned.svg", (SVG % '<g transform="rotate(9)"/>').encode()),
        ("text.svg", (SVG % "<text>字</text>").encode()),
        ("bomb.svg", b'<!DOCTYPE s [<!ENTITY a "a">]><svg viewBox="0 0 1 1"/>'),
    ],
)
def test_a_drawing_that_cannot_be_drawn_as_it_is_is_refused(work: Work, tmp_path: Path, name: str, content: bytes) -> None:
    allotment = make_allotment(work, make_season(work), count=1, received=False)
    (tmp_path / name).write_bytes(content)
    for path in (tmp_path / name, tmp_path / f"missing-{name}"):
        with pytest.raises(Unavailable, match="不能使用") as why:
            service.labels_pdf(work, allotment.id or 0, read_settings({}, secret_key=SECRET_KEY, mark_file=str(path)))
        assert why.value.remedy


def test_only_the_user_prints_and_not_what_is_void(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=1, received=False)
    system = work.actor
    work.actor = make_actor(work, "producer_operator", organisation=make_organisation(work))
    with pytest.raises(NotFound):
        service.labels_pdf(work, allotment.id or 0, SETTINGS)
    work.actor = system
    work.actor = make_actor(work, "county_handler", division="999999")
    with pytest.raises(NotAllowed):
        service.codes_csv(work, allotment.id or 0, SETTINGS)
    work.actor = system
    service.withdraw(work, allotment.id or 0, Step())
    with pytest.raises(Conflict, match="已作废"):
        service.labels_pdf(work, allotment.id or 0, SETTINGS)


def test_an_address_that_no_symbol_can_hold_is_refused(work: Work) -> None:
    allotment = make_allotment(work, make_season(work), count=1, received=False)
    for address in ("https://地标.示例", "https://gi_registry.example", "javascript:alert(1)"):
        with pytest.raises(Unavailable, match="不能印成二维码"):
            service.labels_pdf(work, allotment.id or 0, read_settings({}, secret_key=SECRET_KEY, public_url=address))


def test_a_large_allotment_comes_in_parts(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=1090, received=False)
    paper = service.labels_pdf(work, allotment.id or 0, SETTINGS, part=2)
    assert paper.name.endswith("-1081-1090.pdf") and len(decoded(paper.content)) == 10
    assert "序号 1081 至 1090" in text_of(paper.content)
    with pytest.raises(Invalid, match="没有第 3 份"):
        service.labels_pdf(work, allotment.id or 0, SETTINGS, part=3)
