"""Allotment: codes are granted within the entitlement, or refused with the reason, the basis and the way on."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from gi_registry.batches import service as batches
from gi_registry.codes import queries
from gi_registry.codes.models import Allotment, CodeRange
from gi_registry.codes.rules.format import SERIALS_PER_RANGE, range_label_of
from gi_registry.codes.rules.intervals import chunks
from gi_registry.codes.rules.life import ALLOTMENT_LIFE
from gi_registry.codes.schemas import Order
from gi_registry.codes.service.keys import ensure_key
from gi_registry.kernel.errors import Conflict, Duplicate, QuotaExceeded, invalid
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import Words, say
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Product
from gi_registry.registry.rules import Effect, MarkingMode
from gi_registry.registry.service import standing
from gi_registry.workflow import Work, begin


def allot(work: Work, authorisation_id: int, order: Order, *, secret_key: str) -> Allotment:
    """Grant ``order.count`` codes and reserve their content in the quota of the order's year and zone.

    The same idempotency key gives the same allotment again. Raises NotFound (not yours), Invalid (product or count), Conflict
    (standing, marking mode), QuotaExceeded (more than the land can yield; nothing is stored).
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("allotment:order", authorisation)
    repeat = _repeat(work, authorisation_id, order)
    if repeat is not None:
        return repeat
    product = _product(work, authorisation, order.product_id)
    _refuse_unless(may_order(work, authorisation))
    _check_year(work, order)
    _check_count(work, authorisation, order)
    try:
        with work.savepoint():
            return _grant(work, authorisation, product=product, order=order, secret_key=secret_key)
    except Duplicate:
        repeat = _repeat(work, authorisation_id, order)
        if repeat is None:
            raise
        return repeat


def allot_by_number(work: Work, *, authorisation: str, product: str, secret_key: str, **wishes: Any) -> Allotment:
    """Grant codes to an authorisation and product known by number and name (or id), for the command line. Raises as ``allot``."""
    found = registry.find_authorisation(work.session, authorisation)
    if found is None:
        raise invalid("authorisation", say("没有登记号为 %(number)s 的用标登记。", number=authorisation), value=authorisation)
    products = registry.list_products(work.session, found.id or 0)
    named = [item for item in products if product in {item.name, f"{item.name} {item.grade}", str(item.id)}]
    if len(named) != 1:
        raise invalid(
            "product",
            say("产品“%(name)s”不能唯一确定。", name=product),
            say("可用：%(names)s。", names="、".join(f"{item.id} {item.name} {item.grade}".strip() for item in products)),
            value=product,
        )
    return allot(work, found.id or 0, Order(product_id=named[0].id or 0, **wishes), secret_key=secret_key)


def may_order(work: Work, authorisation: Authorisation) -> Verdict:
    """Say whether codes may be granted at all to this authorisation today, and if not why."""
    found = standing(work.session, authorisation, work.today)
    why = listed(found.reasons)
    if not found.active:
        return Failed(say("这项用标资格目前不能发码：%(why)s", why=why), say("请先办理用标资格的核准、匹配或变更。"))
    if Effect.STOP_ALLOTMENT in found.effects:
        return Failed(say("发码已被限制：%(why)s", why=why), say("限制解除后可以申领；对限制有异议的，请向作出决定的机关提出。"))
    return Passed()


def listed(reasons: Sequence[Words]) -> Words:
    """Join reasons into one sentence that can still be translated."""
    whole = reasons[0] if reasons else say("未说明原因")
    for reason in reasons[1:]:
        whole = say("%(first)s；%(second)s", first=whole, second=reason)
    return whole


def _refuse_unless(verdict: Verdict) -> None:
    if isinstance(verdict, Failed):
        raise Conflict(verdict.reason, remedy=verdict.remedy, basis="国家知识产权局公告第354号")


def _repeat(work: Work, authorisation_id: int, order: Order) -> Allotment | None:
    return queries.find_repeat(work.session, authorisation_id, order.idempotency_key) if order.idempotency_key else None


def _product(work: Work, authorisation: Authorisation, product_id: int) -> Product:
    product = next((item for item in registry.list_products(work.session, authorisation.id or 0) if item.id == product_id), None)
    if product is None:
        raise invalid("product_id", say("这项产品不属于本用标资格。"), say("请从本资格登记的产品中选择。"), value=product_id)
    if product.marking_mode != MarkingMode.ITEM_CODE:
        raise Conflict(
            say("“%(name)s”登记的标示方式不是一物一码，不需要申领标识码。", name=product.name),
            remedy=say("需要一物一码的，请先变更产品的标示方式。"),
            basis=product.marking_mode,
        )
    return product


def _check_year(work: Work, order: Order) -> None:
    if not work.today.year - 1 <= order.year <= work.today.year + 1:
        raise invalid(
            "year",
            say("%(year)s 年度不在可申领的年度之内。", year=order.year),
            say("可以申领上年度、本年度和下年度的标识码。"),
            value=order.year,
        )


def _check_count(work: Work, authorisation: Authorisation, order: Order) -> None:
    limit = policy.find(work.session, "codes.order-limit", authorisation.authority_division, work.today)
    if limit is not None and order.count > limit.value["most"]:
        raise invalid(
            "count",
            say("单次最多申领 %(most)s 枚（参数版本 %(version)s）。", most=limit.value["most"], version=limit.version),
            say("请分次申领。"),
            value=order.count,
        )


def _grant(work: Work, authorisation: Authorisation, *, product: Product, order: Order, secret_key: str) -> Allotment:
    key = ensure_key(work, secret_key)
    labels = _labels(work, len(chunks(order.count, SERIALS_PER_RANGE)))
    allotment: Allotment = begin(_row(work, authorisation, product=product, order=order, label=labels[0]), ALLOTMENT_LIFE)
    work.record(allotment, "allotment:order")
    work.flush()
    for label, size in zip(labels, chunks(order.count, SERIALS_PER_RANGE), strict=True):
        row = CodeRange(label=label, key_id=key.id, allotment_id=allotment.id or 0, authorisation_id=allotment.authorisation_id, size=size)
        work.record(row, "range:order")
    work.flush()
    batches.reserve(
        work, authorisation, gi_id=authorisation.gi_id, year=order.year, zone=order.zone, unit=product.unit,
        quantity=allotment.quantity, source_kind="allotment", source_id=allotment.id or 0,
    )  # fmt: skip
    _check_cap(work, authorisation, allotment)
    return allotment


def _row(work: Work, authorisation: Authorisation, *, product: Product, order: Order, label: str) -> Allotment:
    return Allotment(
        number=f"FM{order.year}-{label}",
        authorisation_id=authorisation.id or 0,
        gi_id=authorisation.gi_id,
        product_id=product.id or 0,
        year=order.year,
        zone=order.zone,
        count=order.count,
        content_per_label=product.content_per_label,
        quantity=order.count * product.content_per_label,
        unit=product.unit,
        state="",
        idempotency_key=order.idempotency_key or None,
        ordered_at=work.now,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
    )


def _labels(work: Work, number: int) -> list[str]:
    return list(_fresh_labels(work, number, seen=set()))


def _fresh_labels(work: Work, number: int, *, seen: set[str]) -> Iterable[str]:
    while len(seen) < number:
        label = range_label_of(secrets.randbits(25))
        if label not in seen and queries.find_range(work.session, label) is None:
            seen.add(label)
            yield label


def _check_cap(work: Work, authorisation: Authorisation, allotment: Allotment) -> None:
    """Under a cap (rectifying, or a restriction with its basis) only a share of the entitlement may be granted. [policy]"""
    if Effect.CAP_ALLOTMENT not in standing(work.session, authorisation, work.today).effects:
        return
    share = policy.at(work.session, "codes.capped-allotment", authorisation.authority_division, work.today)
    found = batches.entitlement(
        work.session, allotment.authorisation_id, gi_id=allotment.gi_id, year=allotment.year, zone=allotment.zone, unit=allotment.unit
    )
    most = found.total * share.value["permille"] // 1000
    if found.reserved + found.used > most:
        raise QuotaExceeded(
            say("目前限量发码，累计不得超过可用额度的千分之%(permille)s，即 %(most)s。", permille=share.value["permille"], most=most),
            remedy=say("请减少数量，或待限制解除后再申领。"),
            basis=share.version,
        )
