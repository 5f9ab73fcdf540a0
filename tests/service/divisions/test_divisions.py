"""Places and days on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.divisions import queries, service
from gi_registry.divisions.models import CalendarYear
from gi_registry.divisions.schemas import DivisionForm
from gi_registry.kernel.errors import Invalid, NotFound
from gi_registry.workflow import Work
from tests.builders.divisions import make_division


def test_a_place_has_a_path_and_full_name(work: Work) -> None:
    make_division(work, "320583")
    assert queries.path_of(work.session, "320583") == "/32/3205/320583/"
    assert queries.full_name(work.session, "320583") == "江苏省苏州市昆山市"
    assert queries.full_names(work.session, ["320583", "32", None, "11"]) == {"320583": "江苏省苏州市昆山市", "32": "江苏省", "11": "11"}
    assert queries.path_of(work.session, "11") == ""
    with pytest.raises(NotFound):
        queries.get_division(work.session, "11")


def test_a_place_of_the_corps_has_a_parent_that_its_code_does_not_tell(work: Work) -> None:
    make_division(work, "66", name="新疆生产建设兵团")
    make_division(work, "65", name="新疆维吾尔自治区")
    service.put_division(work, DivisionForm(code="6590", name="自治区直辖县级", parent_code="65"))
    service.put_division(work, DivisionForm(code="659001", name="石河子市", parent_code="66"))
    assert queries.path_of(work.session, "659001") == "/66/659001/"
    assert [row.code for row in queries.list_divisions(work.session, under="66")] == ["66", "659001"]


def test_a_subtree_moves_with_its_root(work: Work) -> None:
    make_division(work, "320583100")
    make_division(work, "3206")
    assert service.put_division(work, DivisionForm(code="320583", name="昆山市", parent_code="3206"))
    assert queries.path_of(work.session, "320583100") == "/32/3206/320583/320583100/"


def test_a_place_that_ended_points_to_its_successor(work: Work) -> None:
    make_division(work, "330803", name="衢江区")
    fields = DivisionForm(code="330821", name="衢县", parent_code="3308", valid_to="2001-12-10", successor_code="330803")
    assert service.put_division(work, fields)
    assert not service.put_division(work, fields)
    assert queries.get_division(work.session, "330821").successor_code == "330803"
    listed = queries.list_divisions(work.session, under="3308", on=date(2026, 1, 1))
    assert [row.code for row in listed] == ["3308", "330803"]


def test_an_unknown_successor_is_refused(work: Work) -> None:
    make_division(work, "3308")
    with pytest.raises(Invalid, match="successor_code"):
        service.put_division(work, DivisionForm(code="330821", name="衢县", successor_code="330803"))


def test_names_are_looked_up_from_the_wide_to_the_narrow(work: Work) -> None:
    make_division(work, "321283", name="泰兴市")
    make_division(work, "3212", name="泰州市")
    make_division(work, "110105", name="朝阳区")
    make_division(work, "211302", name="朝阳区")
    assert queries.resolve(work.session, "江苏省/泰兴", "place") == "321283"
    with pytest.raises(Invalid, match="可能是"):
        queries.resolve(work.session, "朝阳区", "place")
    with pytest.raises(Invalid, match="没有找到"):
        queries.resolve(work.session, "江苏省/无此地", "place")


def test_the_calendar_of_the_state_council_is_loaded_once(work: Work) -> None:
    service.seed_calendar(work)
    assert service.seed_calendar(work) == 0
    calendar = service.working_days(work.session)
    assert calendar.covers(2025) and not calendar.covers(1999)
    assert not calendar.is_working(date(2025, 10, 1))
    assert calendar.is_working(date(2025, 10, 11))  # the Saturday worked for National Day
    assert work.session.get(CalendarYear, 2025) is not None


def test_a_year_that_was_announced_later_is_loaded_by_hand(work: Work) -> None:
    before = service.working_days(work.session)
    assert service.put_day(work, date(2031, 1, 1), working=False, note="元旦")
    assert not service.put_day(work, date(2031, 1, 1), working=False, note="元旦")
    after = service.working_days(work.session)
    assert not before.covers(2031) and after.covers(2031)
    assert before.add(date(2030, 12, 31), 1).provisional


def recut(work: Work) -> None:
    for code, name in (("330102", "上城区"), ("330114", "钱塘区"), ("330113", "临平区")):
        make_division(work, code, name=name)


def test_ground_that_went_to_several_places_names_them_all(work: Work) -> None:
    recut(work)
    ended = DivisionForm(code="330104", name="江干区", valid_to="2021-04-09", successor_code="330102|330114", source="通知")
    part = DivisionForm(code="330110", name="余杭区", successor_code="330110|330113", changed_on="2021-04-09", source="通知")
    for fields in (ended, part):
        assert service.put_division(work, fields)
        assert not service.put_division(work, fields)
    then, today = date(2015, 1, 1), date(2026, 3, 10)
    one, other = service.resolve(work.session, ["江干区", "余杭区"], within=["3301"], on=then, today=today)
    assert [place.name for place in one.today] == ["上城区", "钱塘区"]
    assert [place.name for place in other.today] == ["余杭区", "临平区"]
    assert queries.get_division(work.session, "330110").valid_to is None


def test_a_successor_that_was_named_by_mistake_is_taken_back(work: Work) -> None:
    recut(work)
    service.put_division(work, DivisionForm(code="330104", name="江干区", valid_to="2021-04-09", successor_code="330102|330113"))
    assert service.put_division(work, DivisionForm(code="330104", name="江干区", valid_to="2021-04-09", successor_code="330102|330114"))
    assert [row.successor_code for row in queries.successions_of(work.session, "330104")] == ["330102", "330114"]


@pytest.mark.parametrize(
    "values",
    [{"successor_code": "330102|330114"}, {"changed_on": "2021-04-09"}, {"box": "1,2,3"}, {"box": "120,31,119,32"}, {"box": "西,南,东,北"}],
)
def test_successors_without_a_day_and_boxes_that_are_none_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(Exception, match=r"changed_on|box"):
        DivisionForm(code="330104", name="江干区", **values)


def test_changes_come_back_from_a_file_unchanged(work: Work) -> None:
    from gi_registry.bulk import service as bulk
    from gi_registry.divisions.bulk import DIVISIONS

    recut(work)
    service.put_division(
        work, DivisionForm(code="330104", name="江干区", valid_to="2021-04-09", successor_code="330102|330114", source="甲")
    )
    service.put_division(
        work, DivisionForm(code="330102", name="上城区", successor_code="330102|330113", changed_on="2010-01-01", source="乙")
    )
    service.put_division(
        work, DivisionForm(code="330102", name="上城区", successor_code="330102|330114", changed_on="2021-04-09", source="丙")
    )
    service.put_division(work, DivisionForm(code="330821", name="衢县", parent_code="33", valid_to="2001-12-10", successor_code="330102"))
    work.flush()
    content = bulk.dump_file(work.session, DIVISIONS, name="divisions.csv")
    again = bulk.load_file(work, DIVISIONS, content, name="divisions.csv", options=bulk.Options())
    assert (again.stored, again.errors) == (0, ())
    assert len(queries.successions_of(work.session, "330102")) == 4
