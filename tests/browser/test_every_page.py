"""Every page, as whoever may open it: fits 360 px, 1,280 px and 200 % zoom, has no serious fault that axe finds, works by keyboard.

The pages are found by following links from where each person starts, in the demonstration after its walk, one page for each address
of the application; an address that nobody reaches must be named here with the reason.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_data import PASSWORD, YEAR
from demo_visitor import Visitor
from werkzeug.exceptions import HTTPException

from gi_registry.app import create_app
from gi_registry.config import read_settings
from tests.browser.conftest import DOUBLE, HEIGHT, NARROW, WIDE
from tests.browser.test_frame import OVERFLOW

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("every-page")]

PEOPLE = (
    "",
    "jia",
    "yi",
    "bing",
    "wu",
    "xian",
    "xianzhang",
    "shi",
    "sheng",
    "guojia",
    "shenji",
    "anquan",
    "ji",
    "xiehui",
    "jiance",
    "yinshua",
    "chen",
)
SERIOUS = {"serious", "critical"}
MOST = 400
FILES = {
    "static", "log.checkpoint", "log.tile", "log.inclusion", "log.consistency", "documents.download", "codes.public_keys", "codes.labels",
    "codes.codes_list", "desk.healthz", "desk.readyz", "desk.metrics", "extracts.show_extract", "opendata.show_user_extract",
    "imports.take_out", "imports.take_out_outlines", "imports.take_out_sheet", "imports.template", "imports.template_sheet",
    "listings.show_paper", "listings.show_proof_form", "origin.map_of_plots", "reports.download_receipt", "reports.download_report",
    "supervision.show_paper", "batches.download_scan", "codes.calibration", "codes.codes_packet", "codes.symbols_packet",
}  # fmt: skip  # answers that are no pages: papers, tables, words for machines

STEPS = 12
UNREACHED = {
    "batches.new_issue": "behind the form that asks for batch numbers; tests/web/batches/test_tests.py opens it",
    "batches.show_process": "from the batches it made; tests/browser/test_journey_recall.py opens it",
    "origin.show_plot_file": "only after a file was brought; tests/browser/test_journey_plots.py opens it",
    "accounts.show_code": "only between password and second factor; tests/web/accounts opens it",
    "accounts.show_enrolment": "only while a second factor must be set up; tests/web/accounts opens it",
    "profile.show_factor": "follows the button that makes a secret; tests/web/accounts opens it",
    "listings.case_of": "leads on to the case",
    "registry.show_match_form": "every authorisation of the demonstration is matched",
}
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  return {tag: at.tagName, ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none', seen: box.width > 0 && box.height > 0};
}"""


@pytest.fixture(scope="module")
def addresses() -> Any:
    """Match a path to its endpoint."""
    app = create_app(read_settings({}, database_url="sqlite://"))
    return app, app.url_map.bind("localhost")


@pytest.fixture(scope="module")
def walked(site: str) -> str:
    """The demonstration after its walk, while somebody is still on the list, a doubt is filed and a report is being written."""
    assert os.environ["GI_DATABASE_URL"].startswith("sqlite")
    walk = importlib.import_module("demo_walk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk.Story, "removal", lambda _story: "")
        assert walk.walk(site), "the walk itself must hold"
    return site


@pytest.fixture(scope="module")
def codes(walked: str) -> dict[str, str]:
    """A code of each verdict that the demonstration can show."""
    jia = Visitor(walked).sign_in("jia", PASSWORD)
    allotments = re.findall(r'href="(/allotments/\d+)"', jia.get(f"{own(jia)}/codes?year={YEAR}").expect().text)
    big = [jia.get(path + "/codes.csv").expect().text.splitlines() for path in dict.fromkeys(allotments)]
    listed = max(big, key=len)
    small = min(big, key=len)
    first, doubted, idle = (line.split(",")[1] for line in (listed[7], listed[8], small[-1]))
    forged = "10000000000000000000"
    return {"first-check": first, "repeat": doubted, "not-activated": idle, "malformed": first[:-1] + ("0" if first[-1] != "0" else "1"),
            "forged": forged}  # fmt: skip


def own(visitor: Visitor) -> str:
    """Return the address of a producer's authorisation."""
    found = re.search(r'href="(/authorisations/\d+)"', visitor.get("/home").expect().text)
    assert found is not None
    return found.group(1)


@pytest.fixture(scope="module")
def beginnings(walked: str, codes: dict[str, str]) -> dict[str, list[str]]:
    """Where people come in besides their desk: a doubt with its receipt, a report on its check page."""
    sent = Visitor(walked).submit(f"/T/{codes['repeat']}/doubt", {"wrongs": "label", "text": "标签像是重新贴上的。"}, action="/doubt")
    sent.expect("疑〔")
    yi = Visitor(walked).sign_in("yi", PASSWORD)
    drafted = yi.submit(f"{own(yi)}/reports/{YEAR}", {"next": "check"}, action=f"/reports/{YEAR}").expect()
    return {
        "": [f"/T/{codes['first-check']}/doubt", "/doubts", sent.address.removeprefix(walked), "/public-notices"],
        "jia": [
            f"{own(Visitor(walked).sign_in('jia', PASSWORD))}/codes?year={YEAR}"
        ],  # labels of the season, not those that ended with one
        "yi": [drafted.address.removeprefix(walked)],
        "xian": ["/leads"],
    }


@pytest.fixture(scope="module")
def people(chromium: Any, walked: str) -> Iterator[dict[str, Any]]:
    """A page of each person, signed in."""
    contexts = {
        login: chromium.new_context(base_url=walked, viewport={"width": WIDE, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce")
        for login in PEOPLE
    }
    pages = {}
    for login, context in contexts.items():
        pages[login] = page = context.new_page()
        if login:
            page.goto("/sign-in")
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            with page.expect_navigation():
                page.click("main button[type=submit]")
    yield pages
    for context in contexts.values():
        context.close()


def endpoint_of(addresses: Any, path: str) -> str:
    try:
        return str(addresses[1].match(path, method="GET")[0])
    except HTTPException:
        return ""


@pytest.fixture(scope="module")
def found(walked: str, addresses: Any, beginnings: dict[str, list[str]]) -> dict[tuple[str, str], str]:
    """Return the first address of each (person, endpoint) that following links leads to; a link that leads nowhere is a fault."""
    seen: dict[tuple[str, str], str] = {}
    broken: list[str] = []
    for login in PEOPLE:
        visitor = Visitor(walked).sign_in(login, PASSWORD) if login else Visitor(walked)
        queue = ["/home" if login else "/", *beginnings.get(login, ()), "/registry", "/abnormal-list", "/check"]
        known: set[str] = set()
        while queue and len(known) < MOST:
            path = queue.pop(0)
            endpoint = endpoint_of(addresses, urlsplit(path).path)
            if path in known or endpoint in FILES or (login, endpoint) in seen:
                continue
            known.add(path)
            answer = visitor.get(path)
            if answer.status != 200:
                broken.append(f"{login} {path}: {answer.status}")
            elif "text/html" in answer.headers.get("Content-Type", ""):
                seen[login, endpoint] = path
                queue += links_of(walked, path, answer.text)
    assert broken == []
    return seen


def links_of(base: str, path: str, text: str) -> list[str]:
    """Return the links of a page that stay on the site, as paths; not its other languages and formats."""
    links = [urljoin(base + path, unescape(link)).split("#")[0] for link in re.findall(r'<a[^>]+href="([^"]+)"', text)]
    return [link.removeprefix(base) for link in links if link.startswith(base) and not re.search(r"[?&](format|lang)=", link)]


def once(found: dict[tuple[str, str], str]) -> list[tuple[str, str, str]]:
    """Return each endpoint with the first and the last who reach it: what a producer sees is not what an officer sees."""
    chosen: dict[str, list[tuple[str, str, str]]] = {}
    for (login, endpoint), path in found.items():
        chosen.setdefault(endpoint, []).append((login, endpoint, path))
    return [item for items in chosen.values() for item in (items[:1] + items[-1:] if len(items) > 1 else items)]


@pytest.fixture(scope="module")
def faults(found: Any, people: dict[str, Any]) -> dict[str, list[str]]:
    """Look at every page once, in each size, and return what is wrong by kind."""
    wrong: dict[str, list[str]] = {"fits": [], "axe": [], "keyboard": [], "heading": []}
    for number, (login, endpoint, path) in enumerate(once(found)):
        page, where = people[login], f"{login or 'public'} {path} ({endpoint})"
        page.goto(path)
        for width in (NARROW, DOUBLE, WIDE) if number % 2 else (WIDE, DOUBLE, NARROW):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if page.evaluate(OVERFLOW) > 0:
                wrong["fits"].append(f"{where} scrolls sideways at {width} px")
        wrong["axe"] += [f"{where} at {width} px: {fault}" for fault in serious(page)]
        if page.locator("h1").count() != 1:
            wrong["heading"].append(f"{where} has {page.locator('h1').count()} main headings")
        wrong["keyboard"] += [f"{where}: {step}" for step in walked_by_keyboard(page)]
    return wrong


ERRORS = (("jia", "/office/people", 403), ("jia", "/authorisations/999999", 404), ("", "/nothing-here", 404),
          ("", "/check?uscc=91999999MA9000118X", 422), ("", "/T/NOT-A-CODE", 404))  # fmt: skip


@pytest.mark.parametrize("width", [NARROW, DOUBLE, WIDE])
def test_every_verdict_fits_and_has_no_serious_fault(people: dict[str, Any], codes: dict[str, str], width: int) -> None:
    page = people[""]
    for verdict, code in codes.items():
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(f"/T/{code}")
        assert page.evaluate(OVERFLOW) <= 0, verdict
        assert page.locator("h1").count() == 1, verdict
        assert serious(page) == [], verdict


@pytest.mark.parametrize(("login", "path", "status"), ERRORS)
def test_a_refusal_is_a_page_too(people: dict[str, Any], login: str, path: str, status: int) -> None:
    page = people[login]
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    assert page.goto(path).status == status
    assert page.evaluate(OVERFLOW) <= 0
    assert page.locator("h1").count() == 1
    assert serious(page) == []


def serious(page: Any) -> list[str]:
    """Return the serious faults that axe finds."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found if fault["impact"] in SERIOUS]


def walked_by_keyboard(page: Any) -> list[str]:
    """Press Tab through the beginning of a page; return where it does not show where it is."""
    for step in range(STEPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at["tag"] == "BODY":
            break
        if not (at["ring"] and at["seen"]):
            return [f"step {step} on {at}"]
    return []


def test_every_page_is_reached_by_somebody(found: dict[tuple[str, str], str], addresses: Any) -> None:
    reached = {endpoint for _login, endpoint in found}
    pages = {rule.endpoint for rule in addresses[0].url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert len(reached) > 50
    assert sorted(pages - reached - set(FILES) - set(UNREACHED)) == []
    assert sorted(set(UNREACHED) & reached) == []


def test_every_page_fits_a_phone_a_desk_and_double_size(faults: dict[str, list[str]]) -> None:
    assert faults["fits"] == []


def test_every_page_has_one_main_heading(faults: dict[str, list[str]]) -> None:
    assert faults["heading"] == []


def test_no_page_has_a_serious_fault(faults: dict[str, list[str]]) -> None:
    assert faults["axe"] == []


def test_every_page_shows_where_the_keyboard_is(faults: dict[str, list[str]]) -> None:
    assert faults["keyboard"] == []


def test_the_control_axe_finds_a_planted_fault(people: dict[str, Any]) -> None:
    page = people[""]
    page.goto("/check")
    page.evaluate("() => document.querySelectorAll('label').forEach(label => label.remove())")
    assert any(fault.startswith(("label", "select-name")) for fault in serious(page))
