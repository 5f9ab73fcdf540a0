"""Codes are granted within the entitlement, once per request, or refused with what, why and what next."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.batches import service as batches
from gi_registry.codes import queries, service
from gi_registry.codes.rules.suites import BLAKE2B, HMAC_SM3
from gi_registry.kernel.actor import Actor
from gi_registry.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, QuotaExceeded, Unavailable
from gi_registry.registry.service import restrict
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.codes import SECRET_KEY, Season, make_allotment, make_season, order_of
from tests.builders.registry import make_authorisation, make_organisation, make_product


def allot(work: Work, season: Season, count: int, **differs: object) -> object:
    return service.allot(work, season.id, order_of(season, count, **differs), secret_key=SECRET_KEY)


def left(work: Work, season: Season) -> int:
    return batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece").left


def test_codes_are_granted_within_the_entitlement(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=1000, received=False)
    assert (allotment.state, allotment.count, allotment.quantity) == ("allotted", 1000, 1000)
    (only,) = queries.ranges_of(work.session, allotment.id or 0)
    assert (only.size, only.used, len(only.label)) == (1000, 0, 5)
    assert left(work, season) == 6200
    work.commit()


def test_not_one_more_than_the_land_can_yield(work: Work) -> None:
    season = make_season(work)
    make_allotment(work, season, count=7200, received=False)
    with pytest.raises(QuotaExceeded) as refused:
        allot(work, season, 1)
    assert refused.value.remedy
    assert len(queries.list_allotments(work.session, season.id)) == 1


def test_net_content_counts_not_labels(work: Work) -> None:
    season = make_season(work, content_per_label=8)
    with pytest.raises(QuotaExceeded):
        allot(work, season, 901)
    assert allot(work, season, 900).quantity == 7200  # type: ignore[attr-defined]


def test_a_double_click_is_one_allotment(work: Work) -> None:
    season = make_season(work)
    first = allot(work, season, 100, idempotency_key="click")
    assert allot(work, season, 100, idempotency_key="click") is first
    assert left(work, season) == 7100


def test_a_large_order_takes_several_ranges(work: Work) -> None:
    season = make_season(work, per_mu="200000")
    allotment = make_allotment(work, season, count=2_000_000, received=False)
    assert [row.size for row in queries.ranges_of(work.session, allotment.id or 0)] == [1 << 20, 2_000_000 - (1 << 20)]


def test_one_order_has_a_limit_from_policy(work: Work) -> None:
    with pytest.raises(Invalid, match="单次最多"):
        allot(work, make_season(work), 5_000_001)


def test_a_product_of_someone_else_is_refused(work: Work) -> None:
    season = make_season(work)
    other = make_product(work)
    with pytest.raises(Invalid) as refused:
        allot(work, season, 10, product_id=other.id)
    assert refused.value.fields[0].field == "product_id"


@pytest.mark.parametrize("mode", ["batch_code", "pre_printed"])
def test_other_marking_modes_need_no_codes(work: Work, mode: str) -> None:
    with pytest.raises(Conflict, match="不是一物一码") as refused:
        allot(work, make_season(work, marking_mode=mode), 10)
    assert refused.value.remedy


def test_a_far_year_is_refused(work: Work) -> None:
    with pytest.raises(Invalid, match="2019"):
        allot(work, make_season(work), 10, year=2019)


def test_an_authorisation_that_is_not_active_gets_none(work: Work) -> None:
    season = make_season(work)
    season.authorisation.state = "deregistered"
    with pytest.raises(Conflict, match="不能发码"):
        allot(work, season, 10)


def test_an_unmatched_authorisation_gets_none(work: Work) -> None:
    unmatched = make_authorisation(work, matched=False)
    product = make_product(work, unmatched)
    season = make_season(work)
    with pytest.raises(Conflict, match="统一社会信用代码"):
        service.allot(work, unmatched.id or 0, order_of(season, 1, product_id=product.id), secret_key=SECRET_KEY)


def test_a_restriction_stops_allotment_and_names_its_basis(work: Work) -> None:
    season = make_season(work)
    restrict(
        work, authorisation_id=season.id, source="listing_case", source_id=1, effect="stop_allotment", basis="示例规则第十二条",
        from_on=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(Conflict, match="示例规则第十二条") as refused:
        allot(work, season, 10)
    assert refused.value.remedy


def test_under_a_cap_half_the_entitlement_is_granted(work: Work) -> None:
    season = make_season(work)
    restrict(
        work,
        authorisation_id=season.id,
        source="listing_case",
        source_id=1,
        effect="cap_allotment",
        basis="示例规则",
        from_on=date(2026, 1, 1),
    )
    allot(work, season, 3600)
    with pytest.raises(QuotaExceeded, match="限量发码"):
        allot(work, season, 1)
    assert left(work, season) == 3600


def test_what_is_not_yours_is_not_there(work: Work) -> None:
    season = make_season(work)
    stranger: Actor = make_actor(work, "producer_operator", organisation=make_organisation(work))
    officer = make_actor(work, "county_handler", division="999999")
    work.actor = stranger
    with pytest.raises(NotFound):
        allot(work, season, 10)
    work.actor = officer
    with pytest.raises(NotAllowed):
        allot(work, season, 10)


def test_without_the_installations_secret_no_key_is_made(work: Work) -> None:
    season = make_season(work)
    with pytest.raises(Unavailable):
        service.allot(work, season.id, order_of(season, 1), secret_key="")


def test_keys_rotate_and_the_old_one_still_opens(work: Work) -> None:
    season = make_season(work)
    first = make_allotment(work, season, count=10, received=False)
    key = service.rotate_keys(work, SECRET_KEY)
    second = make_allotment(work, season, count=10, received=False)
    ranges = [queries.ranges_of(work.session, item.id or 0)[0].key_id for item in (first, second)]
    assert ranges == [0, 1] and key.id == 1
    assert service.open_secret(work.session, 0, SECRET_KEY) != service.open_secret(work.session, 1, SECRET_KEY)
    assert [item["status"] for item in service.key_set(work.session)] == ["verify-only", "current"]
    service.rotate_keys(work, SECRET_KEY, revoke=0)
    assert [item["status"] for item in service.key_set(work.session)] == ["revoked", "verify-only", "current"]
    with pytest.raises(Conflict, match="早已吊销"):
        service.rotate_keys(work, SECRET_KEY, revoke=0)
    assert "sealed" not in str(service.key_set(work.session))


def test_a_key_of_commercial_cryptography_is_kept_to_until_another_is_chosen(work: Work) -> None:
    season = make_season(work)
    make_allotment(work, season, count=10, received=False)
    chosen = [service.rotate_keys(work, SECRET_KEY, algorithm=name).algorithm for name in (HMAC_SM3, "", BLAKE2B)]
    assert chosen == [HMAC_SM3, HMAC_SM3, BLAKE2B]
    assert [item["alg"] for item in service.key_set(work.session)] == [BLAKE2B, *chosen]
    with pytest.raises(Invalid, match="MD5") as refused:
        service.rotate_keys(work, SECRET_KEY, algorithm="MD5")
    assert HMAC_SM3 in str(refused.value.fields[0].remedy)


def test_there_are_32_key_symbols(work: Work) -> None:
    for _ in range(32):
        service.rotate_keys(work, SECRET_KEY)
    with pytest.raises(Conflict, match="32"):
        service.rotate_keys(work, SECRET_KEY)
