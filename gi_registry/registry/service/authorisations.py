"""Use cases of authorisations: register, match, change, rectify, deregister."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.queries import find_organisation
from gi_registry.accounts.service import add_organisation
from gi_registry.divisions.queries import find_division
from gi_registry.kernel.errors import Conflict, Duplicate, invalid
from gi_registry.kernel.identifiers import announcement
from gi_registry.kernel.words import say
from gi_registry.registry import queries
from gi_registry.registry.models import Authorisation, AuthorisationChange, AuthorisationSite, Protection
from gi_registry.registry.rules import AUTHORISATION_LIFE
from gi_registry.registry.schemas import AuthorisationForm, ChangeForm, MatchForm, SiteForm, StepForm
from gi_registry.workflow import Work, advance, check_version

_KEPT = ("raw_name", "announcement_raw", "legal_basis", "valid_to")


def register_authorisation(work: Work, fields: AuthorisationForm, *, origin: str) -> Authorisation:
    """Enter an authorisation that was announced; it is active at once, and unmatched where no USCC is known.

    Raises NotFound for a protection outside the region, Invalid per field, Duplicate for a number on file.
    """
    protection = queries.get_protection(work.session, fields.protection_id)
    gi = queries.get_gi(work.session, protection.gi_id)
    work.require("authorisation:register", gi)
    if queries.find_authorisation(work.session, fields.number):
        raise Duplicate(say("登记号 %(number)s 已存在。", number=fields.number), remedy=say("请核对登记号；变更请在原登记上办理。"))
    division = fields.authority_division or gi.authority_division
    organisation = _organisation(work, fields, division) if fields.uscc else None
    row = Authorisation(
        number=fields.number,
        protection_id=fields.protection_id,
        gi_id=protection.gi_id,
        organisation_id=organisation.id if organisation else None,
        owner_org_id=organisation.id if organisation else None,
        raw_name=fields.name,
        raw_uscc=fields.uscc,
        matched=organisation is not None,
        legal_basis=fields.legal_basis,
        valid_from=fields.valid_from,
        valid_to=fields.valid_to,
        state=fields.state,
        authority_division=division,
        origin=origin,
    )
    _cite(row, fields.announcement)
    work.require("authorisation:register", row)
    work.record(row, "authorisation:register")
    work.flush()
    return row


def _organisation(work: Work, fields: AuthorisationForm, division: str) -> Organisation:
    found = find_organisation(work.session, fields.uscc)
    if found is not None:
        return found
    fresh = Organisation(uscc=fields.uscc, name=fields.name, kind="producer", division_code=division, authority_division=division)
    return add_organisation(work, fresh)


def _cite(row: Authorisation, raw: str) -> None:
    read = announcement(raw) if raw else None
    row.announcement_raw = raw
    row.announcement_issuer = read.issuer if read else ""
    row.announcement_year = read.year if read else None
    row.announcement_number = read.number if read else None


def view_authorisation(work: Work, authorisation_id: int) -> Authorisation:
    """Return an authorisation that the actor may see; raise NotFound for any other."""
    row = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:view", row)
    return row


def match_organisation(work: Work, authorisation_id: int, fields: MatchForm) -> Authorisation:
    """Say by USCC which organisation an authorisation known by name only belongs to; one not on file is entered under that name.

    Raises Conflict when it is already matched, StaleVersion for an old form.
    """
    row = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:match", row)
    check_version(row, fields.version)
    if row.matched:
        raise Conflict(say("这条登记已经匹配主体。"), remedy=say("主体有变化的，请登记变更。"))
    organisation = find_organisation(work.session, fields.uscc) or add_organisation(
        work,
        Organisation(uscc=fields.uscc, name=row.raw_name, kind="producer", authority_division=row.authority_division,
                     division_code=row.authority_division),
    )  # fmt: skip
    row.organisation_id = row.owner_org_id = organisation.id
    row.raw_uscc, row.matched = fields.uscc, True
    row.version += 1
    work.record(row, "authorisation:match")
    for product in queries.list_products(work.session, authorisation_id):
        product.owner_org_id = organisation.id
        work.record(product, "product:match")
    work.flush()
    return row


def change_authorisation(work: Work, authorisation_id: int, fields: ChangeForm) -> Authorisation:
    """Enter an announced change: the authorisation passes through change review into its next version; the old values are kept."""
    row = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:change", row)
    before = _values(row)
    advance(work, row, AUTHORISATION_LIFE, "request_change", expected_version=fields.version)
    row.raw_name, row.legal_basis, row.valid_to = fields.name, fields.legal_basis, fields.valid_to
    _cite(row, fields.announcement)
    advance(work, row, AUTHORISATION_LIFE, "approve_change")
    change = AuthorisationChange(
        authorisation_id=authorisation_id,
        version=row.version,
        effective_on=fields.effective_on,
        basis=fields.announcement,
        before=before,
        after=_values(row),
        at=work.now,
    )
    work.record(change, "authorisation:change")
    work.flush()
    return row


def _values(row: Authorisation) -> dict[str, str]:
    return {name: str(getattr(row, name) or "") for name in _KEPT}


def order_rectification(work: Work, authorisation_id: int, *, reason: str, version: int) -> Authorisation:
    """Order the user to rectify (not to standard, or unused for two years): codes only under a cap until verified."""
    return _step(work, authorisation_id, "order_rectification", reason=reason, version=version)


def verify_rectified(work: Work, authorisation_id: int, *, reason: str, version: int) -> Authorisation:
    """Find the rectification done: the authorisation is active again."""
    return _step(work, authorisation_id, "verify_rectified", reason=reason, version=version)


def deregister(work: Work, authorisation_id: int, *, reason: str, on: date, version: int) -> Authorisation:
    """Record the announced deregistration (注销使用注册登记并停止使用); the right ends on ``on``.

    Raises Invalid for a date before its start.
    """
    row = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:change", row)
    if row.valid_from is not None and on < row.valid_from:
        raise invalid("on", say("注销日期早于生效日期 %(day)s。", day=row.valid_from.isoformat()), say("请填写公告载明的日期。"))
    _step(work, authorisation_id, "deregister", reason=reason, version=version)
    row.valid_to = on
    work.flush()
    return row


def take_step(work: Work, authorisation_id: int, step: str, *, fields: StepForm) -> Authorisation:
    """Take one of the steps that a form offers: order_rectification, verify_rectified or deregister (which needs its date)."""
    if step == "deregister":
        if fields.on is None:
            raise invalid("on", say("请填写公告载明的注销日期。"), say("年-月-日，例如 2026-03-10。"))
        return deregister(work, authorisation_id, reason=fields.reason, on=fields.on, version=fields.version)
    return _step(work, authorisation_id, step, reason=fields.reason, version=fields.version)


def _step(work: Work, authorisation_id: int, action: str, *, reason: str, version: int) -> Authorisation:
    row = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:change", row)
    if not reason.strip():
        raise invalid("reason", say("请写明理由。"), say("理由和依据会记入登记历史，当事人可以看到。"))
    advance(work, row, AUTHORISATION_LIFE, action, expected_version=version)
    row.reason = reason.strip()
    work.flush()
    return row


def add_site(work: Work, authorisation_id: int, fields: SiteForm) -> AuthorisationSite:
    """Add a production site. Raises Invalid for a division that is not on file."""
    row = queries.get_authorisation(work.session, authorisation_id)
    work.require("authorisation:register", row)
    if fields.division_code and find_division(work.session, fields.division_code) is None:
        raise invalid(
            "division_code", say("没有代码为 %(code)s 的行政区划。", code=fields.division_code), say("请先导入行政区划，或留空。")
        )
    site = AuthorisationSite(
        authorisation_id=authorisation_id, name=fields.name, address=fields.address, division_code=fields.division_code or None
    )
    work.record(site, "site:register")
    work.flush()
    return site


def protection_of(session: Session, authorisation: Authorisation) -> Protection:
    """Return the protection under which an authorisation stands."""
    return queries.get_protection(session, authorisation.protection_id)
