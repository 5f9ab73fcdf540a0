"""The register's pages: an office's GIs and authorisations, a user's own authorisations and products."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, request
from werkzeug.wrappers import Response

from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.identifiers import uscc_warning
from gi_registry.kernel.words import say
from gi_registry.registry import rules, service
from gi_registry.registry.queries import AUTHORISATION_ORDERS, GI_ORDERS
from gi_registry.registry.schemas import (
    AuthorisationFilters,
    AuthorisationForm,
    ChangeForm,
    GiForm,
    MatchForm,
    ProductForm,
    ProtectionForm,
    SiteForm,
    StepForm,
)
from gi_registry.registry.service import pages
from gi_registry.registry.service.pages import authorisation_page, gi_page
from gi_registry.web.access import access
from gi_registry.web.arguments import number_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with, translated
from gi_registry.web.pagination import paginate
from gi_registry.web.sorting import ordered
from gi_registry.web.work import current_work

bp = Blueprint("registry", __name__)

STEPS = {
    "order_rectification": (say("责成限期整改"), say("整改期间限量发码；当事人会看到理由。")),
    "verify_rectified": (say("整改验收合格"), say("验收后恢复正常发码。")),
    "deregister": (say("登记注销"), say("记录已公告的注销：自公告之日起停止使用，不可撤回。")),
}


# ---- GIs -----------------------------------------------------------------------------------------------------------------------------


@bp.get("/office/gis")
@access("gi:view")
def list_gis() -> str | Response:
    """List the GIs that the office handles."""
    work = current_work()
    query = pages.gis_for(work, text=request.args.get("q", "").strip(), category=request.args.get("category", ""))
    query = ordered(query, GI_ORDERS)
    if wanted() != "html":
        return table((_gi_row(gi) for gi in work.session.exec(query)), columns=GI_COLUMNS, name="gis")
    found = paginate(work.session, query)
    shown = pages.gi_list(work, found.rows)
    return page("registry/gis.html", found=found, shown=shown, may_edit=work.allows("gi:edit"))


GI_COLUMNS = ("code", "name", "category", "division_code", "authority_division", "holder_name")


def _gi_row(gi: Any) -> dict[str, Any]:
    return {name: getattr(gi, name) for name in GI_COLUMNS}


@bp.get("/office/gis/new")
@access("gi:edit")
def new_gi() -> str:
    """Show the form of a new GI."""
    return page("registry/gi_form.html", gi=None)


@bp.post("/office/gis/new")
@access("gi:edit")
def register_gi() -> Response:
    """Enter a GI."""
    reshow(new_gi)
    gi = service.register_gi(current_work(), read_form(GiForm))
    return redirect_with(say("已登记地理标志“%(name)s”。接着登记它的保护。", name=gi.name), "registry.show_gi", gi_id=gi.id)


@bp.get("/office/gis/<int:gi_id>")
@access("gi:view")
def show_gi(gi_id: int) -> str:
    """Show a GI with its protections."""
    work = current_work()
    shown = gi_page(work, gi_id)
    return page("registry/gi.html", gi=shown, rules=rules, may_edit=work.allows("gi:edit", shown.row))


@bp.get("/office/gis/<int:gi_id>/edit")
@access("gi:edit")
def show_gi_form(gi_id: int) -> str:
    """Show the form of a GI."""
    return page("registry/gi_form.html", gi=gi_page(current_work(), gi_id))


@bp.post("/office/gis/<int:gi_id>/edit")
@access("gi:edit")
def edit_gi(gi_id: int) -> Response:
    """Change a GI."""
    reshow(show_gi_form, gi_id)
    service.edit_gi(current_work(), gi_id, read_form(GiForm))
    return redirect_with(say("已保存。"), "registry.show_gi", gi_id=gi_id)


@bp.get("/office/gis/<int:gi_id>/protection")
@access("gi:edit")
def show_protection_form(gi_id: int) -> str:
    """Show the form of a protection: the one named in the address, or a new one."""
    shown = gi_page(current_work(), gi_id)
    wanted_id = number_arg("id")
    protection = next((row for row in shown.protections if row.id == wanted_id), None)
    if wanted_id and protection is None:
        raise NotFound
    return page("registry/protection_form.html", gi=shown, protection=protection, rules=rules)


@bp.post("/office/gis/<int:gi_id>/protection")
@access("gi:edit")
def put_protection(gi_id: int) -> Response:
    """Enter or change a protection."""
    reshow(show_protection_form, gi_id)
    protection = service.put_protection(current_work(), gi_id, read_form(ProtectionForm))
    return redirect_with(say("已保存保护 %(number)s。", number=protection.number), "registry.show_gi", gi_id=gi_id)


# ---- authorisations, the office's side -------------------------------------------------------------------------------------------------


@bp.get("/office/authorisations")
@access("gi:view")
def list_authorisations() -> str | Response:
    """List the authorisations that the office handles, by the filters in the address."""
    work = current_work()
    filters = _filters()
    query = ordered(pages.authorisations_for(work, **filters.narrowing()), AUTHORISATION_ORDERS)
    if wanted() != "html":
        return table((_authorisation_row(*row) for row in work.session.exec(query)), columns=AUTHORISATION_COLUMNS, name="authorisations")
    found = paginate(work.session, query)
    return page(
        "registry/authorisations.html", found=found, filters=filters, rules=rules, may_register=work.allows("authorisation:register")
    )


def _filters() -> AuthorisationFilters:
    asked = request.args
    texts = {name: asked.get(name, "").strip() for name in ("q", "state", "track", "matched")}
    return AuthorisationFilters(gi_id=asked.get("gi", type=int), **texts)


AUTHORISATION_COLUMNS = ("number", "name", "uscc", "gi", "track", "state", "valid_from", "valid_to", "matched")


def _authorisation_row(row: Any, gi: Any, protection: Any, organisation: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "name": organisation.name if organisation else row.raw_name,
        "uscc": row.raw_uscc,
        "gi": gi.name,
        "track": protection.track,
        "state": row.state,
        "valid_from": _iso(row.valid_from),
        "valid_to": _iso(row.valid_to),
        "matched": row.matched,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@bp.get("/office/authorisations/new")
@access("authorisation:register")
def new_authorisation() -> str:
    """Show the form of a new authorisation."""
    work = current_work()
    offered = pages.protections_for(work, gi_id=number_arg("gi"))
    labels = [
        (row.id, say("%(gi)s · %(track)s · %(number)s", gi=gi.name, track=rules.TRACK_LABELS[rules.Track(row.track)], number=row.number))
        for row, gi in offered
    ]
    return page("registry/authorisation_form.html", options=labels, usual_basis=rules.USUAL_BASIS)


@bp.post("/office/authorisations/new")
@access("authorisation:register")
def register_authorisation() -> Response:
    """Enter an announced authorisation."""
    reshow(new_authorisation)
    row = service.register_authorisation(current_work(), read_form(AuthorisationForm), origin="form")
    _warn(row.raw_uscc)
    words = say("已登记 %(number)s。", number=row.number) if row.matched else say("已登记 %(number)s，待匹配主体。", number=row.number)
    return redirect_with(words, "registry.show_authorisation", authorisation_id=row.id)


def _warn(number: str) -> None:
    """Show the warning of a USCC that is valid as a whole but wrong inside."""
    warning = uscc_warning(number) if number else None
    if warning is not None:
        flash(translated(warning))


@bp.get("/office/authorisations/<int:authorisation_id>")
@access("gi:view")
def show_authorisation(authorisation_id: int) -> str:
    """Show an authorisation to its office."""
    work = current_work()
    shown = authorisation_page(work, authorisation_id)
    may = {name: work.allows(f"authorisation:{name}", shown.row) for name in ("register", "match", "change", "restrict")}
    may["fact"] = work.allows("fact:record", shown.row)
    may["organisation"] = shown.organisation is not None and work.allows("organisation:edit", shown.organisation)
    may["consent"] = shown.organisation is not None and work.allows("consent:view", shown.organisation)
    return page("registry/authorisation.html", shown=shown, rules=rules, may=may)


@bp.get("/office/authorisations/<int:authorisation_id>/match")
@access("authorisation:match")
def show_match_form(authorisation_id: int) -> str:
    """Ask for the USCC of an authorisation known by name only."""
    return page("registry/match.html", shown=authorisation_page(current_work(), authorisation_id))


@bp.post("/office/authorisations/<int:authorisation_id>/match")
@access("authorisation:match")
def match(authorisation_id: int) -> Response:
    """Match an authorisation to its organisation."""
    reshow(show_match_form, authorisation_id)
    row = service.match_organisation(current_work(), authorisation_id, read_form(MatchForm))
    _warn(row.raw_uscc)
    return redirect_with(say("已匹配主体，可以发码。"), "registry.show_authorisation", authorisation_id=authorisation_id)


@bp.get("/office/authorisations/<int:authorisation_id>/change")
@access("authorisation:change")
def show_change_form(authorisation_id: int) -> str:
    """Show the form of an announced change."""
    return page("registry/change.html", shown=authorisation_page(current_work(), authorisation_id))


@bp.post("/office/authorisations/<int:authorisation_id>/change")
@access("authorisation:change")
def change(authorisation_id: int) -> Response:
    """Enter an announced change."""
    reshow(show_change_form, authorisation_id)
    row = service.change_authorisation(current_work(), authorisation_id, read_form(ChangeForm))
    return redirect_with(
        say("已登记变更，现为第 %(version)s 版。", version=row.version), "registry.show_authorisation", authorisation_id=authorisation_id
    )


@bp.get("/office/authorisations/<int:authorisation_id>/steps/<step>")
@access("authorisation:change")
def show_step_form(authorisation_id: int, step: str) -> str:
    """Ask for the reason of a step."""
    if step not in STEPS:
        raise NotFound
    title, explain = STEPS[step]
    return page("registry/step.html", shown=authorisation_page(current_work(), authorisation_id), step=step, title=title, explain=explain)


@bp.post("/office/authorisations/<int:authorisation_id>/steps/<step>")
@access("authorisation:change")
def take_step(authorisation_id: int, step: str) -> Response:
    """Take a step of the authorisation's life."""
    if step not in STEPS:
        raise NotFound
    reshow(show_step_form, authorisation_id, step)
    service.take_step(current_work(), authorisation_id, step, fields=read_form(StepForm))
    return redirect_with(say("已记录：%(step)s。", step=STEPS[step][0]), "registry.show_authorisation", authorisation_id=authorisation_id)


@bp.get("/office/authorisations/<int:authorisation_id>/sites/new")
@access("authorisation:register")
def show_site_form(authorisation_id: int) -> str:
    """Show the form of a production site."""
    return page("registry/site.html", shown=authorisation_page(current_work(), authorisation_id))


@bp.post("/office/authorisations/<int:authorisation_id>/sites/new")
@access("authorisation:register")
def add_site(authorisation_id: int) -> Response:
    """Add a production site."""
    reshow(show_site_form, authorisation_id)
    service.add_site(current_work(), authorisation_id, read_form(SiteForm))
    return redirect_with(say("已增加生产场所。"), "registry.show_authorisation", authorisation_id=authorisation_id)


# ---- authorisations, the user's side ---------------------------------------------------------------------------------------------------


@bp.get("/authorisations")
@access("authorisation:view")
def own_authorisations() -> str:
    """List the authorisations of one's own organisation."""
    work = current_work()
    rows = work.session.exec(pages.authorisations_for(work)).all()
    return page("registry/own_list.html", rows=rows, rules=rules)


@bp.get("/authorisations/<int:authorisation_id>")
@access("authorisation:view")
def own_authorisation(authorisation_id: int) -> str:
    """Show an authorisation to its user: what to do, and what is on file."""
    work = current_work()
    shown = authorisation_page(work, authorisation_id)
    states = current_app.extensions["gi_task_states"](work, shown.row)
    return page("registry/own.html", shown=shown, states=states, rules=rules)


@bp.get("/authorisations/<int:authorisation_id>/products")
@access("authorisation:view")
def list_products(authorisation_id: int) -> str:
    """List the products of an authorisation."""
    work = current_work()
    shown = authorisation_page(work, authorisation_id)
    return page("registry/products.html", shown=shown, rules=rules, may_edit=work.allows("product:edit", shown.row))


@bp.get("/authorisations/<int:authorisation_id>/products/new")
@access("product:edit")
def new_product(authorisation_id: int) -> str:
    """Show the form of a new product."""
    return page("registry/product_form.html", shown=authorisation_page(current_work(), authorisation_id), product=None, rules=rules)


@bp.post("/authorisations/<int:authorisation_id>/products/new")
@access("product:edit")
def add_product(authorisation_id: int) -> Response:
    """Add a product."""
    reshow(new_product, authorisation_id)
    product = service.add_product(current_work(), authorisation_id, read_form(ProductForm))
    return redirect_with(say("已增加产品“%(name)s”。", name=product.name), "registry.list_products", authorisation_id=authorisation_id)


@bp.get("/products/<int:product_id>")
@access("product:edit")
def show_product_form(product_id: int) -> str:
    """Show the form of a product."""
    work = current_work()
    product = service.view_product(work, product_id)
    return page("registry/product_form.html", shown=authorisation_page(work, product.authorisation_id), product=product, rules=rules)


@bp.post("/products/<int:product_id>")
@access("product:edit")
def edit_product(product_id: int) -> Response:
    """Change a product."""
    reshow(show_product_form, product_id)
    product = service.edit_product(current_work(), product_id, read_form(ProductForm))
    return redirect_with(say("已保存。"), "registry.list_products", authorisation_id=product.authorisation_id)
