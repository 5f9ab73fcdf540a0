"""The timetable of an installation: which service is called when. No rule stands here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from gi_registry.anomalies import service as anomalies
from gi_registry.batches import service as batches
from gi_registry.codes import service as codes
from gi_registry.config import archive_folder
from gi_registry.jobs import ledger
from gi_registry.jobs.job import Effect, Job, Occasion
from gi_registry.kernel.words import say
from gi_registry.listings import service as listings
from gi_registry.notices import service as notices
from gi_registry.origin.service import rejudging
from gi_registry.outbox import service as outbox
from gi_registry.reports.service import send_reminders
from gi_registry.scans.archive.nightly import keep_archive
from gi_registry.supervision import service as supervision
from gi_registry.workflow import Doors, Work


def _find_anomalies(work: Work, _occasion: Occasion) -> object:
    return anomalies.run(work)


def _move_cases(work: Work, _occasion: Occasion) -> object:
    return listings.daily(work)


def _send_messages(work: Work, occasion: Occasion) -> object:
    # one message in a Work: that is all that is sent again after a kill
    settings = occasion.settings
    deliver = outbox.deliver_through(settings.smtp_url, sms_url=settings.sms_url, sms_token=settings.sms_token)
    sent = outbox.send_due(work.session, now=work.now, deliver=deliver, at_once=1, limits=notices.sms_limits_of(work))
    return sent.sent + sent.failed


def _remind_of_reports(work: Work, _occasion: Occasion) -> object:
    return send_reminders(work)


def _lapse_trades(work: Work, _occasion: Occasion) -> object:
    return batches.lapse_trades(work)


def _expire_labels(work: Work, _occasion: Occasion) -> object:
    return asdict(codes.expire_unused(work))


def _judge_plots_again(work: Work, occasion: Occasion) -> object:
    # Messages wait in the same lane: what is not done within half a minute goes on with the next.
    return 0 if work.now - occasion.due_at > timedelta(seconds=30) else rejudging.step_any(work)


def _forget_contacts(work: Work, _occasion: Occasion) -> object:
    return supervision.forget_contacts(work)


def _tidy_ledger(work: Work, _occasion: Occasion) -> object:
    return ledger.tidy(work, [job.id for job in TIMETABLE if not job.daily])


def _archive_scans(doors: Doors, occasion: Occasion) -> object:
    settings = occasion.settings
    return keep_archive(doors, archive_folder(settings), engine=settings.engine).as_json()


TIMETABLE: tuple[Job, ...] = (
    Job("scans:archive", {"hour": 1, "minute": 30}, _archive_scans, say("把前一日的扫码记录归档并统计"), effect=Effect.APART),
    Job("codes:expire", {"hour": 0, "minute": 40}, _expire_labels, say("产季结束的，使未用的标签失效；将要结束的，告知用标人")),
    Job("anomalies:run", {"hour": 2, "minute": 30}, _find_anomalies, say("每夜核算各项异常疑点")),
    Job("reports:remind", {"hour": 8, "minute": 30}, _remind_of_reports, say("提醒临近截止仍未报送年报的用标人")),
    Job("cases:daily", {"hour": 3, "minute": 0}, _move_cases, say("办理到期的送达、预警和公示，撤回事由已消除的案件")),
    Job(
        "outbox:send",
        {"second": "*/20"},
        _send_messages,
        say("发送到期的邮件和短信"),
        effect=Effect.OUTSIDE,
        look_back=timedelta(hours=1),
    ),
    Job("trades:lapse", {"hour": 3, "minute": 30}, _lapse_trades, say("结束售出方逾期未确认的购销")),
    Job(
        "areas:rejudge",
        {"minute": "*"},
        _judge_plots_again,
        say("范围变更后分批重新判定所涉地块"),
        effect=Effect.OUTSIDE,
        look_back=timedelta(hours=1),
    ),
    Job("doubts:forget", {"hour": 4, "minute": 20}, _forget_contacts, say("删除到期的反映人联系方式")),
    Job("jobs:tidy", {"hour": 4, "minute": 10}, _tidy_ledger, say("清理过期的任务执行记录")),
)
