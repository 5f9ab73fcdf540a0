"""A question about a firm: what is read of it, and which reply it gets."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.identifiers import uscc_of
from gi_registry.kernel.words import say
from gi_registry.verify.rules.firm import Entry, Question, answer_question, plain_name, read_question

TODAY = date(2026, 3, 10)
USCC = uscc_of("91999999", "MA000001")


def entry(*refusals: str, **differs) -> Entry:
    values = {
        "gi": "示例蟹",
        "track_name": say("地理标志产品"),
        "protection": "公告1",
        "mark": "",
        "authorisation": "SQ-1",
        "user": "示例",
        "uscc": USCC,
        "matched": True,
        "valid_from": None,
        "valid_to": None,
        "refusals": tuple(say(reason) for reason in refusals),
    }
    return Entry(**values | differs)


def test_without_a_date_today_is_asked():
    assert read_question({"uscc": USCC.lower()}, TODAY) == Question(on=TODAY, uscc=USCC)


def test_every_field_that_cannot_be_read_is_named():
    with pytest.raises(Invalid) as wrong:
        read_question({"uscc": "123", "mark": "x", "name": "示", "on": "2026-13-01"}, TODAY)
    assert {field.field for field in wrong.value.fields} == {"uscc", "mark", "name", "on"}
    assert all(field.remedy for field in wrong.value.fields)


def test_an_empty_question_is_told_what_to_fill_in():
    with pytest.raises(Invalid):
        read_question({"uscc": " "}, TODAY)


def test_a_packing_date_in_the_future_is_refused():
    with pytest.raises(Invalid):
        read_question({"name": "示例厂", "on": "2026-03-11"}, TODAY)


def test_names_are_compared_without_blanks_and_with_one_kind_of_brackets():
    assert plain_name(" 示例 (集团)有限公司 ") == plain_name("示例（集团）有限公司")


def test_one_entry_that_permits_is_a_yes_and_stands_first():
    found = answer_question(Question(on=TODAY, uscc=USCC), [entry("已终止"), entry(gi="示例茶")])
    assert (found.reply, found.entries[0].gi) == ("yes", "示例茶")


def test_entries_that_all_refuse_are_a_no_and_none_at_all_is_not_on_file():
    question = Question(on=TODAY, uscc=USCC)
    assert answer_question(question, [entry("已终止")]).reply == "no"
    assert answer_question(question, []).reply == "not-on-file"
