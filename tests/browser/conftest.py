"""A real Chromium in front of a real server on the demonstration's story."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

NARROW, WIDE = 360, 1280
DOUBLE = WIDE // 2  # 200 % zoom of a 1,280 px window leaves so many CSS pixels
HEIGHT = 800


def _demo() -> Any:
    spec = importlib.util.spec_from_file_location("demo", ROOT / "scripts" / "demo.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    os.environ.pop("GI_DATABASE_URL", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration of its own, freshly built, with its scheduler."""
    demo = _demo()
    folder: Path = tmp_path_factory.mktemp("demo")
    base = f"http://127.0.0.1:{demo.free_port()}"
    with _environment():
        demo.build(folder, base)
        with demo.serving(folder, base):
            yield base


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*arguments, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


Visit = Callable[..., Any]


@pytest.fixture
def visit(chromium: Any, site: str) -> Iterator[Visit]:
    """Return a factory: ``visit("/registry", width=360, javascript=False)``; ``page.complaints`` holds what it wrote to the console.

    ``keyboard=True`` makes the hands of ``tests.browser.hands`` use the keyboard only, ``touch=True`` gives the page a touch screen.
    """
    contexts: list[Any] = []

    def open_page(path: str = "/", *, width: int = WIDE, javascript: bool = True, keyboard: bool = False, touch: bool = False) -> Any:
        screen = {"viewport": {"width": width, "height": HEIGHT}, "has_touch": touch, "is_mobile": touch}
        context = chromium.new_context(base_url=site, java_script_enabled=javascript, locale="zh-CN", **screen)
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.by_keyboard = [], keyboard
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
