"""Use cases of products."""

from __future__ import annotations

from typing import Any

from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.words import say
from gi_registry.registry import queries
from gi_registry.registry.columns import PRODUCTS, differing
from gi_registry.registry.models import Product
from gi_registry.registry.rules import MAY_USE
from gi_registry.registry.schemas import ProductForm
from gi_registry.workflow import Work, check_version


def products_for(work: Work, authorisation_id: int) -> list[Product]:
    """Return the products of an authorisation that the actor may see; raise NotFound for another's."""
    work.require("authorisation:view", queries.get_authorisation(work.session, authorisation_id))
    return queries.list_products(work.session, authorisation_id)


def view_product(work: Work, product_id: int) -> Product:
    """Return a product that the actor may change; raise NotFound for another's."""
    product = queries.get_product(work.session, product_id)
    work.require("product:edit", product)
    return product


def add_product(work: Work, authorisation_id: int, fields: ProductForm) -> Product:
    """Add a product to an authorisation in use. Raises NotFound for another's, Conflict for one that has ended."""
    authorisation = queries.get_authorisation(work.session, authorisation_id)
    work.require("product:edit", authorisation)
    if authorisation.state not in MAY_USE:
        raise Conflict(say("这项用标登记不在有效状态，不能增加产品。"), remedy=say("登记生效后再增加。"))
    product = Product(
        authorisation_id=authorisation_id,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        **_values(fields),
    )
    work.record(product, "product:add")
    work.flush()
    return product


def edit_product(work: Work, product_id: int, fields: ProductForm) -> Product:
    """Change a product. Raises NotFound for another's, StaleVersion for an old form.

    Labels already allotted keep the content they were allotted with: an allotment stores its own figures.
    """
    product = queries.get_product(work.session, product_id)
    work.require("product:edit", product)
    values = _values(fields)
    mine, theirs = differing(PRODUCTS, values, {name: getattr(product, name) for name in values})
    check_version(product, fields.version, mine=mine, theirs=theirs)
    for name, value in values.items():
        setattr(product, name, value)
    product.version += 1
    work.record(product, "product:change")
    work.flush()
    return product


def _values(fields: ProductForm) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude={"version"})
