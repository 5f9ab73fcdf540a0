"""Checks of what is stored: calendar, administrators, names, keys, and what the scheduler did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation, Person, RoleGrant
from gi_registry.config import Settings
from gi_registry.db import Installation
from gi_registry.divisions.models import CalendarYear
from gi_registry.doctor import machine
from gi_registry.doctor.report import Problem
from gi_registry.documents.rules.glyphs import characters_of
from gi_registry.jobs import ledger
from gi_registry.jobs.due import latest_due
from gi_registry.jobs.job import Job
from gi_registry.jobs.timetable import TIMETABLE
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say
from gi_registry.log import keys as log_keys
from gi_registry.registry.models import Gi
from gi_registry.workflow import moment

ANNOUNCED, LAST_MONTH = 11, 12
ADMINISTRATORS = ("security_admin", "system_admin", "audit_admin")
LATE_DAILY, LATE_OFTEN = timedelta(hours=6), timedelta(minutes=10)
SHOWN = 5
DEMO_CLOCK = Problem(
    "demo-clock",
    say("设置了 GI_DEMO_NOW，但这不是演示数据库。"),
    say("请取消 GI_DEMO_NOW；只有创建时标记为演示的数据库才能移动时钟。"),
)


def is_demo(engine: Engine) -> bool:
    """Say whether the database is a demonstration."""
    with Session(engine) as session:
        installation = session.get(Installation, 1)
    return installation is not None and installation.demo


def one_clock(settings: Settings, engine: Engine) -> Iterator[Problem]:
    """A demonstration's clock on a real database."""
    if settings.demo_now and not is_demo(engine):
        yield DEMO_CLOCK


def calendar(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """Years without holidays: this one, and from November, when they are announced, the next."""
    with Session(engine) as session:
        today = legal_date(moment(session))
        loaded = set(session.exec(select(CalendarYear.year)).all())
    for year in (today.year, today.year + 1) if today.month >= ANNOUNCED else (today.year,):
        if year not in loaded:
            yield Problem(
                "calendar",
                say("尚未载入 %(year)s 年的节假日安排，期限只能按周末推算。", year=year),
                say("请运行：gi-registry import calendar 文件（国务院办公厅公布的放假安排）。"),
                warning=year > today.year and today.month < LAST_MONTH,
            )


def administrators(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """An office of administration that nobody holds, or two in one hand."""
    with Session(engine) as session:
        if (installation := session.get(Installation, 1)) is not None and installation.demo:
            return
        holders = _holders(session, legal_date(moment(session)))
    for role in ADMINISTRATORS:
        if not any(role in roles for roles in holders.values()):
            yield Problem(
                "administrators",
                say("没有在任的 %(role)s。", role=role),
                say("请运行：gi-registry admin create --login 账号 --name 姓名 --role %(role)s", role=role),
                warning=role != ADMINISTRATORS[0],
            )
    for login, roles in holders.items():
        if len(roles) > 1:
            yield Problem(
                "administrators",
                say("账号 %(login)s 同时担任 %(roles)s。", login=login, roles="、".join(sorted(roles))),
                say("系统、安全、审计三员须由不同人员担任，请撤销其中的多余角色。"),
            )


def _holders(session: Session, on: date) -> dict[str, set[str]]:
    granted = (
        select(Person.login, RoleGrant.role)
        .join(RoleGrant, col(RoleGrant.person_id) == col(Person.id))
        .where(col(Person.active), col(RoleGrant.role).in_(ADMINISTRATORS), col(RoleGrant.valid_from) <= on)
        .where(col(RoleGrant.valid_to).is_(None) | (col(RoleGrant.valid_to) >= on))
    )
    found: dict[str, set[str]] = {}
    for login, role in session.exec(granted):
        found.setdefault(login, set()).add(role)
    return found


def glyphs(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """Names in the register with characters that the fonts of labels and papers lack."""
    try:
        printed = characters_of(machine.LABEL_FONT.read_bytes())  # papers print with this font and others
    except machine.UNREADABLE:
        return  # the check of the fonts tells it
    with Session(engine) as session:
        names = [*session.exec(select(Organisation.name)), *session.exec(select(Gi.name))]
    lacking = {name: missing for name in names if (missing := sorted({sign for sign in name if ord(sign) not in printed and sign != " "}))}
    if lacking:
        shown = "；".join(f"{name}（{''.join(missing)}）" for name, missing in list(lacking.items())[:SHOWN])
        yield Problem(
            "glyphs",
            say("%(count)s 个名称含有字库中没有的字，印出时以〓代替：%(names)s", count=len(lacking), names=shown),
            say("请核对名称用字；确属规范用字的，请换用含该字的字体文件。"),
            warning=True,
        )


def sealed_keys(settings: Settings, engine: Engine) -> Iterator[Problem]:
    """Signing keys that this secret key does not open, or a log that nobody can have kept a checkpoint of."""
    with Session(engine) as session:
        if log_keys.find_verifier_key(session) is None:
            yield Problem(
                "checkpoint",
                say("检查点密钥尚未生成，也就没有任何检查点保存在外部。"),
                say("请运行 gi-registry log checkpoint，并把输出保存到本机之外；每天一次为宜。"),
                warning=True,
            )
            return
        try:
            log_keys.checkpoint(session, settings)
        except Unavailable as problem:
            yield Problem("sealed-keys", problem.reason, problem.remedy or say("请恢复原来的 GI_SECRET_KEY。"))


def jobs(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """Jobs that are overdue or failed, or a scheduler that never ran."""
    with Session(engine) as session:
        now = moment(session)
        known = [(job, ledger.last_runs(session, job.id)) for job in TIMETABLE]
    if not any(runs for _job, runs in known):
        yield Problem(
            "scheduler",
            say("定时任务进程从未运行过，核算、提醒和发信都不会进行。"),
            say("请运行：gi-registry scheduler（由系统服务管理，与 serve 并行）。"),
            warning=True,
        )
        return
    for job, runs in known:
        if runs is not None:
            yield from _state_of(job, runs, now)


def _state_of(job: Job, runs: ledger.LastRuns, now: datetime) -> Iterator[Problem]:
    if runs.failed_due_at is not None:
        yield Problem(
            "job-failed",
            say("任务 %(job)s（应于 %(due)s 执行）失败：%(why)s", job=job.id, due=_told(runs.failed_due_at), why=runs.error),
            say("请按错误信息处理；到时会自动重试，重试用尽后从下一次起继续。"),
        )
        return
    owed = latest_due(job, now - (LATE_DAILY if job.daily else LATE_OFTEN))
    if owed is not None and owed > max(runs.begins_at, runs.done_due_at or runs.begins_at):
        yield Problem(
            "job-overdue",
            say("任务 %(job)s 应于 %(due)s 执行，至今没有完成。", job=job.id, due=_told(owed)),
            say("请确认 gi-registry scheduler 正在运行，并查看其日志。"),
        )


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
