"""Who looks: a key that tells nothing and changes daily, and whether anybody looks at all."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.peers import client_address
from gi_registry.scans.rules.client import client_key, day_key, is_preview

MONDAY, TUESDAY = day_key("secret", date(2026, 3, 9)), day_key("secret", date(2026, 3, 10))


def test_the_same_client_has_one_key_a_day_and_another_the_next():
    assert client_key(MONDAY, "203.0.113.1", "phone") == client_key(MONDAY, "203.0.113.1", "phone")
    assert client_key(MONDAY, "203.0.113.1", "phone") != client_key(TUESDAY, "203.0.113.1", "phone")


def test_another_address_or_browser_or_secret_is_another_client():
    key = client_key(MONDAY, "203.0.113.1", "phone")
    assert key != client_key(MONDAY, "203.0.113.2", "phone")
    assert key != client_key(MONDAY, "203.0.113.1", "tablet")
    assert key != client_key(day_key("other", date(2026, 3, 9)), "203.0.113.1", "phone")


def test_a_key_has_sixteen_digits_whatever_the_browser_says():
    assert len(client_key(MONDAY, "203.0.113.1", "x" * 100_000 + "\ud800")) == 16


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(proxies, header, address):
    assert client_address({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": header}, proxies) == address


@pytest.mark.parametrize(
    ("environ", "preview"),
    [
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) MicroMessenger/8.0.50 NetType/WIFI"}, False),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"}, False),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 AlipayClient/10.6 DingTalk/7.6"}, False),
        ({}, False),
        ({"HTTP_USER_AGENT": "facebookexternalhit/1.1"}, True),
        ({"HTTP_USER_AGENT": "TelegramBot (like TwitterBot)"}, True),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}, True),
        ({"HTTP_USER_AGENT": "Slackbot-LinkExpanding 1.0"}, True),
        ({"HTTP_SEC_PURPOSE": "prefetch;prerender"}, True),
        ({"HTTP_PURPOSE": "Preview"}, True),
        ({"HTTP_X_MOZ": "prefetch"}, True),
    ],
)
def test_a_preview_is_known_by_its_name_or_its_purpose(environ, preview):
    assert is_preview(environ) is preview
