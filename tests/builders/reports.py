"""Annual reports for tests: a crab farmer whose year the registry knows, its people, and the officers of its county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.service import actor_of
from gi_registry.kernel.actor import Actor
from gi_registry.policy.service import seed
from gi_registry.registry.models import Authorisation
from gi_registry.reports import service
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.schemas import Draft, Filing, Step
from gi_registry.workflow import Work
from tests.builders.accounts import make_person
from tests.builders.batches import make_batch
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_gi, make_organisation, make_product, make_protection

LABELS = {"opening": "200", "received": "9800", "activated": "7200", "spoiled": "100", "returned": "700", "closing": "2000"}
TYPED = {"output": "8000", "sales": "150"} | {f"item_code.{part}": value for part, value in LABELS.items()}
PEOPLE = {
    "operator": "producer_operator",
    "approver": "producer_approver",
    "handler": "county_handler",
    "county": "county_approver",
    "neighbour": "producer_approver",
    "elsewhere": "county_approver",
}


@dataclass(frozen=True)
class Farm:
    """Ids only, so that it outlives the Work that made it."""

    authorisation_id: int
    organisation_id: int
    gi_id: int


def make_farm(work: Work, **differs: Any) -> Farm:
    """Return a crab farmer with 12 mu and a harvest of 7,500 crabs in 2025, its people signed up under the names of ``PEOPLE``."""
    seed(work)
    gi = make_gi(work)
    user = make_organisation(work, name="示例湖蟹业有限公司", contact="示例联系人")
    authorisation = make_authorisation(work, protection=make_protection(work, gi), organisation=user, **differs)
    product = make_product(work, authorisation)
    make_area(work, gi)
    plot = make_plot(work, authorisation)
    make_batch(work, authorisation, product=product, plot=plot, quantity="7500")
    make_people(work, user)
    return Farm(authorisation.id or 0, user.id or 0, gi.id or 0)


def make_people(work: Work, user: Organisation) -> None:
    """Sign up the producer's people, a neighbour, the county's officers and one of another county."""
    neighbour = make_organisation(work, name="示例邻居")
    elsewhere = make_organisation(work, name="邻县管理局", kind="authority", division_code="999998")
    own = {"operator": user, "approver": user, "neighbour": neighbour, "elsewhere": elsewhere}
    for login, role in PEOPLE.items():
        division = {"handler": "999999", "county": "999999", "elsewhere": "999998"}.get(login, "")
        make_person(work, role, division=division, organisation=own.get(login), login=login)


def actor_named(session: Session, login: str) -> Actor:
    """Return the Actor of one of ``PEOPLE``."""
    from gi_registry.accounts.queries import find_person  # noqa: PLC0415

    person = find_person(session, login)
    assert person is not None
    return actor_of(session, person.id or 0)


def acting(work: Work, login: str) -> Work:
    """Let one of ``PEOPLE`` go on with this Work."""
    work.actor = actor_named(work.session, login)
    return work


def draft_of(version: int = 0, *, reasons: dict[str, str] | None = None, **differs: str) -> Draft:
    """Return a complete form; keys of label figures are written ``item_code__closing``."""
    values = TYPED | {key.replace("__", "."): value for key, value in differs.items()}
    return Draft(version=version, values=values, reasons=reasons or {})


def filing_of(work: Work, version: int) -> Filing:
    """Return the act of filing by whoever acts."""
    return Filing(version=version, declared=True, signed_name=work.actor.name)


def make_draft(work: Work, farm: Farm, *, year: int = 2025, draft: Draft | None = None) -> AnnualReport:
    """Return the saved draft of a year, written by the operator."""
    return service.save_draft(acting(work, "operator"), farm.authorisation_id, year, fields=draft or draft_of())


def make_filed(work: Work, farm: Farm, *, year: int = 2025, draft: Draft | None = None) -> AnnualReport:
    """Return the report of a year, filed by the approver."""
    report = make_draft(work, farm, year=year, draft=draft)
    acting(work, "approver")
    return service.file_report(work, report.id or 0, fields=filing_of(work, report.version))


def make_accepted(work: Work, farm: Farm, *, year: int = 2025, draft: Draft | None = None) -> AnnualReport:
    """Return the report of a year, checked by the handler and accepted by the approver of the county."""
    report = make_filed(work, farm, year=year, draft=draft)
    service.check_report(acting(work, "handler"), report.id or 0, fields=Step(version=report.version))
    return service.accept_report(acting(work, "county"), report.id or 0, fields=Step(version=report.version))


def ended(on: date) -> dict[str, Any]:
    """What makes an authorisation an ended one."""
    return {"state": "deregistered", "valid_to": on}


def authorisation_of(work: Work, farm: Farm) -> Authorisation:
    """Return the farm's authorisation."""
    found = work.session.get(Authorisation, farm.authorisation_id)
    assert found is not None
    return found
