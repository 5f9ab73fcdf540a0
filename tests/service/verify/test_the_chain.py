"""The page at the end of the chain: codes that the codes' own service made, and a case that the list's own procedure published."""

from __future__ import annotations

from datetime import timedelta

from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Activation, Spoil
from gi_registry.codes.service.papers import codes_of, parts_of
from gi_registry.verify.service import look_up
from tests.builders.codes import SECRET_KEY, make_allotment, make_season
from tests.builders.listings import authorisation_of, make_stage, to_listed, to_proposed
from tests.builders.scans import make_labels
from tests.conftest import NOW
from tests.service.verify.conftest import asked


def test_codes_of_the_codes_service_are_found_activated_and_voided(keeping, open_work):
    with open_work() as work:
        season = make_season(work)
        allotment = make_allotment(work, season, count=20)
        printed = [code for _number, code in codes_of(work, allotment, SECRET_KEY, part=parts_of(allotment)[0])]
    assert look_up(keeping, printed[0], asked()).verdict == "not-activated"
    with open_work() as work:
        codes.activate(work, allotment.id, Activation(batch_id=season.batch.id, first=1, last=10))
        codes.spoil(work, allotment.id, Spoil(kind="void", first=2, last=2, reason="标签破损"))
    keeping._clock = lambda: NOW
    found = look_up(keeping, printed[0], asked())
    assert (found.verdict, found.record.goods.batch) == ("first-check", season.batch.number)
    assert look_up(keeping, printed[1], asked()).verdict == "void"
    assert look_up(keeping, printed[15], asked()).verdict == "not-activated"


def test_a_listing_is_told_from_its_publication_on_and_an_open_case_never(keeping, open_work):
    with open_work() as work:
        stage = to_proposed(make_stage(work))
        labels = make_labels(work, authorisation=authorisation_of(stage))
        stage.commit()
    keeping._clock = lambda: stage.now
    found = look_up(keeping, labels.code(1), asked())
    assert (found.verdict, found.record.listing) == ("first-check", None)


def test_a_published_case_is_one_sentence_and_its_end_is_silence(keeping, open_work):
    with open_work() as work:
        stage = to_listed(make_stage(work))
        labels = make_labels(work, authorisation=authorisation_of(stage))
        stage.commit()
        case = stage.the_case
        published, until = case.published_on, case.publish_until
    assert published is not None
    keeping._clock = lambda: stage.now
    listing = look_up(keeping, labels.code(1), asked()).record.listing
    assert listing.ground == "QT-01"
    assert "专用标志使用异常名录" in str(listing.sentence)
    assert listing.number == case.decision_number
    keeping._clock = lambda: stage.now + (until - published) + timedelta(days=1)
    assert look_up(keeping, labels.code(1), asked()).record.listing is None
