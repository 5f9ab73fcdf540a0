"""A buyer with a phone: every verdict fits the first screen, with JavaScript off, in one request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from gi_registry.scans.models import FirstCheck
from tests.builders.scans import make_area, make_labels, say_of
from tests.conftest import NOW

WIDTHS = (360, 1280)
HEIGHT = 740


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def shop(app, open_work) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve a code for every verdict; yield the address and the codes by the word that each shows."""
    with open_work() as work:
        labels = make_labels(work)
        make_area(work, labels.gi_id)
        for serial, status in ((1, "void"), (2, "recalled"), (3, "frozen")):
            say_of(work, labels, status, serial, serial + 1)
        facts = {"first_at": NOW, "last_at": NOW, "range_id": labels.range_id}
        work.session.add(FirstCheck(**facts, serial=5, count=3))
        work.session.add(FirstCheck(**facts, serial=6, count=37, suspect_at=NOW, suspect_clients=37, suspect_provinces=6, suspect_hours=48))
    words = {"已作废": 1, "已召回": 2, "暂停使用": 3, "首次查询": 4, "再次查询": 5, "查询异常": 6, "尚未激活": 900}
    codes = {word: labels.code(serial) for word, serial in words.items()}
    codes["查无此码"] = replace(labels, secret=b"f" * 32).code(1)
    codes["可能输入有误"] = labels.code(1)[:-1]
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", codes
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_verdict_stands_on_the_first_screen_in_one_request_without_script(chromium, shop, width):
    base, codes = shop
    context = chromium.new_context(viewport={"width": width, "height": HEIGHT}, java_script_enabled=False, locale="zh-CN")
    for word, code in codes.items():
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(f"{base}/T/{code}")
        assert page.inner_text("h1") == word
        box = page.locator(".next").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < HEIGHT, f"{word}: what to do next is below the first screen"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{word} scrolls sideways"
        assert page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(15, 92, 70)"
        assert asked == [f"{base}/T/{code}"]
        page.close()
    context.close()
