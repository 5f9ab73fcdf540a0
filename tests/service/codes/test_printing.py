"""A print house is asked, takes the files once, gives its receipt, prints and ships; the user counts what came."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.codes import queries, service
from gi_registry.codes.models import Allotment, PrintJob
from gi_registry.codes.rules.printing import PRINT_LIFE, Stage, new_receipt, same_receipt
from gi_registry.codes.schemas import (
    Commission,
    Printed,
    PrintedCount,
    Reason,
    Receipt,
    Received,
    Shipped,
    Spoil,
    SpoilKind,
    Step,
    Take,
)
from gi_registry.codes.service.packets import MANIFEST, RECEIPT
from gi_registry.config import read_settings
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, NotFound, StaleVersion
from gi_registry.log.keys import ensure_key
from gi_registry.notices.models import Notice
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.codes import SECRET_KEY, make_allotment, make_season
from tests.builders.registry import make_organisation

SETTINGS = read_settings({}, secret_key=SECRET_KEY, public_url="https://gi.example.cn")
COUNT = 300


@dataclass
class Press:
    """A print house, its work, the user's work, and an allotment of the user."""

    house: Organisation
    work: Work
    user: Work
    allotment: Allotment

    @property
    def id(self) -> int:
        return self.allotment.id or 0

    def commission(self) -> PrintJob:
        return service.commission(self.user, self.id, Commission(printer_id=self.house.id or 0, wishes="不干胶"), SETTINGS)

    def take(self, job: PrintJob, **fields: Any) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(service.take(self.work, job.id or 0, Take(**fields), SETTINGS).content))

    def shipped(self, printed: int = COUNT) -> PrintJob:
        job = self.commission()
        receipt = self.take(job).read(RECEIPT).decode()
        service.acknowledge(self.work, job.id or 0, Receipt(receipt=receipt))
        service.finish_printing(self.work, job.id or 0, PrintedCount(count=printed))
        return service.ship(self.work, job.id or 0, Shipped(shipping="自提"))


def at(work: Work, actor: Any, minutes: int = 0) -> Work:
    return Work(work.session, actor, work.now + timedelta(minutes=minutes))


@pytest.fixture
def press(work: Work) -> Press:
    ensure_key(work.session, SETTINGS, at=work.now)
    season = make_season(work)
    allotment = make_allotment(work, season, count=COUNT, received=False)
    house = make_organisation(work, kind="printer", name="示例印务")
    owner = work.session.get(Organisation, season.organisation_id)
    producer = make_actor(work, "producer_operator", organisation=owner)
    return Press(house, at(work, make_actor(work, "printer", organisation=house)), at(work, producer), allotment)


def test_from_the_commission_to_the_shelf(work: Work, press: Press) -> None:
    job = press.commission()
    packet = press.take(job)
    assert packet.namelist() == [f"{press.allotment.number}.csv", RECEIPT, MANIFEST, "SHA256SUMS", "SHA256SUMS.sig"]
    assert (job.state, job.takes, job.kind, job.taken_by) == (Stage.HANDED_OVER, 1, "csv", press.work.actor.pseudonym)
    typed = packet.read(RECEIPT).decode().strip().lower()
    service.acknowledge(press.work, job.id or 0, Receipt(receipt=f" {typed[:4]}-{typed[4:]} "))
    service.finish_printing(press.work, job.id or 0, PrintedCount(count=298))
    assert (press.allotment.state, press.allotment.printer, press.allotment.printed_at) == ("printed", "示例印务", work.now)
    service.ship(press.work, job.id or 0, Shipped(shipping="示例快递 1"))
    with pytest.raises(Invalid):
        service.mark_received(press.user, press.id, Received())
    with pytest.raises(Invalid):
        service.mark_received(press.user, press.id, Received(count=COUNT + 1))
    service.mark_received(press.user, press.id, Received(count=297))
    assert (job.state, job.received, press.allotment.state) == (Stage.RECEIVED, 297, "received")
    work.commit()


def test_what_was_counted_short_is_shown_until_it_is_spoken_for(work: Work, press: Press) -> None:
    press.shipped(printed=298)
    service.mark_received(press.user, press.id, Received(count=297))
    assert service.view_allotment(press.user, press.id).short == 3
    assert not service.view_allotment(press.user, press.id).printable
    with pytest.raises(Conflict, match="由印制单位印制"):  # a code is printed once: what is missing is ordered anew
        service.labels_pdf(press.user, press.id, SETTINGS)
    service.spoil(press.user, press.id, Spoil(kind=SpoilKind.DAMAGED, reason="印坏", first=1, last=2))
    shown = service.view_allotment(press.user, press.id)
    assert (shown.short, [row.short for row in shown.jobs]) == (1, [3])
    service.spoil(press.user, press.id, Spoil(kind=SpoilKind.VOID, reason="缺", first=300, last=300))
    assert service.view_allotment(press.user, press.id).short == 0


def test_the_files_are_taken_once(work: Work, press: Press) -> None:
    job = press.commission()
    first = press.take(job).read(RECEIPT)
    assert press.take(job, kind="svg").read(RECEIPT) == first  # a second click, a line that broke off
    assert job.takes == 2
    press.work = at(press.work, press.work.actor, minutes=31)
    with pytest.raises(Conflict, match="已经下载过"):
        press.take(job)
    service.allow_again(press.user, press.id, Reason(reason="文件没有收全"))
    second = press.take(job).read(RECEIPT)
    assert second != first
    with pytest.raises(Invalid):
        service.acknowledge(press.work, job.id or 0, Receipt(receipt=first.decode()))
    service.acknowledge(press.work, job.id or 0, Receipt(receipt=second.decode()))
    with pytest.raises(IllegalTransition):
        press.take(job)
    assert job.takes == 3


def test_while_a_house_has_the_job_nobody_else_prints(work: Work, press: Press) -> None:
    job = press.commission()
    for attempt in (
        lambda: service.labels_pdf(press.user, press.id, SETTINGS),
        lambda: service.codes_csv(press.user, press.id, SETTINGS),
        lambda: service.codes_zip(press.user, press.id, SETTINGS),
        lambda: service.symbols_zip(press.user, press.id, SETTINGS, kind="svg"),
        lambda: service.mark_printed(press.user, press.id, Printed(printer="别家")),
        lambda: service.mark_received(press.user, press.id, Received(count=1)),
        lambda: service.withdraw(press.user, press.id, Step()),
        press.commission,
    ):
        with pytest.raises(Conflict):
            attempt()
    assert not service.view_allotment(press.user, press.id).printable
    service.cancel(press.user, press.id, Reason(reason="改为自己打印"))
    assert (job.state, job.reason) == (Stage.ENDED, "改为自己打印")
    with pytest.raises(IllegalTransition):
        press.take(job)
    assert service.labels_pdf(press.user, press.id, SETTINGS).content.startswith(b"%PDF")
    press.commission()
    work.commit()


def test_a_house_may_decline_and_another_be_asked(work: Work, press: Press) -> None:
    job = press.commission()
    service.decline(press.work, job.id or 0, Reason(reason="产能不足"))
    assert press.commission().id != job.id
    told = [notice.title for notice in work.session.exec(select(Notice).order_by(Notice.id))]  # type: ignore[arg-type]
    assert [title[-3:] for title in told[-3:]] == ["枚标签", "制委托", "枚标签"]


def test_what_is_printed_cannot_be_taken_back(work: Work, press: Press) -> None:
    press.shipped()
    with pytest.raises(IllegalTransition):
        service.cancel(press.user, press.id, Reason(reason="不要了"))
    with pytest.raises(IllegalTransition):
        service.allow_again(press.user, press.id, Reason(reason="再来"))


def test_more_than_the_codes_cannot_be_printed(work: Work, press: Press) -> None:
    job = press.commission()
    service.acknowledge(press.work, job.id or 0, Receipt(receipt=press.take(job).read(RECEIPT).decode()))
    with pytest.raises(Invalid, match="只有 300 枚"):
        service.finish_printing(press.work, job.id or 0, PrintedCount(count=COUNT + 1))
    with pytest.raises(StaleVersion):
        service.finish_printing(press.work, job.id or 0, PrintedCount(count=1, version=1))


def test_others_see_nothing_of_it(work: Work, press: Press) -> None:
    job = press.commission()
    stranger = at(work, make_actor(work, "printer", organisation=make_organisation(work, kind="printer", name="别家印务")))
    neighbour = at(work, make_actor(work, "producer_operator", organisation=make_organisation(work)))
    for attempt in (
        lambda: service.view_job(stranger, job.id or 0),
        lambda: service.take(stranger, job.id or 0, Take(), SETTINGS),
        lambda: service.decline(stranger, job.id or 0, Reason(reason="不做")),
        lambda: service.cancel(neighbour, press.id, Reason(reason="不做")),
        lambda: service.commission(neighbour, press.id, Commission(printer_id=press.house.id or 0), SETTINGS),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert service.view_jobs(stranger) == []
    assert [row.job.id for row in service.view_jobs(press.work)] == [job.id]
    firm = make_organisation(work)
    with pytest.raises(Invalid, match="没有登记这家印制单位"):
        service.commission(press.user, press.id, Commission(printer_id=firm.id or 0), SETTINGS)


@pytest.mark.slow
def test_twenty_commissions_at_once_are_one(open_work: Any) -> None:
    with open_work() as work:
        season = make_season(work)
        allotment = make_allotment(work, season, count=10, received=False)
        house = make_organisation(work, kind="printer", name="示例印务")
        allotment_id, printer_id = allotment.id or 0, house.id or 0

    def ask(_number: int) -> bool:
        try:
            with open_work() as work:
                service.commission(work, allotment_id, Commission(printer_id=printer_id), SETTINGS)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(max_workers=20) as pool:
        assert sum(pool.map(ask, range(20))) == 1
    with open_work(writable=False) as work:
        assert len(queries.print_jobs(work.session, PrintJob.allotment_id == allotment_id)) == 1


def test_receipts_are_typed_as_people_type() -> None:
    receipt = new_receipt()
    assert same_receipt(f"{receipt[:4].lower()} {receipt[4:]}", receipt)
    assert not same_receipt("", "")
    assert not same_receipt(receipt[:-1], receipt)
    assert not set(receipt) & set("0O1IL")


def test_every_state_of_a_job_has_words() -> None:
    assert {*PRINT_LIFE.states, *PRINT_LIFE.actions} <= set(PRINT_LIFE.labels)
