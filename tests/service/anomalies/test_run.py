"""The nightly run on real rows: found once, kept as the same finding, cleared when cured."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.anomalies import queries, service
from gi_registry.anomalies.models import Finding, FindingEvidence
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Spoil
from gi_registry.divisions.service import seed_calendar
from gi_registry.kernel.errors import Invalid, NotAllowed, NotFound
from gi_registry.kernel.verdict import Failed
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.anomalies import correct_cap, make_labelled, make_missing_report, make_overrun
from tests.builders.batches import make_batch
from tests.builders.codes import make_allotment, make_season
from tests.builders.registry import make_authorisation


def findings(work: Any, ground: str) -> list[Finding]:
    return list(work.session.exec(select(Finding).where(Finding.ground == ground)))


def as_actor(work: Any, *roles: str, division: str) -> Work:
    return Work(work.session, make_actor(work, *roles, division=division), work.now)


def test_labels_within_the_final_cap_are_no_finding(work: Any) -> None:
    season = make_labelled(work)
    correct_cap(work, season, "600")
    service.run(work, 2025)
    assert findings(work, "QT-01") == []


def test_a_cap_corrected_later_makes_a_finding_with_its_arithmetic(work: Any) -> None:
    finding = make_overrun(work)
    assert (finding.state, finding.severity, finding.year) == ("open", 3, 2025)
    assert finding.lines[-1]["amount"] == 1200
    assert finding.facts["plots"][0]["per_mu"] == 500
    assert finding.parameter_version
    assert finding.rule_version == "1"


def test_a_provisional_cap_gives_a_note_not_a_finding(work: Any) -> None:
    make_labelled(work)
    result = service.run(work, 2025)
    assert findings(work, "QT-01") == []
    assert [str(item.reason) for item in result.unjudged if item.ground == "QT-01"] == ["2025 年的单产上限尚未最终确定，暂不判断。"]


def test_labels_on_old_stock_are_covered_by_it(work: Any) -> None:
    season = make_season(work, harvested="3000")
    make_batch(work, season.authorisation, product=season.product, kind="opening", harvest_year=2022, account_year=2025,
               harvested_on=None, quantity="3000")  # fmt: skip
    opening = [batch for batch in _batches(work) if batch.kind == "opening"]
    correct_cap(work, season, "300")
    for batch, count in ((season.batch, 3000), (opening[0], 3000)):
        allotment = make_allotment(work, season, count=count)
        codes.activate(work, allotment.id or 0, _activation(batch, count))
    service.run(work, 2025)
    assert findings(work, "QT-01") == []


def _batches(work: Any) -> list[Any]:
    from gi_registry.batches.models import Batch

    return list(work.session.exec(select(Batch)))


def _activation(batch: Any, count: int) -> Any:
    from gi_registry.codes.schemas import Activation

    return Activation(batch_id=batch.id, count=count)


def test_found_again_it_is_the_same_finding(work: Any) -> None:
    finding = make_overrun(work)
    before = (finding.version, finding.evidence_count)
    result = service.run(work, 2025)
    assert (result.new, result.again) == (0, 1)
    assert len(findings(work, "QT-01")) == 1
    assert (finding.version, finding.evidence_count) == before


def test_changed_facts_are_a_new_version_of_the_evidence(work: Any) -> None:
    season = make_labelled(work)
    correct_cap(work, season)
    service.run(work, 2025)
    correct_cap(work, season, "400")
    result = service.run(work, 2025)
    assert result.changed == 1
    (finding,) = findings(work, "QT-01")
    kept = work.session.exec(select(FindingEvidence).where(FindingEvidence.finding_id == finding.id)).all()
    assert [row.facts["plots"][0]["per_mu"] for row in sorted(kept, key=lambda row: row.number)] == [500, 400]
    assert finding.lines[-1]["amount"] == 7200 - 4800


def test_a_cured_finding_is_cleared_and_comes_back_when_it_holds_again(work: Any) -> None:
    season = make_labelled(work)
    correct_cap(work, season)
    service.run(work, 2025)
    (finding,) = findings(work, "QT-01")
    correct_cap(work, season, "600")
    assert service.run(work, 2025).cleared == 1
    assert finding.state == "cleared"
    correct_cap(work, season)
    service.run(work, 2025)
    assert finding.state == "open"


def test_void_labels_are_taken_off(work: Any) -> None:
    season = make_season(work, harvested="7200")
    allotment = make_allotment(work, season, count=7200)
    codes.activate(work, allotment.id or 0, _activation(season.batch, 7200))
    codes.spoil(work, allotment.id or 0, Spoil(kind="void", reason="示例作废", first=1, last=1200))
    correct_cap(work, season)
    service.run(work, 2025)
    assert findings(work, "QT-01") == []


def test_a_missing_report_is_found_after_the_grace(work: Any) -> None:
    finding = make_missing_report(work)
    assert (finding.ground, finding.year, finding.severity) == ("AR-01", 2024, 2)


def test_in_the_grace_nothing_is_found(work: Any) -> None:
    make_authorisation(work)
    seed_calendar(work)
    service.run(work, 2025, as_of=date(2026, 3, 2))
    assert findings(work, "AR-01") == []


def test_without_the_years_calendar_nobody_is_accused(work: Any) -> None:
    make_authorisation(work)
    result = service.run(work, 2039, as_of=date(2040, 6, 1))
    assert findings(work, "AR-01") == []
    assert "尚未载入" in str(result.unjudged[0].reason)


def test_approved_this_year_owes_nothing_for_the_last(work: Any) -> None:
    make_authorisation(work, valid_from=date(2026, 1, 10))
    seed_calendar(work)
    service.run(work, 2025, as_of=date(2026, 6, 1))
    assert findings(work, "AR-01") == []


def test_a_dry_run_writes_nothing(work: Any) -> None:
    season = make_labelled(work)
    correct_cap(work, season)
    result = service.run(work, 2025, dry_run=True)
    assert [draft.ground for draft in result.found if draft.ground == "QT-01"] == ["QT-01"]
    assert findings(work, "QT-01") == []


def test_an_officer_reaches_the_own_region_only(work: Any) -> None:
    season = make_labelled(work)
    correct_cap(work, season)
    from tests.builders.divisions import make_division

    make_division(work, "999998")
    service.run(as_actor(work, "county_handler", division="999998"), 2025)
    assert findings(work, "QT-01") == []
    service.run(as_actor(work, "county_handler", division="999999"), 2025)
    assert len(findings(work, "QT-01")) == 1


def test_dismissal_has_a_reason_and_lasts(work: Any) -> None:
    finding = make_overrun(work)
    approver = as_actor(work, "county_approver", division="999999")
    with pytest.raises(Invalid):
        service.dismiss_finding(approver, finding.id or 0, reason=" ", expected_version=finding.version)
    service.dismiss_finding(approver, finding.id or 0, reason="上限文件有误，已另案更正。", expected_version=finding.version)
    service.run(work, 2025)
    assert finding.state == "dismissed"


def test_a_handler_cannot_dismiss_and_the_next_county_sees_nothing(work: Any) -> None:
    finding = make_overrun(work)
    with pytest.raises(NotAllowed):
        service.dismiss_finding(as_actor(work, "county_handler", division="999999"), finding.id or 0, reason="不想办", expected_version=1)
    from tests.builders.divisions import make_division

    make_division(work, "999998")
    with pytest.raises(NotFound):
        service.view_finding(as_actor(work, "county_approver", division="999998"), finding.id or 0)


def test_the_rule_can_be_asked_again_about_one_finding(work: Any) -> None:
    season = make_labelled(work)
    correct_cap(work, season)
    service.run(work, 2025)
    (finding,) = findings(work, "QT-01")
    assert service.still_holds(work.session, finding, as_of=work.today)
    correct_cap(work, season, "600")
    assert isinstance(service.still_holds(work.session, finding, as_of=work.today), Failed)


def test_the_number_of_queries_does_not_grow_with_users(work: Any, count_queries: Any) -> None:
    for _ in range(2):
        correct_cap(work, make_labelled(work))
    seed_calendar(work)
    service.run(work, 2025)
    with count_queries() as few:
        service.run(work, 2025, dry_run=True)
    for _ in range(3):
        correct_cap(work, make_labelled(work))
    work.flush()
    work.session.expire_all()
    with count_queries() as many:
        service.run(work, 2025, dry_run=True)
    assert many.count - few.count <= 6, "reading areas grows with the GIs, nothing with the users"


def test_an_officer_records_what_no_machine_computes(work: Any) -> None:
    from gi_registry.anomalies.schemas import RecordFact

    user = make_authorisation(work)
    handler = as_actor(work, "county_handler", division="999999")
    fact = service.record_fact(
        handler,
        RecordFact(
            ground="CO-02",
            authorisation_id=user.id or 0,
            statement="拒绝提供台账。",
            source="现场检查笔录",
            established_on=date(2026, 3, 1),
        ),
    )
    finding = queries.get_finding(work.session, fact.finding_id)
    assert (finding.ground, finding.state, finding.rule_version) == ("CO-02", "open", "recorded")
    with pytest.raises(Invalid):
        service.record_fact(
            handler,
            RecordFact(ground="QT-01", authorisation_id=user.id or 0, statement="超产。", source="现场", established_on=date(2026, 3, 1)),
        )
