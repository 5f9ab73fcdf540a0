"""Frauds with goods and land beside their honest look-alikes: each builder plants one, on rows as people leave them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from gi_registry.batches.models import Batch
from gi_registry.batches.schemas import RecordFields
from gi_registry.batches.service.records import record_goods
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import StatedActivation
from gi_registry.policy.models import PolicyParameter
from gi_registry.policy.service import ground
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work
from tests.builders.batches import make_batch
from tests.builders.codes import SECRET_KEY
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

_label = count(1)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_user(work: Work, gi: Gi | None = None, **differs: Any) -> Authorisation:
    """Return a user of a GI (its own where none is given), raw material required inside."""
    return make_authorisation(work, protection=make_protection(work, gi or make_gi(work), **differs))


def make_goods(work: Work, user: Authorisation, *, quantity: int = 1_000, **differs: Any) -> Batch:
    """Return a batch of a product of its own."""
    return make_batch(work, user, product=make_product(work, user), quantity=str(quantity), **differs)


def make_packages(work: Work, user: Authorisation, quantity: int) -> Batch:
    """Return packages that were printed with the mark, filled with so many pieces."""
    return make_goods(
        work, user, quantity=quantity, kind="pre_printed", supplier="示例印务", harvested_on=None, packed_on=date(2025, 9, 28)
    )


def bind(work: Work, batch: Batch, labels: int, on: date) -> None:
    """Bind labels to a batch on a day, as a file of past activations states it."""
    number = next(_label)
    label = "Z" + "".join(ALPHABET[number // 32**place % 32] for place in (3, 2, 1, 0))
    stated = StatedActivation(range_label=label, serial_from=0, serial_to=labels, batch=batch.number, activated_on=on)
    codes.record_activation(work, stated, secret_key=SECRET_KEY)


def stock_pond(work: Work, user: Authorisation, pieces: int, on: date, *, year: int = 2025) -> None:
    """Put seedlings into the water on a day."""
    fields = RecordFields(kind="stocking", year=year, unit="piece", on_date=on, quantity=str(pieces), source="示例苗场", evidence="购苗单")
    record_goods(work, user.id or 0, fields=fields)


def set_ground(work: Work, code: str, **values: Any) -> None:
    """Set values of a ground in the county 999999, over those in force everywhere."""
    usual = ground(work.session, code, "", date(2025, 1, 1)).value
    row = PolicyParameter(
        key=f"ground.{code}", division="999999", valid_from=date(2020, 1, 1), value={**usual, **values}, version="999999@2020-01-01"
    )
    work.record(row, "policy:adopt")
    work.flush()
