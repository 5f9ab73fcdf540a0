"""Print jobs: a user asks a registered print house, the house takes the files once, gives a receipt, prints and ships.

Locks are taken as everywhere in codes: the allotment's row first, then the job's.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from gi_registry.accounts import queries as accounts
from gi_registry.accounts.models import Organisation
from gi_registry.codes import queries
from gi_registry.codes.models import Allotment, PrintJob
from gi_registry.codes.rules.life import ALLOTMENT_LIFE, Action, State
from gi_registry.codes.rules.printing import PRINT_LIFE, Doing, Stage, may_take_again, new_receipt, same_receipt
from gi_registry.codes.schemas import Commission, PrintedCount, Reason, Receipt, Shipped, Take
from gi_registry.codes.service.packets import packet_of
from gi_registry.codes.service.papers import Paper, printable_of
from gi_registry.config import Settings
from gi_registry.kernel.errors import Conflict, Duplicate, invalid
from gi_registry.kernel.quantities import grouped
from gi_registry.kernel.words import Words, say
from gi_registry.notices import service as notices
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, advance, begin, check_version

PRINTER = "printer"
TONES = {
    Stage.COMMISSIONED: "waiting",
    Stage.HANDED_OVER: "waiting",
    Stage.ACKNOWLEDGED: "info",
    Stage.PRINTED: "info",
    Stage.SHIPPED: "waiting",
    Stage.RECEIVED: "settled",
    Stage.ENDED: "ended",
}
_CANCELLED = say("委托已撤回，已取得的文件请删除")


@dataclass(frozen=True)
class JobRow:
    """A print job as both sides read it."""

    job: PrintJob
    allotment: Allotment
    printer: str
    user: str
    product: str
    state: Words
    tone: str

    def can(self, doing: str) -> bool:
        """Say whether a step is open now."""
        return PRINT_LIFE.allows(self.job.state, doing)

    @property
    def short(self) -> int:
        """How many labels fewer than the codes handed over were counted: at the user once received, at the print house before."""
        if self.job.received_at is not None:
            return self.allotment.count - self.job.received
        return self.allotment.count - self.job.printed if self.job.printed_at is not None else 0


# ---- the user ----


def commission(work: Work, allotment_id: int, fields: Commission, settings: Settings) -> PrintJob:
    """Ask a registered print house to print an allotment; it is told.

    Raises NotFound (not yours), Invalid (no such print house; what a label lacks), Conflict (printed already, commissioned already).
    """
    work.require("print:commission", queries.get_allotment(work.session, allotment_id))
    allotment = queries.locked_allotment(work.session, allotment_id)
    check_version(allotment, fields.version)
    if allotment.state != State.ALLOTTED:
        state = ALLOTMENT_LIFE.label(allotment.state)
        raise Conflict(say("这批标签的状态是“%(state)s”，不能再委托印制。", state=state), remedy=say("需要标签的，请另行申领。"))
    printer = _printer(work, fields.printer_id)
    printable_of(work, allotment, settings, part=None)
    job: PrintJob = begin(_row(work, allotment, printer, wishes=fields.wishes), PRINT_LIFE)
    try:
        with work.savepoint():
            work.record(job, "print_job:commission")
            work.flush()
    except Duplicate:
        raise Conflict(say("这批标签已经委托印制。"), remedy=say("要换印制单位的，请先撤回委托。")) from None
    words = say("%(user)s委托印制 %(n)s 枚标签", user=_user(work, allotment), n=grouped(allotment.count))
    _tell(work, printer.id or 0, words, allotment, link=f"/printing/{job.id}")
    return job


def _printer(work: Work, organisation_id: int) -> Organisation:
    found = work.session.get(Organisation, organisation_id)
    if found is None or found.kind != PRINTER:
        raise invalid(
            "printer_id", say("没有登记这家印制单位。"), say("请从列表中选择；没有的，请县级主管部门登记。"), value=organisation_id
        )
    return found


def _row(work: Work, allotment: Allotment, printer: Organisation, *, wishes: str) -> PrintJob:
    return PrintJob(
        allotment_id=allotment.id or 0,
        state="",
        wishes=wishes,
        commissioned_at=work.now,
        owner_org_id=printer.id,
        authority_division=allotment.authority_division,
    )


def cancel(work: Work, allotment_id: int, fields: Reason) -> PrintJob:
    """Take a commission back before the labels are printed; the print house is told. Raises NotFound, Conflict."""
    return _step_back(work, allotment_id, fields, Doing.CANCEL, _CANCELLED)


def allow_again(work: Work, allotment_id: int, fields: Reason) -> PrintJob:
    """Let the print house take the files once more; the print house is told. Raises NotFound, Conflict."""
    return _step_back(work, allotment_id, fields, Doing.ALLOW, say("可以重新下载印制文件"))


def end_job(work: Work, allotment: Allotment, *, reason: str) -> None:
    """Take the commission of a locked allotment back, where there is one that may be; the print house is told."""
    job = queries.open_print_job(work.session, allotment.id or 0)
    if job is not None and PRINT_LIFE.allows(job.state, Doing.CANCEL):
        _turn_back(work, allotment, job, Reason(reason=reason), Doing.CANCEL, _CANCELLED)


def _step_back(work: Work, allotment_id: int, fields: Reason, doing: Doing, words: Words) -> PrintJob:
    work.require("print:commission", queries.get_allotment(work.session, allotment_id))
    allotment = queries.locked_allotment(work.session, allotment_id)
    job = queries.open_print_job(work.session, allotment_id)
    if job is None:
        raise Conflict(say("这批标签没有进行中的印制委托。"), remedy=say("请刷新页面。"))
    return _turn_back(work, allotment, job, fields, doing, words)


def _turn_back(work: Work, allotment: Allotment, job: PrintJob, fields: Reason, doing: Doing, words: Words) -> PrintJob:
    job = queries.locked_print_job(work.session, job.id or 0)
    job.reason = fields.reason
    if doing == Doing.CANCEL:
        job.ended_at = work.now
    _advanced(work, job, doing, version=fields.version)
    _tell(work, job.owner_org_id or 0, words, allotment, link=f"/printing/{job.id}")
    return job


def receive_from_printer(work: Work, allotment: Allotment, count: int | None) -> None:
    """Note what a user counted of an allotment that a print house shipped; nothing where none was asked. Raises Conflict, Invalid."""
    job = queries.open_print_job(work.session, allotment.id or 0)
    if job is None:
        return
    if job.state != Stage.SHIPPED:
        raise Conflict(say("印制单位还没有登记发货。"), remedy=say("请印制单位登记发货后再收货。"))
    if count is None or count > allotment.count:
        raise invalid("count", say("请填写点收的枚数，最多 %(n)s。", n=allotment.count), say("点收少于应有数量的，照实填写。"), value=count)
    job = queries.locked_print_job(work.session, job.id or 0)
    job.received_at, job.received = work.now, count
    _advanced(work, job, Doing.RECEIVE)


# ---- the print house ----


def take(work: Work, job_id: int, fields: Take, settings: Settings) -> Paper:
    """Hand the files to the print house, once; what broke off is handed out again for half an hour.

    Raises NotFound, Conflict (taken, or the allotment is void).
    """
    allotment, job = _mine(work, job_id)
    PRINT_LIFE.after(job.state, Doing.TAKE)  # before anything is counted
    if job.state == Stage.HANDED_OVER and not may_take_again(job.taken_at, work.now):
        raise Conflict(say("印制文件已经下载过。"), remedy=say("文件没有收全的，请委托方准许重新下载。"))
    paper_of_job = printable_of(work, allotment, settings, part=None)
    if job.state != Stage.HANDED_OVER:
        job.receipt, job.taken_at = new_receipt(), work.now
    job.kind, job.takes, job.taken_by = fields.kind, job.takes + 1, work.actor.pseudonym
    _advanced(work, job, Doing.TAKE)
    return packet_of(work, paper_of_job, settings, kind=fields.kind, level=fields.level, receipt=job.receipt)


def acknowledge(work: Work, job_id: int, fields: Receipt) -> PrintJob:
    """Give the delivery receipt: the code that stands in the file; the user is told. Raises NotFound, Invalid (another code), Conflict."""
    allotment, job = _mine(work, job_id)
    check_version(job, fields.version)
    if PRINT_LIFE.allows(job.state, Doing.ACKNOWLEDGE) and not same_receipt(fields.receipt, job.receipt):
        raise invalid("receipt", say("回执码不对。"), say("回执码在文件包的 RECEIPT.txt 里，以最近一次下载的为准。"), value=fields.receipt)
    job.acknowledged_at = work.now
    _advanced(work, job, Doing.ACKNOWLEDGE)
    _tell_user(work, allotment, say("印制单位已收到印制文件"))
    return job


def decline(work: Work, job_id: int, fields: Reason) -> PrintJob:
    """Decline a commission; the user is told. Raises NotFound, Conflict."""
    allotment, job = _mine(work, job_id)
    job.reason, job.ended_at = fields.reason, work.now
    _advanced(work, job, Doing.DECLINE, version=fields.version)
    _tell_user(work, allotment, say("印制单位谢绝了印制委托"))
    return job


def finish_printing(work: Work, job_id: int, fields: PrintedCount) -> PrintJob:
    """Say that the labels are printed, and how many good ones; the allotment is printed with it. Raises NotFound, Invalid, Conflict."""
    allotment, job = _mine(work, job_id)
    check_version(job, fields.version)
    if fields.count > allotment.count:
        raise invalid(
            "count", say("交付的标识码只有 %(n)s 枚。", n=allotment.count), say("每枚标识码只能印一次，请核对数量。"), value=fields.count
        )
    job.printed_at, job.printed = work.now, fields.count
    _advanced(work, job, Doing.PRINT)
    allotment.printed_at, allotment.printer = work.now, accounts.get_organisation(work.session, job.owner_org_id or 0).name
    advance(work, allotment, ALLOTMENT_LIFE, Action.PRINT)
    return job


def ship(work: Work, job_id: int, fields: Shipped) -> PrintJob:
    """Say that the labels left the print house; the user is told. Raises NotFound, Conflict."""
    allotment, job = _mine(work, job_id)
    job.shipped_at, job.shipping = work.now, fields.shipping
    _advanced(work, job, Doing.SHIP, version=fields.version)
    _tell_user(work, allotment, say("印制单位已发货 %(n)s 枚标签", n=grouped(job.printed)))
    return job


def _mine(work: Work, job_id: int) -> tuple[Allotment, PrintJob]:
    job = queries.get_print_job(work.session, job_id)
    work.require("print:work", job)
    allotment = queries.locked_allotment(work.session, job.allotment_id)
    return allotment, queries.locked_print_job(work.session, job_id)


def _advanced(work: Work, job: PrintJob, doing: Doing, *, version: int | None = None) -> None:
    advance(work, job, PRINT_LIFE, doing, expected_version=version)


# ---- what both sides read ----


def view_jobs(work: Work) -> list[JobRow]:
    """Return the jobs of the actor's print house, the newest first."""
    work.require("print:work")
    return [_shown(found) for found in queries.print_jobs(work.session, work.visible(PrintJob, "print:work"))]


def view_job(work: Work, job_id: int) -> JobRow:
    """Return one job of the actor's print house. Raises NotFound."""
    work.require("print:work", queries.get_print_job(work.session, job_id))
    return _shown(queries.print_jobs(work.session, col(PrintJob.id) == job_id)[0])


def jobs_of(work: Work, allotment_id: int) -> list[JobRow]:
    """Return the print jobs of an allotment that the caller may see, the newest first."""
    return [_shown(found) for found in queries.print_jobs(work.session, col(PrintJob.allotment_id) == allotment_id)]


def _shown(found: queries.JobFound) -> JobRow:
    return JobRow(
        job=found.job,
        allotment=found.allotment,
        printer=found.printer,
        user=found.user,
        product=f"{found.product.name} {found.product.grade}".strip(),
        state=PRINT_LIFE.label(found.job.state),
        tone=TONES[Stage(found.job.state)],
    )


def printers(work: Work) -> list[Organisation]:
    """Return the registered print houses by name."""
    return list(work.session.exec(select(Organisation).where(Organisation.kind == PRINTER).order_by(col(Organisation.name)).limit(500)))


def _user(work: Work, allotment: Allotment) -> str:
    return registry.get_authorisation(work.session, allotment.authorisation_id).raw_name


def _tell_user(work: Work, allotment: Allotment, what: Words) -> None:
    if allotment.owner_org_id is not None:
        _tell(work, allotment.owner_org_id, what, allotment, link=f"/allotments/{allotment.id}")


def _tell(work: Work, organisation_id: int, what: Words, allotment: Allotment, *, link: str) -> None:
    body = say("%(what)s。申领编号 %(number)s，共 %(n)s 枚。", what=what, number=allotment.number, n=grouped(allotment.count))
    notices.notify(work, organisation_id=organisation_id, title=what, body=body, link=link)
