"""How a person works a page: with a mouse, or, where ``page.by_keyboard`` says so, with nothing but the keyboard."""

from __future__ import annotations

from typing import Any

from demo_data import PASSWORD, YEAR

from tests.browser.conftest import WIDE
from tests.browser.test_frame import OVERFLOW

LONG = 400
IS_FOCUSED = "element => document.activeElement === element"
IN_GROUP = "element => document.activeElement.type === 'radio' && document.activeElement.name === element.name"


def stand_on(page: Any, selector: str, *, where: str = IS_FOCUSED) -> Any:
    """Press Tab until the keyboard stands on the first element that the selector finds."""
    target = page.locator(selector).first
    for _ in range(LONG):
        if target.evaluate(where):
            return target
        page.keyboard.press("Tab")
    raise AssertionError(f"{page.url}: {selector} is not reached by keyboard")


def press(page: Any, selector: str) -> None:
    """Do what leads to another page and wait until it is there."""
    if not page.by_keyboard:
        with page.expect_navigation():
            page.click(selector)
        return
    stand_on(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def unfold(page: Any, selector: str) -> None:
    """Open what is folded away."""
    if not page.by_keyboard:
        page.locator(selector).first.click()
        return
    stand_on(page, selector)
    page.keyboard.press("Enter")


def fill(page: Any, selector: str, text: str) -> None:
    """Write into a field; a date by its parts."""
    if not page.by_keyboard:
        page.locator(selector).first.fill(text)
        return
    target = stand_on(page, selector)
    if target.get_attribute("type") == "date":
        _write_date(page, target, text)
    else:
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
    assert target.input_value() == text


def _write_date(page: Any, target: Any, text: str) -> None:
    """Write the parts of a date in the order in which this browser asks for them: its own language decides, not the page's."""
    year, month, day = text.split("-")
    for parts in ((year, month, day), (month, day, year)):
        for part in parts:
            page.keyboard.type(part)
            if part is year:
                page.keyboard.press("ArrowRight")
        if target.input_value() == text:
            return
        for _ in parts:
            page.keyboard.press("ArrowLeft")


def choose(page: Any, selector: str, value: str) -> None:
    """Choose an option of a list."""
    if not page.by_keyboard:
        page.locator(selector).first.select_option(value)
        return
    target = stand_on(page, selector)
    page.keyboard.press("Home")
    for _ in range(LONG):
        if target.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{page.url}: {value} cannot be chosen by keyboard")


def tick(page: Any, selector: str) -> None:
    """Tick a box, or choose one of several."""
    target = page.locator(selector).first
    if not page.by_keyboard:
        target.check()
        return
    if target.get_attribute("type") == "radio":
        stand_on(page, selector, where=IN_GROUP)
        page.keyboard.press("Space")
        for _ in range(LONG):
            if target.is_checked():
                return
            page.keyboard.press("ArrowDown")
    stand_on(page, selector)
    if not target.is_checked():
        page.keyboard.press("Space")
    assert target.is_checked()


def attach(page: Any, selector: str, file: dict[str, Any]) -> None:
    """Give a file to a field that the keyboard reaches; the window that asks for it is the system's."""
    if page.by_keyboard:
        stand_on(page, selector)
    page.set_input_files(selector, file)


def signed_in(visit: Any, login: str, *, width: int = WIDE, javascript: bool = True, keyboard: bool = False, touch: bool = False) -> Any:
    """Return the page of a person who signed in."""
    page = visit("/sign-in", width=width, javascript=javascript, keyboard=keyboard, touch=touch)
    fill(page, "[name=login]", login)
    fill(page, "[name=password]", PASSWORD)
    press(page, "main button[type=submit]")
    assert page.url.endswith("/home")
    return page


def fits(page: Any) -> None:
    """Nothing scrolls sideways and the browser has nothing to complain of."""
    assert page.evaluate(OVERFLOW) <= 0, f"{page.url} scrolls sideways"
    assert page.complaints == []


def act(page: Any, case: str, action: str, **fields: str) -> None:
    """Do one act of a case by its form."""
    page.goto(f"{case}/acts/{action}")
    for name, value in fields.items():
        selector = f"main [name={name}]"
        kind = page.locator(selector).first.evaluate("element => element.tagName + ':' + (element.type || '')")
        if kind.startswith("SELECT"):
            choose(page, selector, value)
        elif kind.endswith(":radio"):
            tick(page, f"{selector}[value={value}]")
        else:
            fill(page, selector, value)
    press(page, f"main form[action$='/{action}'] button")
    assert page.url.rstrip("/") == case.rstrip("/"), page.locator("main").inner_text()[:400]


def own_authorisation(page: Any) -> str:
    """Return the address of the authorisation that stands on the home page."""
    return str(page.locator("a[href^='/authorisations/']:not([href*='/reports/'])").first.get_attribute("href"))


def code_of(page: Any, authorisation: str, folder: Any) -> str:
    """Take a printed code from the producer's own print list."""
    page.goto(f"{authorisation}/codes?year={YEAR}")
    press(page, "a[href*='/allotments/']")
    link = page.locator("a[href$='codes.csv']").first
    with page.expect_download() as got:
        link.click()
    got.value.save_as(folder / "codes.csv")
    return (folder / "codes.csv").read_text(encoding="ascii").splitlines()[5].split(",")[1]
