"""What stops a filing, what only warns, and what the receipt proves."""

from __future__ import annotations

from gi_registry.kernel.words import say
from gi_registry.reports.rules.content import Declaration, content_hash, filed_content, receipt_number, report_number
from gi_registry.reports.rules.draft import Content, Known, Stated, kept, merge
from gi_registry.reports.rules.figures import catalogue
from gi_registry.reports.rules.validation import label_lines, problems, warnings

FIGURES = catalogue(["item_code"], unit="piece", purchases=True)
LABELS = {"opening": 200, "received": 9_800, "activated": 7_200, "spoiled": 100, "returned": 700, "closing": 2_000}
REGISTRY = {f"item_code.{part}": Known(value, say("标签台账")) for part, value in LABELS.items()} | {
    "area": Known(12_000, say("%(count)s 个地块", count=2), "/plots"),
    "gi_output": Known(7_500, say("批次")),
}
TYPED = {"output": Stated(8_000), "sales": Stated(150_000_000)}


def content(**changes: Stated) -> Content:
    stated = TYPED | {key.replace("__", "."): value for key, value in changes.items()}
    return Content(merge(FIGURES, stated, REGISTRY))


def test_eight_of_ten_figures_are_prefilled() -> None:
    fresh = Content(merge(FIGURES, {}, REGISTRY))
    assert (fresh.core_count, fresh.prefilled_count) == (10, 8)
    assert [problem.field for problem in problems(fresh)] == ["output", "sales"]


def test_a_complete_report_passes_without_warning() -> None:
    assert problems(content()) == ()
    assert warnings(content()) == ()


def test_a_changed_figure_asks_for_a_reason() -> None:
    changed = content(gi_output=Stated(7_000))
    assert [problem.field for problem in problems(changed)] == ["gi_output"]
    assert "7\u2009500" in str(problems(changed)[0].reason)
    assert problems(content(gi_output=Stated(7_000, "复称后更正"))) == ()
    assert [problem.field for problem in problems(content(gi_output=Stated(7_000, "   ")))] == ["gi_output"]


def test_a_figure_that_was_taken_over_follows_the_ledger_until_filing() -> None:
    saved = {row.figure.key: kept(row) for row in content().rows}
    grown = REGISTRY | {"item_code.activated": Known(7_300, say("标签台账"))}
    later = Content(merge(FIGURES, saved, grown))
    assert later.value("item_code.activated") == 7_300
    assert later.value("sales") == 150_000_000


def test_a_stated_figure_stays_when_the_ledger_moves() -> None:
    saved = {row.figure.key: kept(row) for row in content(gi_output=Stated(7_000, "复称")).rows}
    later = Content(merge(FIGURES, saved, REGISTRY | {"gi_output": Known(9_000, say("批次"))}))
    assert later.value("gi_output") == 7_000
    assert next(row for row in later.rows if row.figure.key == "gi_output").reason == "复称"


def test_clearing_a_prefilled_core_figure_is_missing_not_unexplained() -> None:
    cleared = content(area=Stated(None))
    assert [str(problem.reason) for problem in problems(cleared)] == ["“生产面积”没有填写。"]


def codes(report: Content) -> list[str]:
    return [warned.code for warned in warnings(report)]


def test_contradictions_warn_and_do_not_stop() -> None:
    off = content(item_code__closing=Stated(1_900, "清点"))
    assert codes(off) == ["label-identity"]
    assert "-100" in str(warnings(off)[0].reason)
    assert problems(off) == ()
    assert codes(content(item_code__closing=Stated(1_960, "清点"))) == ["label-identity-within"]
    assert codes(content(gi_output=Stated(9_000, "复称"))) == ["grade-exceeds-output"]
    assert codes(content(area=Stated(13_000, "新垦"))) == ["area-exceeds-plots"]
    assert codes(content(area=Stated(11_000, "改种"))) == []


def test_marked_goods_may_not_exceed_output_and_purchases() -> None:
    over = content(item_code__marked=Stated(7_501))
    assert codes(over) == ["marked-exceeds-output"]
    assert codes(content(item_code__marked=Stated(7_500))) == []
    assert codes(content(item_code__marked=Stated(7_501), raw_material=Stated(1))) == []


def test_an_incomplete_label_account_is_not_judged() -> None:
    assert label_lines(content(item_code__closing=Stated(None))) == ()
    assert len(label_lines(content())) == 1


def test_a_nil_report_needs_since_when_and_why() -> None:
    assert [problem.field for problem in problems(Content(nil=True))] == ["nil_since", "nil_reason"]
    nil = Content(nil=True, nil_since="2025-01-01", nil_reason="停产改造")
    assert problems(nil) == ()
    assert warnings(nil) == ()
    assert [warned.code for warned in warnings(nil, activated_in_registry=3)] == ["nil-but-activated"]


def filed(report: Content) -> dict[str, object]:
    return filed_content(
        report,
        Declaration("示例人", 7, "2026-02-03T10:00:00+08:00"),
        identity={"authorisation": "A-1", "uscc": "91"},
        year=2025,
        window_version="2024.1",
    )


def test_filed_content_keeps_the_registry_figure_and_the_reason_beside_a_changed_one() -> None:
    figures = filed(content(gi_output=Stated(7_000, "复称")))["figures"]
    assert isinstance(figures, dict)
    assert figures["gi_output"] == {
        "value": 7_000, "public": False, "registry": 7_500, "source": {"text": "批次", "values": {}}, "reason": "复称",
    }  # fmt: skip
    assert figures["area"]["source"] == {"text": "%(count)s 个地块", "values": {"count": 2}}
    assert figures["sales"] == {"value": 150_000_000, "public": False}
    assert "complaints" not in figures


def test_the_hash_changes_with_any_figure_and_with_nothing_else() -> None:
    assert content_hash(filed(content())) == content_hash(filed(content()))
    assert content_hash(filed(content())) != content_hash(filed(content(output=Stated(8_001))))
    assert len(content_hash(filed(content()))) == 64


def test_a_nil_report_files_no_figures() -> None:
    nil = filed(Content(content().rows, nil=True, nil_since="2025-01-01", nil_reason="停产"))
    assert nil["figures"] == {}
    assert nil["nil"] == {"since": "2025-01-01", "reason": "停产"}


def test_numbers_can_be_told_apart() -> None:
    assert report_number(2025, 31, 1) == "NB2025-000031-01"
    assert receipt_number(report_number(2025, 31, 2), 1) == "NB2025-000031-02-01"
