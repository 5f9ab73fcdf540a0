"""The papers of a case as its party gets them: whose number, which evidence, and the document behind a recorded fact."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gi_registry.anomalies.schemas import RecordFact
from gi_registry.anomalies.service import record_fact
from gi_registry.divisions.models import Division
from gi_registry.divisions.queries import name_in_numbers
from gi_registry.documents.models import Document
from gi_registry.documents.queries import content_of
from gi_registry.documents.service import store
from gi_registry.kernel.errors import NotFound
from gi_registry.listings import service
from gi_registry.notices.rules import Method
from tests.builders.listings import PDF, Stage, make_stage, to_listed, to_notice, to_verifying
from tests.builders.papers import symbols_of, text_of


def document_of(stage: Stage, document_id: int | None) -> Document:
    found = stage.session.get(Document, document_id)
    assert isinstance(found, Document)
    return found


def paper_of(stage: Stage, document_id: int | None) -> str:
    return text_of(content_of(stage.session, document_of(stage, document_id)))


def recorded(stage: Stage) -> tuple[Stage, Document]:
    """Put a fact with its document on file for the party, and make it the finding of the stage."""
    handler = stage.as_("handler")
    paper = store(handler, name="抽检不合格报告.pdf", content=PDF + b"% sampling\n", owner_org_id=None, authority_division="999999")
    fact = record_fact(
        handler,
        RecordFact(
            ground="QL-01",
            authorisation_id=stage.finding.authorisation_id or 0,
            statement="监督抽检不合格。",
            source="示例检验院",
            established_on=date(2026, 1, 5),
            document_id=paper.id,
        ),
    )
    from gi_registry.anomalies.queries import get_finding

    stage.finding = get_finding(stage.session, fact.finding_id)
    return stage, paper


def test_the_citys_decision_carries_the_citys_name(work: Any) -> None:
    stage = to_listed(make_stage(work))
    assert stage.the_case.severity == 3
    assert (stage.the_case.decision_number or "").startswith("示例市异列决")
    notice = document_of(stage, stage.the_case.notice_document_id)
    assert "示例县异列告" in notice.name, "the county's notice carries the county's name"


def test_the_countys_decision_carries_the_countys_name(work: Any) -> None:
    stage = to_listed(make_stage(work, ground="AR-01"))
    assert (stage.the_case.decision_number or "").startswith("示例县异列决")


def test_every_document_of_the_case_is_in_the_index_of_evidence(work: Any) -> None:
    stage = to_listed(make_stage(work))
    case = stage.the_case
    text = paper_of(stage, case.decision_document_id)
    assert document_of(stage, case.notice_document_id).sha256 in text
    assert "送达回证" in text
    assert stage.finding.facts_digest in text, "the computation is evidence too"


def test_the_document_behind_a_recorded_fact_is_in_the_index_and_reaches_the_party(work: Any) -> None:
    stage, paper = recorded(make_stage(work))
    to_verifying(stage)
    with pytest.raises(NotFound):
        service.paper(stage.as_("owner"), stage.id, paper.id or 0)
    stage.act("handler", service.issue_notice, method=Method.PERSONAL)
    text = paper_of(stage, stage.the_case.notice_document_id)
    assert paper.sha256 in text
    assert "抽检不合格报告" in text
    _document, content = service.paper(stage.as_("owner"), stage.id, paper.id or 0)
    assert content == PDF + b"% sampling\n"
    assert any(paper.id in step.document_ids for step in service.view_case(stage.as_("owner"), stage.id).steps)


def test_a_paper_can_be_read_in_english_and_says_which_text_counts(work: Any) -> None:
    stage = to_notice(make_stage(work))
    number = stage.the_case.notice_document_id or 0
    document, english = service.paper(stage.as_("owner"), stage.id, number, language="en")
    assert document.sha256 in text_of(english)
    assert "Noticeofintendedlisting" in text_of(english)
    assert content_of(stage.session, document) != english


def test_the_symbol_leads_to_the_party_in_the_register(work: Any) -> None:
    stage = to_notice(make_stage(work))
    content = content_of(stage.session, document_of(stage, stage.the_case.notice_document_id))
    assert [address.endswith(f"/registry/users/{stage.party.uscc}") for address in symbols_of(content)] == [True]


def test_the_form_of_service_is_for_papers_of_the_case_only(work: Any) -> None:
    stage = to_notice(make_stage(work))
    form = service.proof_form(stage.as_("handler"), stage.id, stage.the_case.notice_document_id or 0)
    text = text_of(form.content)
    assert stage.party.name in text
    assert document_of(stage, stage.the_case.notice_document_id).sha256 in text
    other = store(stage.as_("handler"), name="别的.pdf", content=PDF, owner_org_id=None, authority_division="999999")
    with pytest.raises(NotFound):
        service.proof_form(stage.as_("handler"), stage.id, other.id or 0)


def test_no_two_places_share_the_name_in_their_numbers(work: Any) -> None:
    for code, name, parent in (
        ("61", "甲省", None), ("6101", "徐州市", "61"), ("6102", "开封市", "61"),
        ("610101", "鼓楼区", "6101"), ("610201", "鼓楼区", "6102"), ("610102", "徐州县", "6101"), ("610103", "云龙区", "6101"),
    ):  # fmt: skip
        above = work.session.get(Division, parent).path if parent else "/"
        level = {2: "province", 4: "city", 6: "county"}[len(code)]
        work.session.add(Division(code=code, name=name, parent_code=parent, path=f"{above}{code}/", level=level))
        work.session.flush()
    names = {code: name_in_numbers(work.session, code) for code in ("6101", "610101", "610201", "610102", "610103")}
    assert names == {"6101": "徐州", "610101": "徐州鼓楼区", "610201": "开封鼓楼区", "610102": "徐州县", "610103": "云龙"}
    assert name_in_numbers(work.session, "777777") == "777777"
