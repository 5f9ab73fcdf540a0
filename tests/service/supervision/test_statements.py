"""A user says that codes are not its own: one's own are frozen at once, others are a lead only, and it can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.codes.models import CodeInterval
from gi_registry.codes.queries import ranges_of
from gi_registry.codes.rules.mint import mint
from gi_registry.codes.service import open_secret
from gi_registry.kernel.errors import Conflict, Invalid, NotFound
from gi_registry.supervision import queries, service
from gi_registry.supervision.models import Lead
from gi_registry.supervision.schemas import Assignment, ReasonedStep, Statement, Step, Withdrawal
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.codes import SECRET_KEY, Season, make_allotment, make_season
from tests.builders.registry import make_organisation
from tests.builders.supervision import UNKNOWN_CODE


def user(work: Work, season: Season) -> Work:
    organisation = work.session.get(Organisation, season.organisation_id)
    return Work(work.session, make_actor(work, "producer_operator", organisation=organisation), work.now)


def printed(work: Work, allotment_id: int) -> list[str]:
    [run] = ranges_of(work.session, allotment_id)
    return mint(open_secret(work.session, run.key_id, SECRET_KEY), key_id=run.key_id, range_label=run.label, low=0, high=run.size)


def frozen(work: Work) -> list[CodeInterval]:
    return list(work.session.exec(select(CodeInterval).where(CodeInterval.status == "frozen")).all())


@pytest.fixture
def season(work: Work) -> Season:
    return make_season(work)


@pytest.fixture
def allotment_id(work: Work, season: Season) -> int:
    return make_allotment(work, season, count=100).id or 0


def state(work: Work, **fields: Any) -> Lead:
    return service.state_not_ours(work, Statement(**fields), secret_key=SECRET_KEY)


def test_one_code_in_one_act(work: Work, season: Season, allotment_id: int) -> None:
    codes = printed(work, allotment_id)
    lead = state(user(work, season), from_code=codes[4].lower(), text="标签被复制")
    [held] = frozen(work)
    assert (held.serial_from, held.serial_to, held.origin) == (4, 5, "statement")
    assert lead.holds == [held.id]
    assert (lead.number, lead.source, lead.serial, lead.authorisation_id) == ("声〔2026〕000001", "statement", 4, season.id)
    assert lead.owner_org_id == season.organisation_id


def test_a_run_of_codes_and_a_run_of_numbers(work: Work, season: Season, allotment_id: int) -> None:
    codes = printed(work, allotment_id)
    state(user(work, season), from_code=codes[10], to_code=codes[19])
    state(user(work, season), allotment_id=allotment_id, first=31, last=40)
    assert [(row.serial_from, row.serial_to) for row in frozen(work)] == [(10, 20), (30, 40)]


def test_codes_of_others_are_a_lead_without_a_freeze(work: Work, season: Season, allotment_id: int) -> None:
    other = make_season(work, organisation=make_organisation(work))
    theirs = printed(work, make_allotment(work, other, count=10).id or 0)
    me = user(work, season)
    lead = state(me, from_code=theirs[0])
    assert (lead.holds, lead.authorisation_id, frozen(work)) == ([], None, [])
    assert state(me, from_code=UNKNOWN_CODE).subject_kind == "unknown"
    with pytest.raises(Invalid):
        state(me, from_code=theirs[0], to_code=theirs[5])
    with pytest.raises(NotFound):
        state(user(work, other), allotment_id=allotment_id, first=1)


def test_a_holder_of_a_gi_states_it_too_and_freezes_nothing(work: Work, season: Season, allotment_id: int) -> None:
    holder = work.session.get(Organisation, season.gi.holder_org_id)
    me = Work(work.session, make_actor(work, "holder_manager", organisation=holder), work.now)
    lead = state(me, from_code=printed(work, allotment_id)[0])
    assert (lead.holds, lead.authorisation_id, frozen(work)) == ([], None, [])
    forged = state(me, from_code=UNKNOWN_CODE)
    assert (forged.subject_kind, forged.authority_division) == ("unknown", season.gi.authority_division)
    assert {row.id for row in service.my_statements(me)} == {lead.id, forged.id}


def test_what_is_no_code_is_told_at_its_field(work: Work, season: Season) -> None:
    with pytest.raises(Invalid) as refused:
        state(user(work, season), from_code="123")
    assert refused.value.fields[0].field == "from_code"


def test_a_code_is_not_frozen_twice(work: Work, season: Season, allotment_id: int) -> None:
    codes = printed(work, allotment_id)
    state(user(work, season), from_code=codes[0])
    with pytest.raises(Conflict):
        state(user(work, season), from_code=codes[0])


def test_taken_back_before_the_office_decides(work: Work, season: Season, allotment_id: int) -> None:
    me = user(work, season)
    lead = state(me, from_code=printed(work, allotment_id)[0])
    assert service.withdraw(me, lead.id or 0, Withdrawal(reason="标签已找到")) == 1
    [held] = frozen(work)
    assert held.lifted_at == work.now
    assert (lead.state, lead.reason) == ("no_case", "标签已找到")
    with pytest.raises(Conflict):
        service.withdraw(me, lead.id or 0, Withdrawal(reason="再撤一次"))


def test_not_after_the_office_decided_and_not_by_others(work: Work, season: Season, allotment_id: int) -> None:
    lead = state(user(work, season), from_code=printed(work, allotment_id)[0])
    stranger = Work(work.session, make_actor(work, "producer_operator", organisation=make_organisation(work)), work.now)
    with pytest.raises(NotFound):
        service.withdraw(stranger, lead.id or 0, Withdrawal(reason="不是我的"))
    officer = Work(work.session, make_actor(work, "county_handler", division="999999"), work.now)
    service.assign(officer, lead.id or 0, Assignment())
    service.accept(officer, lead.id or 0, Step())
    service.no_case(officer, lead.id or 0, ReasonedStep(reason="已核实，维持冻结"))
    with pytest.raises(Conflict):
        service.withdraw(user(work, season), lead.id or 0, Withdrawal(reason="标签已找到"))
    [held] = frozen(work)
    assert held.lifted_at is None


def test_statements_are_seen_by_their_user_only(work: Work, season: Season, allotment_id: int) -> None:
    state(user(work, season), from_code=UNKNOWN_CODE)
    stranger = Work(work.session, make_actor(work, "producer_operator", organisation=make_organisation(work)), work.now)
    assert len(service.my_statements(user(work, season))) == 1
    assert not service.my_statements(stranger)
    assert queries.statements_of(work.session, season.organisation_id)
