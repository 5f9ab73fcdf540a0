"""The only doors through which covered rows change: ``Work.record`` and ``advance``.

A Work is one unit of work: a session, an actor and a moment. Services flush; the place that opened the Work commits once. On commit
the buffered changes become leaves of the log in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, column, false, inspect, or_, select, table, true
from sqlmodel import Session

from gi_registry.db import Database, Installation, integrity_in_words
from gi_registry.kernel.actor import ANONYMOUS, SYSTEM, Actor
from gi_registry.kernel.clock import legal_date, utc_now
from gi_registry.kernel.errors import NotAllowed, NotFound, NotSignedIn, StaleVersion
from gi_registry.kernel.permissions import Scope, scopes
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import say
from gi_registry.log import service as log
from gi_registry.log.coverage import COVERED, row_id

# The tree of places belongs to a feature above; a scope needs two of its columns and nothing else.
_division = table("division", column("code"), column("path"))


Opener = Callable[[], AbstractContextManager["Work"]]
"""Opens a Work of its own each time."""


@dataclass
class _Pending:
    tag: str
    row: Any
    deleted: bool = False


@dataclass
class _PendingBulk:
    tag: str
    digest: str
    rows: list[_Pending] = field(default_factory=list)


@dataclass
class _Tide:
    """Another object after each unit of work of this process that left leaves."""

    mark: object = field(default_factory=object)


_tide = _Tide()


def committed() -> object:
    """Return an object that is another one after each unit of work of this process that changed covered rows."""
    return _tide.mark


class Work:
    """One unit of work. ``now`` is the only moment a service knows, ``today`` its date in Shanghai."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session, self.actor, self.now = session, actor, now
        self._pending: list[_Pending | _PendingBulk] = []
        self._bulk: _PendingBulk | None = None

    @property
    def today(self) -> date:
        """The legal date: today in Shanghai."""
        return legal_date(self.now)

    def allows(self, permission: str, row: Any = None) -> bool:
        """Say whether the actor holds ``permission``, and for ``row`` where one is given."""
        reach = scopes(permission, self.actor.roles)
        return bool(reach) and (row is None or self._reaches(reach, row))

    def require(self, permission: str, row: Any = None) -> None:
        """Refuse unless the actor holds ``permission`` for ``row``.

        Raises NotSignedIn or NotAllowed without the grant, NotFound where the row lies outside the scope: what is not mine is not there.
        """
        reach = scopes(permission, self.actor.roles)
        if not reach:
            if self.actor == ANONYMOUS:
                raise NotSignedIn
            raise NotAllowed(
                say("您的角色不能办理这一事项。"), remedy=say("请联系本单位管理员，或换用有权限的账号登录。"), basis=permission
            )
        if row is not None and not self._reaches(reach, row):
            raise NotFound

    def visible(self, model: Any, permission: str) -> ColumnElement[bool]:
        """Return the SQL condition that limits a list of ``model`` to what the actor may see."""
        reach = scopes(permission, self.actor.roles)
        if Scope.ANY in reach:
            return true()
        conditions: list[ColumnElement[bool]] = []
        if Scope.OWN in reach and self.actor.organisation_id is not None:
            conditions.append(model.owner_org_id == self.actor.organisation_id)
        if Scope.REGION in reach and self.actor.division_paths:
            inside = or_(*(_division.c.path.startswith(path, autoescape=True) for path in self.actor.division_paths))
            conditions.append(model.authority_division.in_(select(_division.c.code).where(inside)))
        if Scope.CASE in reach:
            assisted = [subject_id for kind, subject_id in self.actor.cases if kind == model.__tablename__]
            conditions.append(model.id.in_(assisted))
        return or_(*conditions) if conditions else false()

    def _reaches(self, reach: frozenset[Scope], row: Any) -> bool:
        if Scope.ANY in reach:
            return True
        owner = getattr(row, "owner_org_id", None)
        if Scope.OWN in reach and owner is not None and owner == self.actor.organisation_id:
            return True
        if Scope.REGION in reach and self._in_region(getattr(row, "authority_division", "")):
            return True
        return Scope.CASE in reach and (row.__tablename__, row.id) in self.actor.cases

    def _in_region(self, code: str) -> bool:
        if not code or not self.actor.division_paths:
            return False
        path = self.session.execute(select(_division.c.path).where(_division.c.code == code)).scalar_one_or_none()
        return path is not None and any(path.startswith(own) for own in self.actor.division_paths)

    def record(self, row: Any, tag: str) -> None:
        """Write the insert or change of a covered ``row`` to the log at commit; ``tag`` is ``subject:action``."""
        self._buffer(_Pending(_checked(tag), row))

    def record_deleted(self, row: Any, tag: str) -> None:
        """Delete a covered row and say so in the log."""
        self._buffer(_Pending(_checked(tag), row, deleted=True))
        self.session.delete(row)

    def _buffer(self, pending: _Pending) -> None:
        if pending.row.__tablename__ not in COVERED:
            raise ValueError(f"{pending.row.__tablename__} is not covered by the log")
        if not pending.deleted:
            self.session.add(pending.row)
        (self._bulk.rows if self._bulk else self._pending).append(pending)

    @contextmanager
    def bulk(self, tag: str, digest: str) -> Iterator[None]:
        """Make everything recorded inside one leaf over the rows' Merkle root; ``digest`` is the file's SHA-256."""
        self._bulk = _PendingBulk(_checked(tag), digest)
        try:
            yield
            if self._bulk.rows:
                self._pending.append(self._bulk)
        finally:
            self._bulk = None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens inside when it raises; what went before stays."""
        target: list[Any] = self._bulk.rows if self._bulk else self._pending
        kept = len(target)
        try:
            with integrity_in_words(), self.session.begin_nested():
                yield
                self.session.flush()
        except BaseException:
            del target[kept:]
            raise

    def flush(self) -> None:
        """Send the changes to the database, so that ids exist and constraints speak, in words."""
        with integrity_in_words():
            self.session.flush()

    def commit(self) -> None:
        """Flush, append the leaves, commit. The log's head is locked last."""
        self.flush()
        changes = bool(self._pending)
        if changes:
            log.append(self.session, [_change(item) for item in self._pending], actor_pseudonym=self.actor.pseudonym, at=self.now)
            self._pending = []
        with integrity_in_words():
            self.session.commit()
        if changes:
            _tide.mark = object()

    def rollback(self) -> None:
        """Forget everything."""
        self._pending = []
        self.session.rollback()


def _checked(tag: str) -> str:
    if tag.count(":") != 1:
        raise ValueError(f"a log tag reads subject:action, not {tag!r}")
    return tag


def _change(item: _Pending | _PendingBulk) -> log.Change | log.Bulk:
    if isinstance(item, _PendingBulk):
        changes = [_change(row) for row in item.rows]
        return log.Bulk(item.tag, item.digest, [change for change in changes if isinstance(change, log.Change)])
    subject, action = item.tag.split(":")
    mapper = inspect(type(item.row))
    values = {attr.columns[0].name: getattr(item.row, attr.key) for attr in mapper.column_attrs}
    return log.Change(
        subject,
        "deleted" if item.deleted else action,
        item.row.__tablename__,
        row_id(tuple(mapper.primary_key_from_instance(item.row))),
        values,
    )


def advance(work: Work, row: Any, machine: Machine, action: str, *, expected_version: int | None = None) -> Any:
    """Take one legal step of ``machine``: state and version change and the leaf is written, in one breath.

    Raises StaleVersion when ``expected_version`` is not the row's, IllegalTransition when the life cycle has no such step.
    """
    check_version(row, expected_version)
    row.state = machine.after(row.state, action)
    row.version += 1
    work.record(row, f"{machine.subject}:{action}")
    work.flush()
    return row


def advance_all(work: Work, rows: Iterable[Any], machine: Machine, action: str) -> None:
    """Take the same legal step with many rows: a leaf for each, sent to the database together; raises as ``advance``."""
    for row in rows:
        row.state = machine.after(row.state, action)
        row.version += 1
        work.record(row, f"{machine.subject}:{action}")
    work.flush()


def begin(row: Any, machine: Machine) -> Any:
    """Put a new row into the first state of its life cycle; the caller records the insert."""
    row.state = machine.initial
    return row


def check_version(
    row: Any, expected_version: int | None, *, mine: dict[str, object] | None = None, theirs: dict[str, object] | None = None
) -> None:
    """Raise StaleVersion when the form was opened before someone else's change; ``mine`` and ``theirs`` are values by label."""
    if expected_version is not None and expected_version != row.version:
        now = {"version": row.version, "state": getattr(row, "state", "")}
        raise StaleVersion(mine=mine or {"version": expected_version}, theirs=theirs or now)


def clock_offset_s(session: Session) -> int:
    """Return how many seconds a demonstration's clock is moved; 0 for a real installation."""
    installation = session.get(Installation, 1)
    session.info["gi_demo"] = bool(installation and installation.demo)
    return installation.clock_offset_s if installation and installation.demo else 0


@contextmanager
def open_work(database: Database, *, actor: Actor = SYSTEM, now: datetime | None = None, writable: bool = True) -> Iterator[Work]:
    """Open a Work for a job or a command: committed when the block ends well, rolled back when it raises."""
    with database.session(writable=writable) as session:
        work = Work(session, actor, now or moment(session))
        try:
            yield work
            if writable:
                work.commit()
        except BaseException:
            work.rollback()
            raise


@dataclass(frozen=True)
class Doors:
    """Two ways into the database for what reads long and writes little: ``look`` refuses to write and keeps nobody waiting."""

    look: Opener
    write: Opener


def doors_of(database: Database, *, actor: Actor = SYSTEM) -> Doors:
    """Return the doors of a database for a job or a command."""
    return Doors(lambda: open_work(database, actor=actor, writable=False), lambda: open_work(database, actor=actor))


def moment(session: Session) -> datetime:
    """Return now, by the installation's one clock."""
    return utc_now(timedelta(seconds=clock_offset_s(session)))
