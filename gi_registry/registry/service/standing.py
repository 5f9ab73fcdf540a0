"""Standing, and the restrictions that other procedures put on authorisations."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from gi_registry.kernel.errors import Conflict, NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.registry import queries
from gi_registry.registry.models import Authorisation, AuthorisationRestriction, Protection
from gi_registry.registry.rules import Effect, Facts, OpenRestriction, Standing, standing_of
from gi_registry.registry.schemas import LiftForm, RestrictForm
from gi_registry.workflow import Work, check_version

BY_HAND = "officer"


def standing(session: Session, authorisation: Authorisation, on: date) -> Standing:
    """Return what ``authorisation`` permits on a Shanghai date, with the effects that hold and the reasons in words."""
    facts = facts_of(authorisation, queries.get_protection(session, authorisation.protection_id))
    rows = queries.restrictions_of(session, authorisation.id or 0)
    return standing_of(facts, [OpenRestriction(row.effect, row.basis, row.from_on, row.until_on) for row in rows], on)


def facts_of(authorisation: Authorisation, protection: Protection) -> Facts:
    """Return what standing is computed from."""
    return Facts(
        state=authorisation.state,
        matched=authorisation.matched,
        valid_from=authorisation.valid_from,
        valid_to=authorisation.valid_to,
        protection_state=protection.state,
        protection_to=protection.valid_to,
    )


def restrict(
    work: Work, *, authorisation_id: int, source: str, source_id: int, effect: str, basis: str, from_on: date
) -> AuthorisationRestriction:
    """Put a restriction on an authorisation on behalf of another procedure, which has asked for its own permission.

    Raises Invalid for an unknown effect, and for one that suspends an announced right without a cited basis.
    """
    queries.get_authorisation(work.session, authorisation_id)
    if effect not in set(Effect):
        raise invalid("effect", say("没有“%(effect)s”这种限制。", effect=effect))
    if effect != Effect.SAMPLING_WEIGHT and not basis.strip():
        raise invalid("basis", say("没有依据不能限制已公告的权利。"), say("请写明权利人的使用管理规则或有关规定的条款。"))
    row = AuthorisationRestriction(
        authorisation_id=authorisation_id, source=source, source_id=source_id, effect=effect, basis=basis.strip(), from_on=from_on
    )
    work.record(row, "restriction:impose")
    work.flush()
    return row


def lift(work: Work, *, source: str, source_id: int, until_on: date) -> int:
    """End what one act imposed, from ``until_on`` on; others' restrictions stay. Return how many were ended."""
    held = [row for row in queries.restrictions_from(work.session, source, source_id) if row.until_on is None]
    for row in held:
        row.until_on = until_on
        work.record(row, "restriction:lift")
    work.flush()
    return len(held)


def impose_by_hand(work: Work, authorisation_id: int, fields: RestrictForm) -> AuthorisationRestriction:
    """Put an officer's own restriction on an authorisation. Raises NotFound outside the region, Invalid without a basis, StaleVersion."""
    authorisation = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:restrict", authorisation)
    check_version(authorisation, fields.version)
    row = restrict(
        work,
        authorisation_id=authorisation_id,
        source=BY_HAND,
        source_id=0,
        effect=fields.effect,
        basis=fields.basis,
        from_on=fields.from_on,
    )
    row.source_id = row.id or 0  # an act by hand is its own source, so that it is lifted alone
    work.flush()
    return row


def lift_by_hand(work: Work, authorisation_id: int, restriction_id: int, *, fields: LiftForm) -> None:
    """Lift from today what an officer imposed. Raises NotFound for what another procedure imposed, Conflict for what is lifted."""
    authorisation = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:restrict", authorisation)
    check_version(authorisation, fields.version)
    found = next((row for row in queries.restrictions_of(work.session, authorisation_id) if row.id == restriction_id), None)
    if found is None or found.source != BY_HAND:
        raise NotFound
    if not lift(work, source=BY_HAND, source_id=found.source_id, until_on=work.today):
        raise Conflict(say("这项限制已经解除。"), remedy=say("请刷新页面。"))
