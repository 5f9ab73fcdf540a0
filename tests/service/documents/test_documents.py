"""Papers are kept once, typed by their bytes, and handed to those whose business they are."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from gi_registry.documents import service
from gi_registry.documents.models import Document, DocumentContent
from gi_registry.documents.rules import Paper, sha256_of
from gi_registry.kernel.actor import Actor
from gi_registry.kernel.errors import Invalid, NotAllowed, NotFound
from gi_registry.kernel.words import say
from tests.builders.accounts import make_actor
from tests.builders.divisions import make_division
from tests.builders.papers import text_of
from tests.builders.registry import make_organisation

PDF = b"%PDF-1.7\nan invented test report\n%%EOF"


@pytest.fixture
def owner(work):
    return make_organisation(work)


def keep(work, owner, **differs):
    values = {"name": "检测报告.pdf", "content": PDF, "owner_org_id": owner.id, "authority_division": "999999"} | differs
    return service.store(work, **values)


def as_actor(work, actor: Actor):
    work.actor = actor
    return work


def test_the_same_bytes_are_stored_once_under_two_names(work, owner):
    first, second = keep(work, owner), keep(work, owner, name="第二份.pdf")
    assert first.id != second.id
    assert first.sha256 == second.sha256
    assert work.session.exec(select(func.count()).select_from(DocumentContent)).one() == 1
    assert service.download(work, second.id).content == PDF


def test_a_stored_paper_knows_its_type_size_and_moment(work, owner):
    document = keep(work, owner, name="../东塘/检测 报告.pdf")
    work.commit()
    work.session.expire_all()
    read = work.session.get(Document, document.id)
    assert (read.name, read.media_type, read.size) == ("检测 报告.pdf", "application/pdf", len(PDF))
    assert read.created_at == work.now
    assert read.created_at.tzinfo is not None


def test_a_paper_that_is_not_what_it_claims_is_refused_and_nothing_is_kept(work, owner):
    with pytest.raises(Invalid):
        keep(work, owner, media_type="image/png")
    with pytest.raises(Invalid):
        keep(work, owner, content=b"MZ\x90\x00")
    assert work.session.exec(select(func.count()).select_from(Document)).one() == 0


def test_a_paper_the_registry_wrote_is_a_pdf_that_can_be_set_again_and_read_in_english(work, owner):
    paper = Paper(title=say("限期整改通知书"), number="示例〔2026〕1号", issued=work.today, facts=((say("当事人"), owner.name),))
    written = service.store_paper(work, paper, name="限期整改通知书", owner_org_id=owner.id, authority_division="999999")
    assert written.media_type == "application/pdf"
    assert sha256_of(service.typeset_paper(paper)) == written.sha256, "the same data make the same bytes"
    english = text_of(service.read_paper(work, written, language="en"))
    assert "Rectificationorder" in english
    assert written.sha256 in english, "the reading names the text that counts"
    with pytest.raises(NotFound):
        service.read_paper(work, keep(work, owner), language="en")


def test_html_is_never_an_upload(work, owner):
    with pytest.raises(Invalid):
        keep(work, owner, name="a.html", content=b"<!doctype html><p>,</p>")


def test_owner_and_region_read_it_and_for_others_it_is_not_there(work, owner):
    document = keep(work, owner)
    make_division(work, "999998")
    neighbour = make_organisation(work)
    readers = [make_actor(work, "producer_operator", organisation=owner), make_actor(work, "county_handler", division="999999")]
    strangers = [make_actor(work, "producer_operator", organisation=neighbour), make_actor(work, "county_handler", division="999998")]
    for actor in readers:
        assert service.get_document(as_actor(work, actor), document.id).id == document.id
    for actor in strangers:
        with pytest.raises(NotFound):
            service.get_document(as_actor(work, actor), document.id)
        with pytest.raises(NotFound):
            service.get_document(work, document.id + 1_000)


def test_a_role_without_papers_is_told_so(work, owner):
    document = keep(work, owner)
    with pytest.raises(NotAllowed):
        service.get_document(as_actor(work, make_actor(work, "security_admin")), document.id)
