"""Use cases of the register."""

from __future__ import annotations

from gi_registry.registry.service.authorisations import (
    add_site,
    change_authorisation,
    deregister,
    match_organisation,
    order_rectification,
    protection_of,
    register_authorisation,
    take_step,
    verify_rectified,
    view_authorisation,
)
from gi_registry.registry.service.gis import edit_gi, put_protection, register_gi, view_gi
from gi_registry.registry.service.products import add_product, edit_product, products_for, view_product
from gi_registry.registry.service.standing import facts_of, impose_by_hand, lift, lift_by_hand, restrict, standing

__all__ = [
    "add_product",
    "add_site",
    "change_authorisation",
    "deregister",
    "edit_gi",
    "edit_product",
    "facts_of",
    "impose_by_hand",
    "lift",
    "lift_by_hand",
    "match_organisation",
    "order_rectification",
    "products_for",
    "protection_of",
    "put_protection",
    "register_authorisation",
    "register_gi",
    "restrict",
    "standing",
    "take_step",
    "verify_rectified",
    "view_authorisation",
    "view_gi",
    "view_product",
]
