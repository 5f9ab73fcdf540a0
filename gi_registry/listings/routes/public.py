"""The public list."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from werkzeug.wrappers import Response

from gi_registry.listings.queries import ListFilters, PublishedListing, get_published, published, published_matching
from gi_registry.listings.routes.blueprint import WORDS, bp
from gi_registry.listings.rules.life import CASE_LIFE
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.arguments import number_arg
from gi_registry.web.negotiation import json_answer, table, wanted
from gi_registry.web.pages import page, translated
from gi_registry.web.pagination import paginate
from gi_registry.web.work import current_work

COLUMNS = ("name", "uscc", "gi", "ground", "ground_name", "decided_on", "authority", "number", "status", "published_on", "publish_until")


@bp.get("/abnormal-list")
@access(PUBLIC)
def abnormal_list() -> str | Response:
    """Show the published listings."""
    work = current_work()
    filters = ListFilters(text=request.args.get("q", "").strip()[:80], ground=request.args.get("ground", ""), gi_id=number_arg("gi"))
    listed = paginate(work.session, published_matching(filters))
    rows = [published(row) for row in listed.rows]
    if wanted() != "html":
        return table((_row(row) for row in rows), columns=COLUMNS, name="abnormal-list")
    return page("listings/public_list.html", listed=listed, rows=rows, filters=filters, **WORDS)


@bp.get("/abnormal-list/<int:case_id>")
@access(PUBLIC)
def show_listing(case_id: int) -> str | Response:
    """Show the public part of one listing."""
    listing = get_published(current_work().session, case_id)
    if wanted() == "json":
        return json_answer(_row(listing))
    return page("listings/public_case.html", listing=listing, **WORDS)


def _row(listing: PublishedListing) -> Mapping[str, object]:
    return {
        "name": listing.name,
        "uscc": listing.uscc,
        "gi": listing.gi_name,
        "ground": listing.ground,
        "ground_name": translated(listing.ground_name),
        "decided_on": listing.decided_on.isoformat(),
        "authority": listing.authority,
        "number": listing.number,
        "status": translated(CASE_LIFE.label(listing.state)),
        "published_on": listing.published_on.isoformat(),
        "publish_until": listing.publish_until.isoformat(),
    }
