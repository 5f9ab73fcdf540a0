"""Nasty values in every field of every form that any role is shown, and in what addresses say: never an error of ours.

The forms are found as people find them: every page is opened by every role, the forms on it are read. Each field is tried with a seeded
choice of the values, so that a run stays short; ``GI_HOSTILE=all`` tries them all. Every request is rolled back.
"""

from __future__ import annotations

import io
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from tests.architecture.world import TESTED_ROLES, World, built

pytestmark = pytest.mark.slow

SEED = 20261123
ALL = os.environ.get("GI_HOSTILE") == "all"
FEW = ("consumer", "producer_operator", "producer_approver", "county_handler", "county_approver", "security_admin")
TRIED = {"sqlite": (2, TESTED_ROLES), "postgresql": (1, FEW)}
"""How many values each field is tried with, and whose forms."""

NUMBERS = ("-1", "0", "2147483648", "9223372036854775808", "9" * 400, "1e309", "NaN", "-Infinity", "0x10", "１２", "²", "1,000", "1_000")
DATES = ("0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "2026-13-01", "-2026-01-01", "2026-03-10T00:00:00Z", "二〇二六年三月")
TEXTS = (
    "\x00", "a\x00b", "\ud800", "\ufffe\uffff", "\u202e\u2066abc", "\x1b[31m\x07\x08", "\r\nSet-Cookie: a=b", "A" * 70_000, "龘" * 5_000,
    " ", "\u3000", "<script>alert(1)</script>", '"><img src=x onerror=1>', "' OR 1=1 --", "%s%s%n", "{{7*7}}", "${7*7}", "#import [a]",
    "../../../../etc/passwd", "/\t/evil.example", "=HYPERLINK(1)", "[[[[[[", '{"a":1}', "null", "true", "a\u0300" * 40,
)  # fmt: skip
VALUES = (*NUMBERS, *DATES, *TEXTS)
FILES = (
    b"", b"\x00" * 64, b"%PDF-1.7\n%%EOF", b"\xff\xd8\xff\xe0",
    b"PK\x03\x04" + b"\xff" * 60, b"\x89PNG\r\n\x1a\n", b"=1+1,\x00\r\n",
)  # fmt: skip
NAMES = ("../../x.pdf", "a\x00.jpg", "A" * 3_000 + ".png", "\u202egpj.exe", ".", "x.xlsx", "x.csv", "x.geojson")
THINGS: tuple[Any, ...] = (None, True, -1, 10**400, 1.5, [], [None], {}, {"a": {"b": []}}, ["\x00"], "\ud800", [[[]]])
ARGUMENTS = (
    "page", "per_page", "sort", "format", "q", "year", "from", "to", "since", "code", "lang", "next", "state", "on", "day",
    "uscc", "role", "login", "endpoint", "_method", "_scheme", "_external",
)  # fmt: skip


@dataclass
class Form:
    """A form that somebody was shown: by which role, how and where it goes, its fields with the first value each may have, its files."""

    role: str
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    @property
    def kind(self) -> tuple[str, ...]:
        """What tells forms apart: where they go without the numbers of rows, and their fields."""
        return "/".join("n" if part.isdigit() else part for part in self.action.split("/")), *sorted({*self.fields, *self.files})


class Forms(HTMLParser):
    """The forms of a page with every field, also those a person would have to tick."""

    def __init__(self, role: str, path: str) -> None:
        super().__init__()
        self.role, self.path, self.select = role, path, ""
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, or a field into the form it is in."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.found.append(Form(self.role, given.get("method", "get").upper(), urlsplit(given.get("action") or self.path).path))
        elif self.found and tag == "input" and given.get("type") == "file":
            self.found[-1].files.add(name)
        elif self.found and name and tag in {"input", "textarea", "select", "button"}:
            self.select = name if tag == "select" else ""
            self.found[-1].fields.setdefault(name, "" if tag == "select" else given.get("value", ""))
        elif self.found and tag == "option" and self.select:
            self.found[-1].fields[self.select] = self.found[-1].fields[self.select] or given.get("value", "")


def forms_of(world: World, roles: tuple[str, ...]) -> list[Form]:
    """Return every kind of form that one of the roles is shown, with the first that was."""
    found: dict[Any, Form] = {}
    for role in roles:
        client = world.client(role, "own")
        for rule in world.app.url_map.iter_rules():
            if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
                continue
            path = world.path(rule, "GET")
            answer = client.get(path, headers={"Accept": "text/html"})
            if answer.status_code == 200 and answer.mimetype == "text/html":
                reader = Forms(role, path)
                reader.feed(answer.text)
                for form in reader.found:
                    found.setdefault(form.kind, form)
    return list(found.values())


@dataclass(frozen=True)
class Target:
    """The world of one database, its forms, and how many values each of their fields is tried with."""

    world: World
    forms: list[Form]
    share: int

    def values(self, chance: random.Random, among: tuple[Any, ...]) -> list[Any]:
        """Return the values a field is tried with."""
        return list(among) if ALL else chance.sample(among, self.share)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def target(request: pytest.FixtureRequest, make_database: Any, quick_passwords: None) -> Iterator[Target]:
    """One of everything, and a person of every role, on either database; the forms they are shown."""
    share, roles = TRIED[request.param]
    with make_database(request.param) as url, built(url) as world:
        forms = forms_of(world, TESTED_ROLES if ALL else roles)
        assert len(forms) > 60, "the forms were not found"
        yield Target(world, forms, share)


def sent(world: World, form: Form, values: list[tuple[str, str]]) -> str:
    """Send a form with these values as a browser that is no browser would; return what is wrong with the answer, or nothing."""
    pairs = [(name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")) for name, value in values]
    client = world.client(form.role, "own")
    if form.method == "GET":
        answer = client.get(f"{form.action}?{urlencode(pairs)}")
    else:
        answer = client.post(form.action, data=urlencode(pairs), content_type="application/x-www-form-urlencoded")
    return wrong(answer)


def wrong(answer: Any) -> str:
    """Return what no answer may be: an error of ours, a page with what was typed as markup, somebody else's address."""
    text = answer.text if answer.mimetype == "text/html" else ""
    away = answer.headers.get("Location", "")
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if "<script>alert(1)" in text or "<img src=x" in text:
        return "markup as typed"
    return f"leads to {away}" if away and (urlsplit(away).netloc not in {"", "localhost"} or away.startswith(("//", "/\\"))) else ""


def test_no_field_of_any_form_breaks_the_site(target: Target) -> None:
    chance, broken = random.Random(SEED), []
    for form in target.forms:
        for name in form.fields:
            for value in target.values(chance, VALUES):
                said = sent(target.world, form, [*((key, old) for key, old in form.fields.items() if key != name), (name, value)])
                broken += [f"{form.role} {form.method} {form.action} {name}={value[:30]!r}: {said}"] if said else []
    assert broken == []


def test_a_second_value_of_a_field_is_no_way_round(target: Target) -> None:
    broken = []
    for form in target.forms:
        twice = [(name, value) for name, old in form.fields.items() for value in (old, "a\x00b")]
        client = target.world.client(form.role, "own")
        answer = client.open(form.action, method=form.method, **{"query_string" if form.method == "GET" else "data": MultiDict(twice)})
        broken += [f"{form.role} {form.method} {form.action}: {answer.status_code}"] if answer.status_code not in {404, 422} else []
    assert broken == []


def test_no_file_breaks_a_form(target: Target) -> None:
    chance, broken = random.Random(SEED), []
    forms = [form for form in target.forms if form.files]
    assert forms, "the forms with files were not found"
    for form in forms:
        for content in target.values(chance, FILES):
            name = chance.choice(NAMES)
            data = {**form.fields, **{field: (io.BytesIO(content), name) for field in form.files}}
            said = wrong(target.world.client(form.role, "own").post(form.action, data=data, content_type="multipart/form-data"))
            broken += [f"{form.role} {form.action} {name[:20]!r} {content[:8]!r}: {said}"] if said else []
    assert broken == []


def test_no_json_of_another_shape_breaks_a_form(target: Target) -> None:
    chance, broken = random.Random(SEED), []
    for form in (form for form in target.forms if form.method == "POST"):
        client = target.world.client(form.role, "own")
        for name in form.fields:
            for thing in target.values(chance, THINGS):
                body = json.dumps({**form.fields, name: thing})
                said = wrong(client.post(form.action, data=body, content_type="application/json"))
                broken += [f"{form.role} {form.action} {name}={str(thing)[:20]!r}: {said}"] if said else []
    assert broken == []


def test_no_address_breaks_a_page(target: Target) -> None:
    chance, broken = random.Random(SEED), []
    for rule in target.world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in {"static", "desk.healthz"}:
            continue
        path = target.world.path(rule, "GET")
        for role in ("consumer", "producer_operator", "county_handler", "security_admin"):
            for value in target.values(chance, VALUES):
                pairs = [(name, value.encode("utf-8", "surrogatepass")[:400]) for name in chance.sample(ARGUMENTS, 6)]
                said = wrong(target.world.client(role, "own").get(f"{path}?{urlencode(pairs)}"))
                broken += [f"{role} {path} {[name for name, _ in pairs]}={value[:20]!r}: {said}"] if said else []
    assert broken == []


def test_the_watcher_sees_what_it_looks_for() -> None:
    """Negative control: an application that breaks, repeats markup and leads away is caught by each of the three."""
    app = Flask("careless")
    app.add_url_rule("/break", "break", view_func=lambda: ("", 500))
    app.add_url_rule("/repeat", "repeat", view_func=lambda: TEXTS[TEXTS.index("<script>alert(1)</script>")])
    app.add_url_rule("/lead", "lead", view_func=lambda: ("", 303, {"Location": "//evil.example"}))
    assert [wrong(app.test_client().get(path)) for path in ("/break", "/repeat", "/lead")] == [
        "500", "markup as typed", "leads to //evil.example",
    ]  # fmt: skip
