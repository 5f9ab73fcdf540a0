"""A base map is let into pages only where it is set, and only its own host; the doctor asks for its review number."""

from __future__ import annotations

import pytest

from gi_registry.config import read_settings
from gi_registry.doctor.settings import base_map
from gi_registry.web.headers import base_map_host

TILES = "https://tiles.example.cn/{z}/{x}/{y}.png"


def pictures(client):
    policy = client.get("/registry").headers["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("img-src"))


def test_without_a_base_map_pictures_come_from_here_only(client):
    assert pictures(client) == "img-src 'self' data:"


def test_exactly_the_host_of_the_base_map_is_let_in(client):
    client.application.extensions["gi_settings"] = read_settings({"GI_BASE_MAP_URL": TILES})
    assert pictures(client) == "img-src 'self' https://tiles.example.cn data:"


@pytest.mark.parametrize(
    "url", ["", "https://tiles.example.cn/", "javascript:{x}{y}{z}", "https://a b/{x}{y}{z}", "https://x;script-src *//{x}{y}{z}"]
)
def test_what_is_no_address_of_tiles_lets_nothing_in(client, url):
    assert base_map_host(url) == ""
    client.application.extensions["gi_settings"] = read_settings({"GI_BASE_MAP_URL": url})
    assert pictures(client) == "img-src 'self' data:"


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        ({}, 0),
        ({"GI_BASE_MAP_URL": TILES, "GI_BASE_MAP_NUMBER": "GS(2025)示例号"}, 0),
        ({"GI_BASE_MAP_URL": TILES}, 1),
        ({"GI_BASE_MAP_URL": TILES.replace("https", "http")}, 2),
    ],
)
def test_the_doctor_asks_for_a_usable_address_and_the_review_number(settings, problems):
    assert [problem.check for problem in base_map(read_settings(settings))] == ["base-map"] * problems
