"""From which day a document counts as served."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.verdict import Failed
from gi_registry.notices.rules import Method, Service, is_served, may_serve, notice_period_ends

SENT, TODAY = date(2026, 3, 2), date(2026, 3, 20)


def test_electronic_service_needs_a_recorded_confirmation() -> None:
    assert isinstance(may_serve(Method.ELECTRONIC, consent_on=None, today=TODAY), Failed)
    assert isinstance(may_serve(Method.ELECTRONIC, consent_on=date(2026, 3, 21), today=TODAY), Failed)
    assert may_serve(Method.ELECTRONIC, consent_on=TODAY, today=TODAY)
    assert may_serve(Method.POST, consent_on=None, today=TODAY)


@pytest.mark.parametrize("method", list(Method))
def test_sent_is_not_served(method: Method) -> None:
    assert isinstance(is_served(Service(method, SENT), TODAY), Failed)


def test_a_receipt_proves_delivery_by_post_and_in_person() -> None:
    for method in (Method.POST, Method.PERSONAL):
        assert isinstance(is_served(Service(method, SENT, date(2026, 3, 5)), TODAY), Failed)
        assert is_served(Service(method, SENT, date(2026, 3, 5), has_proof=True), TODAY)


def test_a_public_notice_counts_when_its_period_is_over() -> None:
    ends = notice_period_ends(SENT, 30)
    assert ends == date(2026, 4, 1)
    assert isinstance(is_served(Service(Method.PUBLIC_NOTICE, SENT, ends), date(2026, 3, 31)), Failed)
    assert is_served(Service(Method.PUBLIC_NOTICE, SENT, ends), ends)


def test_electronic_service_counts_on_the_day_of_confirmation() -> None:
    assert is_served(Service(Method.ELECTRONIC, SENT, date(2026, 3, 6)), TODAY)
