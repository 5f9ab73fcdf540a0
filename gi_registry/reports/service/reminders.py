"""Reminders before the due date, each once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import select

from gi_registry.kernel.words import say
from gi_registry.notices.service import notify
from gi_registry.policy.service import at
from gi_registry.reports import queries
from gi_registry.reports.models import ReportReminder
from gi_registry.reports.queries import Obligation
from gi_registry.reports.rules.obligation import Status
from gi_registry.reports.rules.window import due_step
from gi_registry.workflow import Work

KEY = "report.reminders"


def send_reminders(work: Work) -> int:
    """Remind every user who has not filed the year before this one, at the days before the due date that policy names.

    A day on which the job did not run is made up for by the next run: the nearest step that has come is sent once. Returns how many
    went out.
    """
    year = work.today.year - 1
    steps: dict[str, Sequence[int]] = {}
    sent = 0
    for owed in queries.obligations(work.session, year, today=work.today):
        division = owed.authorisation.authority_division
        if owed.status is not Status.OPEN or owed.authorisation.organisation_id is None:
            continue
        if division not in steps:
            steps[division] = at(work.session, KEY, division, owed.window.opens_on).value
        step = due_step(owed.window.days_left(work.today), steps[division])
        if step is not None and not _was_sent(work, owed, step):
            _send(work, owed, step)
            sent += 1
    return sent


def _was_sent(work: Work, owed: Obligation, step: int) -> bool:
    query = select(ReportReminder.id).where(
        ReportReminder.authorisation_id == owed.authorisation.id, ReportReminder.year == owed.year, ReportReminder.days_before == step
    )
    return work.session.exec(query).first() is not None


def _send(work: Work, owed: Obligation, step: int) -> None:
    authorisation = owed.authorisation
    work.session.add(ReportReminder(authorisation_id=authorisation.id or 0, year=owed.year, days_before=step, sent_at=work.now))
    left = owed.window.days_left(work.today)
    notify(
        work,
        organisation_id=authorisation.organisation_id or 0,
        title=say("%(gi)s %(year)s 年度年报还有 %(days)s 天截止", gi=owed.gi_name, year=owed.year, days=left),
        body=say(
            "用标登记 %(number)s 的 %(year)s 年度年报须在 %(due)s 前报送。本年度未使用标志的，可以报送未使用年报。",
            number=authorisation.number,
            year=owed.year,
            due=owed.due_on.isoformat(),
        ),
        link=f"/authorisations/{authorisation.id}/reports/{owed.year}",
    )
