"""Codes for tests: a season with an entitlement of 7,200 crab rings (12 mu × 600), and allotments of it in any state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.batches.models import Batch
from gi_registry.codes import service
from gi_registry.codes.models import Allotment
from gi_registry.codes.schemas import Order, Printed, Received
from gi_registry.registry.models import Authorisation, Gi, Product
from gi_registry.workflow import Work
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_organisation, make_product

SECRET_KEY = "only-for-tests-" + "0" * 32


@dataclass(frozen=True)
class Season:
    """A user of the mark with land, a cap and goods of 2025."""

    gi: Gi
    authorisation: Authorisation
    product: Product
    batch: Batch

    @property
    def id(self) -> int:
        """The authorisation."""
        return self.authorisation.id or 0

    @property
    def organisation_id(self) -> int:
        """The user."""
        return self.authorisation.organisation_id or 0


def make_season(
    work: Work, *, organisation: Organisation | None = None, harvested: str = "5000", per_mu: str = "600", **differs: Any
) -> Season:
    """Return a season: entitlement 12 mu × ``per_mu`` pieces, one harvest of ``harvested`` pieces; ``differs`` are of the product."""
    organisation = organisation or make_organisation(work)
    authorisation = make_authorisation(work, organisation=organisation)
    gi = work.session.get(Gi, authorisation.gi_id)
    assert gi is not None
    make_area(work, gi)
    plot = make_plot(work, authorisation)
    make_cap(work, gi, per_mu=per_mu)
    product = make_product(work, authorisation, **differs)
    batch = make_batch(work, authorisation, product=product, plot=plot, quantity=harvested)
    return Season(gi, authorisation, product, batch)


def order_of(season: Season, count: int, **differs: Any) -> Order:
    """Return an order for 2025."""
    return Order(**{"product_id": season.product.id, "year": 2025, "count": count} | differs)


def make_allotment(work: Work, season: Season, *, count: int = 1000, received: bool = True) -> Allotment:
    """Return an allotment of 2025, in hand unless told otherwise."""
    allotment = service.allot(work, season.id, order_of(season, count), secret_key=SECRET_KEY)
    if received:
        service.mark_printed(work, allotment.id or 0, Printed(printer="示例印务"))
        service.mark_received(work, allotment.id or 0, Received())
    return allotment
