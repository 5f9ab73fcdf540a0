"""A code is looked up: what is on file is told, the look-up counts once, and nothing is told of a code that is not ours."""

from __future__ import annotations

from datetime import date, timedelta

from shapely.geometry import MultiPolygon, Point

from gi_registry.verify.rules.record import Counting
from gi_registry.verify.rules.sentences import lead
from gi_registry.verify.service import look_up
from tests.builders.registry import make_authorisation, make_organisation
from tests.builders.scans import make_area, make_labels, say_of
from tests.conftest import NOW
from tests.service.verify.conftest import asked


def test_the_first_look_up_is_the_first_check_and_the_second_is_not(desk, on_file):
    labels = on_file(make_labels)
    first = look_up(desk, labels.code(3), asked(1))
    again = look_up(desk, labels.code(3), asked(2))
    assert (first.verdict, first.record.checks.count) == ("first-check", 1)
    assert (again.verdict, again.record.checks.count) == ("repeat", 2)
    assert again.record.checks.first_at == NOW


def test_what_is_on_file_is_told(desk, on_file):
    labels = on_file(make_labels)
    on_file(make_area, labels.gi_id)
    record = look_up(desk, labels.code(0), asked()).record
    assert record.gi.track == "A"
    assert record.user.authorised_when_packed is True
    assert record.goods.packed_on == date(2025, 9, 28)
    assert record.origin.places == ("示例镇", "湖滨街道", "东湖村")
    assert [str(step.name) for step in record.steps] == ["采收", "包装", "标签激活"]
    assert record.issued_by.key_id == 0


def test_the_area_in_force_at_harvest_is_told_not_the_one_of_today(desk, on_file):
    labels = on_file(make_labels)
    on_file(make_area, labels.gi_id, places=["旧范围"], valid_to=date(2026, 1, 1))
    on_file(make_area, labels.gi_id, places=["新范围"], valid_from=date(2026, 1, 1))
    assert look_up(desk, labels.code(0), asked()).record.origin.places == ("旧范围",)


def test_the_same_client_within_ten_minutes_counts_once(desk, on_file):
    labels = on_file(make_labels)
    look_up(desk, labels.code(3), asked())
    soon = look_up(desk, labels.code(3), asked())
    desk._clock = lambda: NOW + timedelta(minutes=11)
    later = look_up(desk, labels.code(3), asked())
    assert (soon.verdict, soon.record.checks.counting, soon.record.checks.count) == ("repeat", Counting.MERGED, 1)
    assert (later.verdict, later.record.checks.count) == ("repeat", 2)


def test_a_look_up_that_may_not_count_leaves_the_first_check_to_the_buyer(desk, on_file):
    labels = on_file(make_labels)
    preview = look_up(desk, labels.code(3), asked(counts=False))
    assert preview.verdict == "repeat"
    assert preview.record.checks.count is None
    assert look_up(desk, labels.code(3), asked()).verdict == "first-check"


def test_codes_that_are_not_live_tell_why_and_do_not_use_up_the_first_check(desk, on_file, open_work):
    labels = on_file(make_labels, size=100, activated=50)
    for status, low in (("void", 1), ("damaged", 2), ("returned", 3), ("recalled", 4), ("frozen", 5)):
        on_file(say_of, labels, status, low, low + 1)
    verdicts = [look_up(desk, labels.code(serial), asked()).verdict for serial in (1, 2, 3, 4, 5, 60)]
    assert verdicts == ["void", "void", "void", "recalled", "frozen", "not-activated"]
    with open_work() as work:
        rows = work.session.connection().exec_driver_sql("SELECT verdict, counted FROM scan ORDER BY id").all()
        checks = work.session.connection().exec_driver_sql("SELECT COUNT(*) FROM first_check").scalar_one()
    assert [(row[0], bool(row[1])) for row in rows] == [(verdict, False) for verdict in verdicts]
    assert checks == 0


def test_a_freeze_that_was_lifted_lets_the_code_live_again(desk, on_file):
    labels = on_file(make_labels)
    on_file(say_of, labels, "frozen", 1, 2, lifted_at=NOW - timedelta(days=1))
    assert look_up(desk, labels.code(1), asked()).verdict == "first-check"


def test_forged_truncated_in_size_and_foreign_codes_are_unknown_and_show_nobody(desk, on_file):
    labels = on_file(make_labels, size=100, activated=50)
    beyond = labels.code(100)
    forged = type(labels)(**{**vars(labels), "secret": b"f" * 32}).code(1)
    stranger = type(labels)(**{**vars(labels), "label": "ZZZZZ"}).code(1)
    for text in (beyond, forged, stranger):
        found = look_up(desk, text, asked())
        assert found.verdict == "unknown"
        assert (found.record.gi, found.record.user, found.record.goods, found.record.issued_by) == (None, None, None, None)


def test_a_key_revoked_before_activation_makes_the_code_void_and_one_revoked_after_does_not(desk, on_file, open_work):
    labels = on_file(make_labels, size=100, activated=50)
    for moved, verdict in ((timedelta(days=-170), "void"), (timedelta(days=-10), "first-check")):
        with open_work() as work:
            from gi_registry.codes.models import SigningKey

            work.session.get(SigningKey, 0).revoked_from = NOW + moved
        assert look_up(desk, labels.code(1), asked()).verdict == verdict
    assert look_up(desk, labels.code(70), asked()).verdict == "void"


def test_codes_that_were_never_used_end_with_the_authorisation(desk, open_work):
    with open_work() as work:
        ended = make_authorisation(work, valid_to=date(2026, 1, 1))
        labels = make_labels(work, authorisation=ended, activated=50)
    assert look_up(desk, labels.code(60), asked()).verdict == "void"
    used = look_up(desk, labels.code(1), asked())
    assert used.verdict == "first-check"
    assert used.record.user.authorised_when_packed is True
    assert used.record.user.active is False


def test_packed_outside_the_authorisation_is_said_and_takes_the_mark_away(desk, open_work):
    with open_work() as work:
        late = make_authorisation(work, valid_from=date(2025, 12, 1))
        labels = make_labels(work, authorisation=late)
    found = look_up(desk, labels.code(1), asked())
    assert found.record.user.authorised_when_packed is False
    assert not found.shows_mark


def test_the_name_of_a_natural_person_is_masked(desk, open_work):
    with open_work() as work:
        farmer = make_organisation(work, name="张三丰", natural_person=True)
        labels = make_labels(work, authorisation=make_authorisation(work, organisation=farmer))
    assert look_up(desk, labels.code(1), asked()).record.user.name == "张**"


def test_an_outline_only_where_a_map_review_number_is_stored(desk, on_file):
    lake = MultiPolygon([Point(118.5, 33.9).buffer(0.05)])
    with_number, without = on_file(make_labels), on_file(make_labels)
    on_file(make_area, with_number.gi_id, geometry=lake, map_review_no="GS（2026）0000 号")
    on_file(make_area, without.gi_id, geometry=lake)
    drawn = look_up(desk, with_number.code(1), asked()).record.origin
    assert drawn.outline.path.startswith("M")
    assert drawn.map_review_no == "GS（2026）0000 号"
    assert look_up(desk, without.code(1), asked()).record.origin.outline is None


def test_a_freeze_that_its_user_stated_is_told_from_one_that_an_office_decided(desk, on_file):
    labels = on_file(make_labels)
    on_file(say_of, labels, "frozen", 3, 4, origin="statement")
    on_file(say_of, labels, "frozen", 4, 5)
    stated, decided = (look_up(desk, labels.code(serial), asked()) for serial in (3, 4))
    assert "声明" in str(lead(stated))
    assert "经决定" in str(lead(decided))
