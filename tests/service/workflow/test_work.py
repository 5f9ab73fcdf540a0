"""The door: scope, versions, savepoints and leaves."""

from __future__ import annotations

from typing import Any

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.kernel.actor import ANONYMOUS, Actor
from gi_registry.kernel.errors import Duplicate, NotAllowed, NotFound, NotSignedIn, StaleVersion
from gi_registry.log import queries as log
from gi_registry.log.verification import verify
from gi_registry.workflow import check_version
from tests.builders.divisions import make_division
from tests.builders.registry import make_authorisation, make_organisation


def officer(*paths: str) -> Actor:
    return Actor(person_id=1, pseudonym="p-1", roles=frozenset({"county_handler"}), division_paths=paths)


def producer(organisation: Organisation) -> Actor:
    return Actor(person_id=2, pseudonym="p-2", roles=frozenset({"producer_operator"}), organisation_id=organisation.id)


def test_what_is_mine_is_reached_and_what_is_not_mine_is_not_there(work: Any) -> None:
    mine, theirs = make_organisation(work), make_organisation(work)
    authorisation = make_authorisation(work, organisation=mine)
    work.actor = producer(mine)
    work.require("plot:edit", authorisation)
    work.actor = producer(theirs)
    with pytest.raises(NotFound):
        work.require("plot:edit", authorisation)
    with pytest.raises(NotAllowed):
        work.require("report:accept", authorisation)
    work.actor = ANONYMOUS
    with pytest.raises(NotSignedIn):
        work.require("plot:edit", authorisation)


def test_an_office_reaches_its_subtree_by_path_not_by_code(work: Any) -> None:
    county = make_division(work, "999999")
    authorisation = make_authorisation(work)
    work.actor = officer(county.path)
    work.require("report:check", authorisation)
    work.actor = officer("/99/9998/")
    with pytest.raises(NotFound):
        work.require("report:check", authorisation)


def test_lists_show_what_the_scope_reaches(work: Any) -> None:
    from sqlmodel import select

    from gi_registry.registry.models import Authorisation

    mine = make_organisation(work)
    own = make_authorisation(work, organisation=mine)
    make_authorisation(work)
    work.actor = producer(mine)
    assert [row.id for row in work.session.exec(select(Authorisation).where(work.visible(Authorisation, "authorisation:view")))] == [own.id]
    work.actor = ANONYMOUS
    assert not list(work.session.exec(select(Authorisation).where(work.visible(Authorisation, "authorisation:view"))))


def test_a_commit_writes_a_leaf_for_each_record_and_a_rollback_none(open_work: Any) -> None:
    with open_work() as work:
        before = log.head(work.session).size
        make_organisation(work)
    with open_work() as work:
        after = log.head(work.session).size
        assert after > before
    with pytest.raises(RuntimeError), open_work() as work:
        make_organisation(work)
        raise RuntimeError
    with open_work() as work:
        assert log.head(work.session).size == after


def test_a_savepoint_undoes_rows_and_leaves_together(open_work: Any) -> None:
    with open_work() as work:
        kept = make_organisation(work)
        size = len(work._pending)
        with pytest.raises(Duplicate), work.savepoint():
            work.record(Organisation(uscc=kept.uscc, name="重复"), "organisation:add")
        assert len(work._pending) == size
    with open_work() as work:
        assert verify(work.session).problems == ()


def test_a_stale_form_is_refused(work: Any) -> None:
    organisation = make_organisation(work)
    check_version(organisation, 1)
    organisation.version += 1
    with pytest.raises(StaleVersion) as refused:
        check_version(organisation, 1)
    assert refused.value.theirs["version"] == 2


def test_of_two_who_read_the_same_version_the_second_is_told(database: Any, open_work: Any) -> None:
    from sqlmodel import Session

    with open_work() as work:
        organisation_id = make_organisation(work).id
    with Session(database.engine) as early:
        seen = early.get(Organisation, organisation_id)
        assert seen is not None
        early.expunge(seen)
    with open_work() as first:
        row = first.session.get(Organisation, organisation_id)
        row.name, row.version = "先改的", row.version + 1
        first.record(row, "organisation:change")
    with pytest.raises(StaleVersion), open_work() as second:
        second.session.add(seen)
        seen.name, seen.version = "后改的", seen.version + 1
        second.record(seen, "organisation:change")
