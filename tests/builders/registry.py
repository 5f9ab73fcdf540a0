"""Register entries for tests: each ``make_x(work, **differs)`` makes what it stands on where it is not given."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.kernel.identifiers import uscc_of
from gi_registry.registry.models import Authorisation, AuthorisationSite, Gi, Product, Protection
from gi_registry.workflow import Work
from tests.builders.divisions import make_division

_serial = count(10_000)


def example_uscc(number: int) -> str:
    """Return a valid USCC in the invented division 999999."""
    return uscc_of("91999999", f"MA{number:06d}")


def make_organisation(work: Work, **differs: Any) -> Organisation:
    """Return a producer in the invented county 999999."""
    number = next(_serial)
    division = differs.pop("division_code", "999999")
    if division:
        make_division(work, division)
    values: dict[str, Any] = {
        "uscc": example_uscc(number),
        "name": f"示例生产者{number}",
        "kind": "producer",
        "division_code": division,
        "authority_division": division,
        "address": "示例县示例镇 1 号",
    }
    organisation = Organisation(**values | differs)
    work.record(organisation, "organisation:add")
    work.flush()
    return organisation


def make_gi(work: Work, **differs: Any) -> Gi:
    """Return a GI handled in 999999 with a holder of its own (``holder_org_id=None`` for none)."""
    number = next(_serial)
    division = differs.pop("authority_division", differs.get("division_code", "999999"))
    if division:
        make_division(work, division)
    if "holder_org_id" not in differs:
        differs["holder_org_id"] = make_organisation(work, kind="holder", name=f"示例协会{number}", division_code=division).id
    values: dict[str, Any] = {
        "code": f"GI-{number}",
        "name": f"示例蟹{number}",
        "category": "水产",
        "division_code": division or None,
        "authority_division": division,
        "owner_org_id": differs["holder_org_id"],
    }
    gi = Gi(**values | differs)
    work.record(gi, "gi:register")
    work.flush()
    return gi


def make_protection(work: Work, gi: Gi | None = None, **differs: Any) -> Protection:
    """Return a recognised protection on track A: raw material and production inside, capacity by area."""
    gi = gi or make_gi(work)
    number = next(_serial)
    values: dict[str, Any] = {
        "gi_id": gi.id,
        "track": "A",
        "number": f"公告{number}",
        "announcement_raw": f"国家知识产权局公告第{number}号",
        "announcement_issuer": "国家知识产权局",
        "announcement_number": number,
        "standard_no": "GB/T 19957-2005",
        "valid_from": date(2010, 1, 1),
        "state": "registered" if differs.get("track") in ("B", "C") else "recognised",
        "steps": {"raw_material": "required_inside", "production": "required_inside", "packing": "allowed_outside"},
        "capacity_basis": "area",
    }
    protection = Protection(**values | differs)
    work.record(protection, "protection:register")
    work.flush()
    return protection


def make_authorisation(
    work: Work, *, protection: Protection | None = None, organisation: Organisation | None = None, **differs: Any
) -> Authorisation:
    """Return an active authorisation since 2015; ``matched=False`` for one known by name only."""
    protection = protection or make_protection(work)
    gi = work.session.get(Gi, protection.gi_id)
    assert gi is not None
    matched = differs.pop("matched", True)
    if matched and organisation is None:
        organisation = make_organisation(work, division_code=gi.authority_division or "999999")
    number = next(_serial)
    values: dict[str, Any] = {
        "number": f"SQ-{number}",
        "protection_id": protection.id,
        "gi_id": gi.id,
        "organisation_id": organisation.id if organisation else None,
        "owner_org_id": organisation.id if organisation else None,
        "raw_name": organisation.name if organisation else f"示例未匹配{number}",
        "raw_uscc": (organisation.uscc or "") if organisation else "",
        "matched": matched,
        "legal_basis": "国家知识产权局公告第354号",
        "announcement_raw": f"国家知识产权局公告第{number}号",
        "announcement_issuer": "国家知识产权局",
        "announcement_number": number,
        "valid_from": date(2015, 1, 1),
        "state": "active",
        "authority_division": gi.authority_division,
        "origin": "import",
    }
    authorisation = Authorisation(**values | differs)
    work.record(authorisation, "authorisation:register")
    work.flush()
    return authorisation


def make_site(work: Work, authorisation: Authorisation, **differs: Any) -> AuthorisationSite:
    """Return a production site in the authorisation's county."""
    values: dict[str, Any] = {
        "authorisation_id": authorisation.id,
        "name": "示例加工点",
        "address": "示例县示例镇 2 号",
        "division_code": authorisation.authority_division or None,
    }
    site = AuthorisationSite(**values | differs)
    work.record(site, "site:register")
    work.flush()
    return site


def make_product(work: Work, authorisation: Authorisation | None = None, **differs: Any) -> Product:
    """Return a product counted in pieces, one to a label, with item codes."""
    authorisation = authorisation or make_authorisation(work)
    values: dict[str, Any] = {
        "authorisation_id": authorisation.id,
        "name": f"示例大闸蟹{next(_serial)}",
        "grade": "特级",
        "unit": "piece",
        "content_per_label": 1,
        "marking_mode": "item_code",
        "standard_no": "GB/T 19957-2005",
        "shelf_life_days": 7,
        "owner_org_id": authorisation.owner_org_id,
        "authority_division": authorisation.authority_division,
    }
    product = Product(**values | differs)
    work.record(product, "product:add")
    work.flush()
    return product
