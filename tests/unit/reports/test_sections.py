"""The task list, the lists of rows, the amendment in words and the authorities' line, without a database."""

from __future__ import annotations

import pytest

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say
from gi_registry.reports.rules.amendment import beside, change_in_words
from gi_registry.reports.rules.content import Declaration, content_hash, filed_content, print_mark
from gi_registry.reports.rules.draft import Content, Known, Row, parts
from gi_registry.reports.rules.figures import catalogue
from gi_registry.reports.rules.lists import BY_KEY, has_list, read_list
from gi_registry.reports.rules.obligation import Status
from gi_registry.reports.rules.paper import filed_rows
from gi_registry.reports.rules.rollup import Tally, grouped, tally_of, total
from gi_registry.reports.rules.sections import LABELS, Mark, Progress, progress_of, tasks
from gi_registry.reports.schemas import section_fields

FIGURES = catalogue(["item_code"], unit="piece", purchases=False)
BY_NAME = {figure.key: figure for figure in FIGURES}
TESTS = BY_KEY["test_rows"]


def row(key, value, known=None, reason=""):
    return Row(BY_NAME[key], value, Known(known, say("台账")) if known is not None else None, reason)


def cells(**differs):
    stated = {"institution": "示例检测所", "accreditation": "", "report": "J-1", "day": "2025-10-01", "result": "pass"} | differs
    return {f"test_rows.0.{key}": value for key, value in stated.items()}


@pytest.mark.parametrize(
    ("mark", "missing", "unexplained", "expected"),
    [
        (Mark(), 0, 0, Progress.NOT_STARTED),
        (Mark(), 3, 0, Progress.NOT_STARTED),
        (Mark(2), 1, 0, Progress.STARTED),
        (Mark(2), 0, 0, Progress.STARTED),
        (Mark(2, finished=True), 0, 0, Progress.DONE),
        (Mark(2, finished=True), 1, 0, Progress.NEEDS_YOU),
        (Mark(2), 0, 1, Progress.NEEDS_YOU),
        (Mark(2, finished=True), 0, 1, Progress.NEEDS_YOU),
    ],
)
def test_how_a_section_stands(mark, missing, unexplained, expected):
    assert progress_of(mark, missing=missing, unexplained=unexplained) is expected


def test_the_task_list_has_the_eight_sections_and_says_what_is_ready():
    content = Content((row("area", 12_000, 12_000), row("output", None), row("gi_output", 7_500, 7_500), row("sales", 5)))
    found = {task.number: task for task in tasks(parts(content), {"4": {"version": 1, "finished": True}})}
    assert list(found) == list(LABELS) == list("12345678")
    assert not found["2"].ready
    assert str(found["2"].note) == "2 项已按登记数据填好，还有 1 项需要填写。"
    assert found["1"].ready
    assert not found["4"].ready, "it is finished already"
    assert found["4"].progress is Progress.DONE


def test_a_changed_figure_without_a_reason_is_unexplained():
    assert row("area", 13_000, 12_000).unexplained
    assert not row("area", 13_000, 12_000, "新承包一亩").unexplained
    assert not row("area", 12_000, 12_000).unexplained
    assert not row("area", 13_000).unexplained


def test_a_list_is_read_row_by_row_and_empty_rows_are_none():
    assert read_list(TESTS, cells()) == (
        {"institution": "示例检测所", "accreditation": "", "report": "J-1", "day": "2025-10-01", "result": "pass"},
    )
    assert read_list(TESTS, {"test_rows.3.institution": "  ", "test_rows.3.result": ""}) == ()
    assert has_list(TESTS, {"test_rows.0.day": ""})
    assert not has_list(TESTS, {"export_rows.0.country": "示例国"})


@pytest.mark.parametrize(
    ("key", "value"), [("institution", ""), ("day", "2025-13-01"), ("day", "去年"), ("result", "maybe"), ("report", "长" * 201)]
)
def test_a_wrong_cell_is_named(key, value):
    with pytest.raises(Invalid) as refusal:
        read_list(TESTS, cells(**{key: value}))
    assert [problem.field for problem in refusal.value.fields] == [f"test_rows.0.{key}"]


@pytest.mark.parametrize(("url", "good"), [("https://shop.example/1", True), ("shop.example", False), ("javascript:alert(1)", False)])
def test_a_shop_needs_an_address(url, good):
    values = {"shop_rows.0.name": "示例店", "shop_rows.0.url": url}
    if good:
        assert read_list(BY_KEY["shop_rows"], values)[0]["url"] == url
    else:
        with pytest.raises(Invalid):
            read_list(BY_KEY["shop_rows"], values)


@pytest.mark.parametrize(("value", "good"), [("12.5", True), ("0", True), ("-1", False), ("many", False), ("0.1234567", False)])
def test_an_amount_in_a_list_is_a_number(value, good):
    values = {"export_rows.0.country": "示例国", "export_rows.0.value": value}
    if good:
        assert read_list(BY_KEY["export_rows"], values)[0]["value"] == value
    else:
        with pytest.raises(Invalid):
            read_list(BY_KEY["export_rows"], values)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (1, 1, "None"),
        (None, None, "None"),
        (None, 5, "新填"),
        (5, None, "删去"),
        (100, 350, "增加 250 只/件"),
        (350, 100, "减少 250 只/件"),
    ],
)
def test_a_change_in_words(before, after, words):
    assert str(change_in_words(BY_NAME["output"], before, after)) == words


def test_an_amendment_has_every_figure_that_either_version_states():
    before = Content((row("area", 12_000), row("output", 8_000), row("exports", None)))
    after = Content((row("area", 12_000), row("output", 8_100), row("exports", None)))
    assert [(item.figure.key, str(item.words)) for item in beside(before, after)] == [("area", "None"), ("output", "增加 100 只/件")]


def test_the_line_of_an_authority_counts_each_obligation_once():
    tallies = [
        ("a", tally_of(Status.FILED, "accepted", 10)),
        ("a", tally_of(Status.FILED, "filed", 6)),
        ("b", tally_of(Status.LATE, "filed", 1)),
        ("b", tally_of(Status.OVERDUE, "", 2)),
        ("b", tally_of(Status.OPEN, "", 1)),
    ]
    whole = total(tally for _key, tally in tallies)
    assert str(whole.words) == "应报送 20，已报送 17（其中逾期 1），未报送 3"
    assert (whole.accepted, whole.overdue, whole.returned) == (10, 2, 0)
    assert whole.filed + whole.missing + whole.not_open == whole.due
    assert grouped(tallies)["a"] == Tally(due=16, filed=16, accepted=10)
    assert tally_of(Status.FILED, "returned", 2).returned == 2
    assert tally_of(Status.NOT_OPEN, "", 3).missing == 0


def test_a_pick_of_theirs_leaves_the_stored_value_alone():
    form = {"version": "3", "sales": "170", "sales:reason": "", "exports": "9", "conflicts": "sales exports", "next": "stay"}
    both = section_fields(form | {"pick:sales": "theirs", "pick:exports": "mine"})
    assert (both["values"], both["version"], both["done"]) == ({"exports": "9"}, "3", False)
    assert section_fields(form | {"pick:sales": "theirs"})["version"] == "-1"
    rows = {"version": "1", "conflicts": "test_rows", "pick:test_rows": "theirs", "test_rows.0.report": "J-1", "standard": "GB"}
    assert section_fields(rows)["values"] == {"standard": "GB"}


def test_publicity_lists_photos_and_the_scan_are_in_the_filed_content():
    rows = (Row(BY_NAME["sales"], 5, None, "", True), Row(BY_NAME["area"], 5, None))
    content = Content(rows, lists={"export_rows": ({"country": "示例国", "value": "1"},)}, photos={"front": "ab"})
    filed = filed_content(content, Declaration("某", 1, "t", scan="cd", rule="r"), identity={}, year=2025, window_version="")
    assert (filed["figures"]["sales"]["public"], filed["figures"]["area"]["public"]) == (True, True)
    assert filed["declaration"] == {"name": "某", "person": 1, "at": "t", "method": "stamped", "scan": "cd", "rule": "r"}
    again = filed_rows(filed, FIGURES)
    assert (again.lists, again.photos) == ({"export_rows": ({"country": "示例国", "value": "1"},)}, {"front": "ab"})
    plain = filed_content(Content(rows), Declaration("某", 1, "t"), identity={}, year=2025, window_version="")
    assert "lists" not in plain
    assert plain["declaration"] == {"name": "某", "person": 1, "at": "t"}
    assert content_hash(filed) != content_hash(plain)


def test_a_print_bears_the_mark_of_its_content():
    one, other = Content((row("sales", 5),)), Content((row("sales", 6),))
    assert print_mark(one, number="NB", year=2025) == print_mark(one, number="NB", year=2025)
    assert print_mark(one, number="NB", year=2025) != print_mark(other, number="NB", year=2025)
