"""Printed codes for tests: a batch, a range under a key, and the text on the label, put on file directly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from gi_registry.batches.models import Batch
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange, SigningKey
from gi_registry.codes.rules.format import compose, range_label_of
from gi_registry.codes.rules.mac import mac_of, mac_prf, order_prf, permute
from gi_registry.codes.rules.sealing import seal, unseal
from gi_registry.origin.models import AreaVersion
from gi_registry.registry.models import Authorisation, Product
from gi_registry.workflow import Work
from tests.builders.registry import make_authorisation, make_product

SECRET_KEY = "only-for-tests-" + "0" * 32
SECRET = b"s" * 32
_serial = count(20_000)


@dataclass(frozen=True)
class Labels:
    """A range on file, and what its labels say."""

    range_id: int
    label: str
    key_id: int
    batch_id: int
    authorisation_id: int
    product_id: int
    gi_id: int
    secret: bytes = SECRET

    def code(self, serial: int) -> str:
        """Return the text printed for a serial."""
        permuted = permute(order_prf(self.secret, key_id=self.key_id, range_label=self.label), serial)
        mac = mac_of(mac_prf(self.secret, key_id=self.key_id, range_label=self.label), serial)
        return compose(self.key_id, self.label, permuted=permuted, mac=mac)


def make_key(work: Work, key_id: int = 0, **differs: Any) -> SigningKey:
    """Return the signing key with this id, made where it is missing."""
    found = work.session.get(SigningKey, key_id)
    if found is not None:
        return found
    sealed = seal(SECRET, secret_key=SECRET_KEY, label=f"code-{key_id}")
    values: dict[str, Any] = {"id": key_id, "sealed": sealed, "created_at": work.now - timedelta(days=400)}
    key = SigningKey(**values | differs)
    work.session.add(key)
    work.session.flush()
    return key


def make_batch(work: Work, authorisation: Authorisation, product: Product, **differs: Any) -> Batch:
    """Return a declared batch of last autumn."""
    number = next(_serial)
    values: dict[str, Any] = {
        "number": f"PC-{number}",
        "authorisation_id": authorisation.id,
        "product_id": product.id,
        "gi_id": authorisation.gi_id,
        "harvest_year": 2025,
        "account_year": 2025,
        "kind": "harvest",
        "harvested_on": date(2025, 9, 25),
        "packed_on": date(2025, 9, 28),
        "quantity": 10_000,
        "product_quantity": 10_000,
        "unit": product.unit,
        "state": "declared",
        "created_at": work.now,
        "owner_org_id": authorisation.owner_org_id,
        "authority_division": authorisation.authority_division,
    }
    batch = Batch(**values | differs)
    work.session.add(batch)
    work.session.flush()
    return batch


def make_labels(
    work: Work,
    *,
    size: int = 1000,
    activated: int = 500,
    authorisation: Authorisation | None = None,
    key_id: int = 0,
    batch: dict[str, Any] | None = None,
    **allotted: Any,
) -> Labels:
    """Return a range of ``size`` labels whose first ``activated`` are bound to a batch of last September."""
    authorisation = authorisation or make_authorisation(work)
    product = make_product(work, authorisation)
    key = make_key(work, key_id)
    goods = make_batch(work, authorisation, product, **batch or {})
    number = next(_serial)
    values: dict[str, Any] = {
        "number": f"BM-{number}",
        "authorisation_id": authorisation.id,
        "gi_id": authorisation.gi_id,
        "product_id": product.id,
        "year": 2025,
        "count": size,
        "content_per_label": product.content_per_label,
        "quantity": size * product.content_per_label,
        "unit": product.unit,
        "state": "received",
        "ordered_at": work.now - timedelta(days=200),
    }
    allotment = Allotment(**values | allotted)
    work.session.add(allotment)
    work.session.flush()
    label = range_label_of(number * 7919)
    found = CodeRange(label=label, key_id=key.id, allotment_id=allotment.id or 0, authorisation_id=authorisation.id or 0, size=size)
    work.session.add(found)
    work.session.flush()
    ids = (found.id, goods.id, authorisation.id, product.id)
    assert None not in ids
    secret = unseal(key.sealed, secret_key=SECRET_KEY, label=f"code-{key.id}")
    labels = Labels(found.id or 0, label, key.id, goods.id or 0, authorisation.id or 0, product.id or 0, authorisation.gi_id, secret)
    if activated:
        say_of(work, labels, "activated", 0, activated, batch_id=labels.batch_id, at=work.now - timedelta(days=160))
    return labels


def say_of(work: Work, labels: Labels, status: str, low: int, high: int, **differs: Any) -> CodeInterval:
    """Say something of serials ``low`` … ``high`` − 1."""
    values: dict[str, Any] = {
        "range_id": labels.range_id,
        "serial_from": low,
        "serial_to": high,
        "status": status,
        "layer": "activation" if status == "activated" else "exception",
        "at": work.now - timedelta(days=30),
        "basis": "示例",
    }
    interval = CodeInterval(**values | differs)
    work.session.add(interval)
    work.session.flush()
    return interval


def make_area(work: Work, gi_id: int, **differs: Any) -> AreaVersion:
    """Return an area version in force since 2010, told as a list of places."""
    values: dict[str, Any] = {
        "gi_id": gi_id,
        "valid_from": date(2010, 1, 1),
        "places": ["示例镇", "湖滨街道", "东湖村"],
        "text": "示例县示例镇、湖滨街道、东湖村现辖行政区域",
        "created_at": datetime(2010, 1, 1, tzinfo=work.now.tzinfo),
    }
    area = AreaVersion(**values | differs)
    work.session.add(area)
    work.session.flush()
    return area
