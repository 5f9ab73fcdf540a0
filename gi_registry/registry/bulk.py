"""Kinds of rows: organisations, gis (each row a GI with one protection), authorisations, products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.queries import find_organisation
from gi_registry.accounts.service import add_organisation
from gi_registry.bulk.rules import UNCHANGED, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.divisions.queries import find_division, resolve
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import uscc_warning
from gi_registry.kernel.words import say
from gi_registry.registry import columns, queries
from gi_registry.registry.models import Authorisation, Gi, Product, Protection
from gi_registry.registry.schemas import AuthorisationForm, GiForm, OrganisationRow, ProductForm, ProtectionForm, SiteForm
from gi_registry.registry.service import add_product, add_site, edit_gi, edit_product, put_protection, register_authorisation, register_gi
from gi_registry.workflow import Work


def _store_organisation(work: Work, row: Mapping[str, str]) -> Note | None:
    fields = read_row(OrganisationRow, row)
    values = fields.model_dump(exclude={"uscc"}) | {"authority_division": fields.authority_division or fields.division_code}
    if fields.division_code and find_division(work.session, fields.division_code) is None:
        raise invalid("division_code", say("没有代码为 %(code)s 的行政区划。", code=fields.division_code), say("请先导入行政区划。"))
    warning = uscc_warning(fields.uscc)
    note = Note(warnings=(warning,)) if warning else None
    found = find_organisation(work.session, fields.uscc)
    if found is None:
        fresh = Organisation(uscc=fields.uscc, **values)
        work.require("organisation:edit", fresh)
        add_organisation(work, fresh)
        return note
    if _same(found, values):
        return UNCHANGED
    work.require("organisation:edit", found)
    for name, value in values.items():
        setattr(found, name, value)
    found.version += 1
    work.record(found, "organisation:change")
    return note


def _dump_organisations(session: Session) -> Iterator[dict[str, str]]:
    for row in queries.organisations_with_uscc(session):
        names = ("uscc", "name", "kind", "division_code", "address", "contact", "phone", "authority_division")
        yield {name: str(getattr(row, name) or "") for name in names} | {"natural_person": _bool(row.natural_person)}


def _store_gi(work: Work, row: Mapping[str, str]) -> Note | None:
    division = row["division_code"] or (resolve(work.session, row["division_name"], "division_name") if row["division_name"] else "")
    fields = read_row(GiForm, row, **({"division_code": division} if division else {}))
    before = queries.find_gi(work.session, fields.code)
    if before is None:
        gi, changed = register_gi(work, fields), True
    elif _gi_row(before, work.session) == _stated_gi(fields, work.session):
        gi, changed = before, False
    else:
        gi, changed = edit_gi(work, before.id or 0, fields), True
    if row["track"] or row["protection_number"]:
        changed = _store_protection(work, gi, row) or changed
    return None if changed else UNCHANGED


def _store_protection(work: Work, gi: Gi, row: Mapping[str, str]) -> bool:
    dates = {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
    fields = read_row(ProtectionForm, row, number=row["protection_number"], **{key: value for key, value in dates.items() if value})
    known = queries.find_protection(work.session, fields.track, fields.number)
    if known is not None and known.gi_id == gi.id and _protection_row(known) == _stated_protection(fields):
        return False
    seen = known.version if known else None  # a file states what shall be, whoever changed it last
    put_protection(work, gi.id or 0, fields.model_copy(update={"version": seen}))
    return True


def _dump_gis(session: Session) -> Iterator[dict[str, str]]:
    for gi in queries.list_gis(session):
        base = _gi_row(gi, session) | {"code": gi.code}
        protections = queries.protections_of(session, gi.id or 0)
        yield from (base | _protection_row(protection) | {"state": protection.state} for protection in protections)
        if not protections:
            yield base


def _gi_row(gi: Gi, session: Session) -> dict[str, str]:
    names = ("name", "name_en", "category", "country", "authority_division", "holder_name", "opening_on", "note")
    holder = session.get(Organisation, gi.holder_org_id) if gi.holder_org_id else None
    values = {name: getattr(gi, name) for name in names}
    return values | {"division_code": gi.division_code or "", "holder_uscc": (holder.uscc or "") if holder else ""}


def _stated_gi(fields: GiForm, session: Session) -> dict[str, str]:
    values = fields.model_dump(exclude={"code", "version"})
    values["authority_division"] = fields.authority_division or fields.division_code
    holder = find_organisation(session, fields.holder_uscc) if fields.holder_uscc else None
    values["holder_name"] = fields.holder_name or (holder.name if holder else "")
    return values


def _protection_row(row: Protection) -> dict[str, str]:
    names = ("announced_on", "trade_mark_no", "trade_mark_class", "standard_no", "valid_from", "valid_to", "capacity_basis")
    values = {name: str(getattr(row, name) or "") for name in names}
    return values | row.steps | {"track": row.track, "protection_number": row.number, "announcement": row.announcement_raw}


def _stated_protection(fields: ProtectionForm) -> dict[str, str]:
    values = fields.model_dump(mode="json", exclude={"version", "state", "number"})
    return {name: str(value or "") for name, value in values.items()} | {"protection_number": fields.number}


def _store_authorisation(work: Work, row: Mapping[str, str]) -> Note | None:
    protection = queries.find_protection(work.session, row["track"], row["protection_number"])
    if protection is None:
        raise invalid(
            "protection_number",
            say("没有保护 %(track)s %(number)s。", track=row["track"], number=row["protection_number"]),
            say("请先导入地理标志（gis），并核对途径和编号。"),
            value=row["protection_number"],
        )
    fields = read_row(AuthorisationForm, row, protection_id=protection.id)
    found = queries.find_authorisation(work.session, fields.number)
    if found is not None and _stated_authorisation(fields, found) == _authorisation_row(found):
        return UNCHANGED
    stored = register_authorisation(work, fields, origin="import")
    for site in _sites(row["sites"]):
        add_site(work, stored.id or 0, site)
    if stored.matched:
        warning = uscc_warning(fields.uscc)
        return Note(warnings=(warning,)) if warning else None
    return Note(warnings=(say("没有统一社会信用代码，已登记为待匹配；匹配主体之前不能发码。"),))


def _sites(text: str) -> Iterator[SiteForm]:
    for part in text.split(";"):
        name, _, rest = part.partition("|")
        address, _, division = rest.partition("|")
        if name.strip():
            yield read_row(SiteForm, {"name": name.strip(), "address": address.strip(), "division_code": division.strip()})


_AUTHORISATION_NAMES = ("number", "name", "uscc", "legal_basis", "announcement", "valid_from", "valid_to", "authority_division")


def _authorisation_row(row: Authorisation) -> dict[str, str]:
    raw = {"name": row.raw_name, "uscc": row.raw_uscc, "announcement": row.announcement_raw}
    return {name: raw.get(name) if name in raw else str(getattr(row, name) or "") for name in _AUTHORISATION_NAMES}  # type: ignore[misc]


def _stated_authorisation(fields: AuthorisationForm, found: Authorisation) -> dict[str, str]:
    values = {name: str(getattr(fields, name) or "") for name in _AUTHORISATION_NAMES}
    return values | {"authority_division": fields.authority_division or found.authority_division}


def _dump_authorisations(session: Session) -> Iterator[dict[str, str]]:
    for row, _gi, protection in queries.authorisations_with_protection(session):
        sites = ";".join("|".join((site.name, site.address, site.division_code or "")) for site in queries.sites_of(session, row.id))
        yield _authorisation_row(row) | {
            "track": protection.track,
            "protection_number": protection.number,
            "state": row.state,
            "sites": sites,
        }


def _store_product(work: Work, row: Mapping[str, str]) -> Note | None:
    authorisation = queries.find_authorisation(work.session, row["authorisation_number"])
    if authorisation is None or authorisation.id is None:
        raise invalid(
            "authorisation_number",
            say("没有登记号为 %(number)s 的用标登记。", number=row["authorisation_number"]),
            say("请先导入用标登记（authorisations）。"),
            value=row["authorisation_number"],
        )
    fields = read_row(ProductForm, row)
    found = queries.find_product(work.session, authorisation.id, name=fields.name, grade=fields.grade)
    if found is None:
        add_product(work, authorisation.id, fields)
        return None
    if _product_row(found) == _stated_product(fields):
        return UNCHANGED
    edit_product(work, found.id or 0, fields)
    return None


def _product_row(row: Product) -> dict[str, str]:
    names = ("name", "grade", "unit", "content_per_label", "marking_mode", "standard_no", "shelf_life_days", "daily_capacity")
    return {name: str(getattr(row, name) or "") for name in names}


def _stated_product(fields: ProductForm) -> dict[str, str]:
    return {name: str(value or "") for name, value in fields.model_dump(mode="json", exclude={"version"}).items()}


def _dump_products(session: Session) -> Iterator[dict[str, str]]:
    for product, number in queries.products_with_number(session):
        yield _product_row(product) | {"authorisation_number": number}


def _same(row: Any, values: Mapping[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items())


def _bool(value: bool) -> str:
    return "true" if value else "false"


KINDS = (
    Kind("organisations", say("机构"), columns.ORGANISATIONS, _store_organisation, _dump_organisations),
    Kind("gis", say("地理标志"), columns.GIS, _store_gi, _dump_gis),
    Kind("authorisations", say("用标登记"), columns.AUTHORISATIONS, _store_authorisation, _dump_authorisations),
    Kind("products", say("产品"), columns.PRODUCTS, _store_product, _dump_products),
)
