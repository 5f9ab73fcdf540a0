"""The trace page tells the test reports of the batch: institution, number, date, result; withdrawn ones it does not."""

from __future__ import annotations

from datetime import date

from gi_registry.batches.models import Batch, TestReport
from gi_registry.batches.service.quality import withdraw_test
from gi_registry.verify.queries import codes
from gi_registry.verify.rules.machine import as_json
from gi_registry.verify.rules.page import Language, render
from gi_registry.verify.service import look_up
from tests.builders.batches import make_batch
from tests.builders.processes import do, made
from tests.builders.quality import make_test
from tests.builders.registry import make_authorisation, make_product
from tests.builders.scans import make_labels
from tests.service.verify.conftest import asked


def report_on(work, batch_id, **differs):
    return make_test(work, work.session.get(Batch, batch_id), **differs).id


def test_reports_on_the_batch_are_told_the_newest_first(desk, on_file):
    labels = on_file(make_labels)
    on_file(report_on, labels.batch_id, number="JC-1", institution_id=None, institution="示例检测中心")
    on_file(
        report_on,
        labels.batch_id,
        number="JC-2",
        institution_id=None,
        institution="示例检测中心",
        issued_on=date(2025, 10, 2),
        result="fail",
    )
    answer = look_up(desk, labels.code(0), asked())
    assert [(test.number, test.on, test.result) for test in answer.record.tests] == [
        ("JC-2", date(2025, 10, 2), "fail"),
        ("JC-1", date(2025, 9, 28), "pass"),
    ]
    told = as_json(answer, str)["tests"]
    assert told[1] == {"institution": "示例检测中心", "number": "JC-1", "on": "2025-09-28", "result": "pass"}
    html = render(answer, Language("zh-CN", str))
    assert "示例检测中心 · JC-1 · 2025" in html
    assert "不合格" in html


def test_a_withdrawn_report_is_not_told_and_a_batch_without_one_has_no_section(desk, on_file):
    labels = on_file(make_labels)
    test_id = on_file(report_on, labels.batch_id)

    def withdraw(work):
        withdraw_test(work, work.session.get(TestReport, test_id).id, why="录错批次", version=1)

    on_file(withdraw)
    answer = look_up(desk, labels.code(0), asked())
    assert answer.record.tests == ()
    assert "检测" not in render(answer, Language("zh-CN", str))


def test_a_report_on_the_harvest_is_told_of_what_was_made_of_it(desk, on_file):
    def made_of_a_tested_harvest(work):
        user = make_authorisation(work)
        product = make_product(work, user)
        harvest = make_batch(work, user, product=product, quantity="1000")
        first = made(work, do(work, "split", [(harvest, "400")], {"quantity": "300"}, {"quantity": "100"}))
        last = made(work, do(work, "split", [(first[0], "300")], {"quantity": "200"}, {"quantity": "100"}))[0]
        make_test(work, harvest, number="JC-1")
        make_test(work, first[1], number="JC-2")
        make_test(work, last, number="JC-3", issued_on=date(2025, 10, 9), sampled_on=None)
        return last.id

    batch_id = on_file(made_of_a_tested_harvest)
    told = desk.connections.read(lambda reader: codes.tests_of(reader, batch_id))
    assert [(test.number, test.of_source) for test in told] == [("JC-3", False), ("JC-1", True)], "its sister's report says nothing of it"
