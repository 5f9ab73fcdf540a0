"""Cases at any point of the procedure, for tests: the officers, the party, and the steps between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.service import actor_of
from gi_registry.anomalies.models import Finding
from gi_registry.documents.service import store
from gi_registry.listings import service
from gi_registry.listings.models import ListingCase
from gi_registry.listings.schemas import AnswerPoint, Attachment
from gi_registry.notices.models import ServiceConsent
from gi_registry.notices.rules import Method
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work
from tests.builders.accounts import make_person
from tests.builders.anomalies import make_missing_report, make_overrun
from tests.builders.registry import make_organisation

PDF = b"%PDF-1.4\n% a paper for tests\n%%EOF\n"
RECEIPT = Attachment("送达回证.pdf", PDF)
PROOF = Attachment("整改证明.pdf", PDF + b"% repaired\n")


@dataclass
class Stage:
    """A case and everyone in it; ``as_(role)`` is a Work of that person at the stage's moment."""

    session: Any
    now: datetime
    people: dict[str, int]
    finding: Finding
    party: Organisation
    case: ListingCase | None = None
    works: list[Work] = field(default_factory=list)

    def as_(self, name: str) -> Work:
        """Return a Work of one of the people: handler, approver, city, operator, owner."""
        self.works.append(Work(self.session, actor_of(self.session, self.people[name]), self.now))
        return self.works[-1]

    def commit(self) -> None:
        """Commit what everyone did, with its leaves."""
        for work in self.works:
            work.commit()

    def later(self, days: int) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)

    @property
    def the_case(self) -> ListingCase:
        """The case, once it is open."""
        assert self.case is not None
        return self.case

    @property
    def id(self) -> int:
        """The case's id."""
        return self.the_case.id or 0

    def act(self, name: str, verb: Callable[..., ListingCase], **fields: Any) -> ListingCase:
        """Let one of the people do a verb of the service on the case, with its present version."""
        return verb(self.as_(name), self.id, version=self.the_case.version, **fields)


def make_stage(work: Work, *, ground: str = "QT-01", consent: bool = False) -> Stage:
    """Return a finding with its party and its officers; the case is not open yet."""
    party = make_organisation(work)
    from tests.builders.codes import make_season

    finding = (
        make_overrun(work, organisation=party)
        if ground == "QT-01"
        else make_missing_report(work, season=make_season(work, organisation=party))
    )
    authority = make_organisation(work, kind="authority", name="示例县知识产权局", uscc=None)
    people = {
        "handler": make_person(work, "county_handler", division="999999", organisation=authority),
        "approver": make_person(work, "county_approver", division="999999", organisation=authority),
        "city": make_person(work, "city_officer", division="9999", organisation=authority),
        "operator": make_person(work, "producer_operator", organisation=party),
        "owner": make_person(work, "producer_approver", organisation=party),
    }
    stage = Stage(work.session, work.now, {name: person.id or 0 for name, person in people.items()}, finding, party)
    if consent:
        give_consent(work, party)
    return stage


def give_consent(work: Work, party: Organisation) -> None:
    """Put the party's confirmation of electronic service on file."""
    document = store(work, name="电子送达确认书.pdf", content=PDF, owner_org_id=party.id, authority_division="999999")
    work.record(
        ServiceConsent(organisation_id=party.id or 0, document_id=document.id or 0, confirmed_on=date(2025, 1, 1)), "consent:record"
    )
    work.flush()


def to_verifying(stage: Stage) -> Stage:
    """Open the case and bring it to verification."""
    stage.case = service.open_case(stage.as_("handler"), stage.finding.id or 0)
    stage.act("handler", service.accept)
    stage.act("handler", service.verify)
    return stage


def to_notice(stage: Stage, method: Method = Method.PERSONAL) -> Stage:
    """Bring the case to the notice of intended listing, sent but not served."""
    to_verifying(stage)
    stage.act("handler", service.issue_notice, method=method)
    return stage


def to_window(stage: Stage) -> Stage:
    """Bring the case into the defence window, served in person two days after it was sent."""
    to_notice(stage)
    stage.later(2)
    stage.act("handler", service.prove_service, served_on=stage.as_("handler").today, receipt=RECEIPT)
    return stage


def to_proposed(stage: Stage, *, defence: str = "上限文件我们没有收到。\n2022 年有库存。") -> Stage:
    """Bring the case to the second officer, with a defence answered point by point."""
    to_window(stage)
    if defence:
        stage.act("owner", service.file_defence, points=defence)
        answers = [AnswerPoint(number=n + 1, answer="经核对，已予答复。", outcome="rejected") for n in range(len(defence.splitlines()))]
        stage.act("handler", service.answer_defence, answers=answers)
    stage.later(20)
    stage.act("handler", service.propose, note="事实清楚，建议列入。")
    return stage


def to_listed(stage: Stage) -> Stage:
    """Bring the case onto the list: by the city where the ground is serious."""
    to_proposed(stage)
    stage.act("city" if stage.the_case.severity == 3 else "approver", service.decide_listing, note="同意列入。")
    return stage


def authorisation_of(stage: Stage) -> Authorisation:
    """Return the authorisation that the case is about."""
    found = stage.session.get(Authorisation, stage.the_case.authorisation_id)
    assert found is not None
    return found
