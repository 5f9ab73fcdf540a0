"""Every template compiles, speaks through gettext, and obeys the content security policy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from gi_registry.assets import asset_dir

TEMPLATES = asset_dir("templates")
FILES = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".xml", ".typ"})
HAN = re.compile(r"[\u3400-\u9fff]")
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
INLINE = re.compile(r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
POST_FORM = re.compile(r"<form\b[^>]*method=[\"']?post[^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)
FOREIGN = re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)


def _each() -> Any:
    return pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))


@pytest.fixture(scope="module")
def environment() -> Environment:
    from gi_registry.app import create_app
    from gi_registry.config import read_settings

    return create_app(read_settings({}, database_url="sqlite://")).jinja_env


@_each()
def test_it_compiles(path: Path, environment: Environment) -> None:
    environment.get_template(str(path.relative_to(TEMPLATES)))


def _called(node: nodes.Node) -> str:
    return node.node.name if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) else ""


def _untranslated(node: nodes.Node) -> list[str]:
    if _called(node) in TRANSLATORS:
        return []
    own = node.data if isinstance(node, nodes.TemplateData) else node.value if isinstance(node, nodes.Const) else ""
    found = (
        [own.strip()[:40]] if isinstance(own, str) and HAN.search(own.replace("中文", "")) else []
    )  # a language is called by its own name
    return found + [text for child in node.iter_child_nodes() for text in _untranslated(child)]


@_each()
def test_every_sentence_goes_through_gettext(path: Path, environment: Environment) -> None:
    assert _untranslated(environment.parse(path.read_text(encoding="utf-8"))) == []


@_each()
def test_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert INLINE.findall(text) == []
    assert FOREIGN.findall(text) == []


@_each()
def test_every_posted_form_carries_the_token(path: Path) -> None:
    forms = POST_FORM.findall(path.read_text(encoding="utf-8"))
    assert [form[:60] for form in forms if "csrf" not in form] == []


@_each()
def test_the_words_are_those_of_the_house(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "正品" not in text
    assert "！" not in text
    assert "|safe" not in text.replace(" ", ""), "escape, or return Markup from a function that is tested"
